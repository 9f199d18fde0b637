"""Run notebooks under nbval, as a process of its own, and say what became of each cell."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Prints the peak memory of the largest process below it, kernels included, in kilobytes.
_WEIGH = (
    "import resource, subprocess, sys; subprocess.call(sys.argv[1:]); "
    "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)
# A kernel that dies shows as a timeout, and what follows it as xfail.
_CELL_TIMEOUT = 120


@dataclass(frozen=True)
class Outcome:
    """What became of one code cell.

    Attributes
    ----------
    notebook : str
        File name.
    cell : int
        Number among the code cells, from 0.
    result : str
        ``"passed"``, ``"failed"``, ``"skipped"`` (xfail counts as that) or ``"error"``.
    seconds : float
        Wall-clock time.
    message : str
        The failure, as nbval reports it.
    """

    notebook: str
    cell: int
    result: str
    seconds: float
    message: str


@dataclass(frozen=True)
class Run:
    """Outcomes of one run, its log, and the peak memory of its largest process in MB."""

    outcomes: list[Outcome]
    log: str
    peak: float

    def of(self, notebook: str) -> list[Outcome]:
        """Outcomes of one notebook, cell by cell."""
        return [outcome for outcome in self.outcomes if outcome.notebook == notebook]

    def seconds(self, notebook: str) -> float:
        """Time of one notebook's cells."""
        return sum(outcome.seconds for outcome in self.of(notebook))


def run_nbval(notebooks: Sequence[Path], data_dir: Path) -> Run:
    """Run notebooks in the folder they lie in, two at once, in quick mode and strictly.

    Raises
    ------
    RuntimeError
        If no report was written; the message is what the run printed.
    """
    folder = notebooks[0].parent
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    options = ["--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={_CELL_TIMEOUT}"]
    # Neither our own pytest settings nor our plugins: a plain run, as anybody would start it.
    plain = ["-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={folder}"]
    plain += ["-n", "2", "--dist", "loadfile"]
    pytest = [sys.executable, "-m", "pytest", *plain, *options, f"--junitxml={report}"]
    environment = {
        **os.environ,
        "DCW_STRICT": "1",
        "DCW_QUICK": "1",
        "TFDS_DATA_DIR": str(data_dir),
    }
    done = subprocess.run(
        [sys.executable, "-c", _WEIGH, *pytest, *map(str, notebooks)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if not report.is_file():
        raise RuntimeError(f"nbval wrote no report:\n{done.stdout}\n{done.stderr}")
    peak = float(done.stdout.rsplit("peak", 1)[1]) / 1024
    return Run(_outcomes(report), done.stdout, peak)


def _outcomes(report: Path) -> list[Outcome]:
    cases = ET.parse(report).iter("testcase")  # noqa: S314 - written by our own run
    return [_outcome(case) for case in cases]


def _outcome(case: ET.Element) -> Outcome:
    # "03_pipelines.ipynb" is the class, "Cell 7" the name.
    notebook = case.attrib["classname"].split("::")[0]
    found = next(iter(case), None)
    kinds = {"failure": "failed", "error": "error", "skipped": "skipped"}
    result = "passed" if found is None else kinds.get(found.tag, "passed")
    return Outcome(
        notebook=notebook,
        cell=int(case.attrib["name"].rsplit(" ", 1)[1]),
        result=result,
        seconds=float(case.attrib["time"]),
        message="" if found is None else str(found.text or found.attrib.get("message", "")),
    )
