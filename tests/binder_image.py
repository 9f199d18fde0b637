"""The Binder image without Docker: ``python -m tests.binder_image``.

Takes the steps that build the image in a fresh folder (locked list, ``postBuild``), measures what
is left on disk, then runs the server through ``binder/start`` on two cores and in 2 GB, fetches
the lessons as a link does (nbgitpuller) and runs them one after the other. Needs root, and a
quarter of an hour; ``--lessons 02 06`` runs fewer, ``--place DIR`` keeps what was built.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from tests.browser.driver import Server, run_server
from tests.conftest import ROOT
from tests.first_use import CORES, FOREIGN, disk_mb
from tests.memory_limit import Limit, memory_limit

LIMIT = 2 * 1000**3
ALL = tuple(f"{number:02}" for number in range(1, 9))
# Runs one notebook in a kernel of the server, so that both share the limit.
EXECUTE = """import sys
import nbformat
from jupyter_client.blocking import BlockingKernelClient

notebook, connection = sys.argv[1:]
client = BlockingKernelClient(connection_file=connection)
client.load_connection_file()
client.start_channels()
client.wait_for_ready(120)
for cell in nbformat.read(notebook, 4).cells:
    if cell.cell_type == "code":
        answer = client.execute_interactive(cell.source, timeout=600, output_hook=lambda _: None)
        may_fail = "raises-exception" in cell.metadata.get("tags", [])
        if answer["content"]["status"] != "ok" and not may_fail:
            what = answer["content"]
            sys.exit(f"{what['ename']}: {what['evalue']}\\n{cell.source}")
"""


def build(place: Path) -> None:
    """Make the image's files below a folder, which is the home folder's parent."""
    home = place / "home"
    run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(home)])
    run(["python3", "-m", "venv", str(place / "env")])
    with inside(place):
        listed = str(home / "binder" / "requirements.txt")
        run(["python", "-m", "pip", "install", "--no-cache-dir", "-q", "-r", listed], home)
        print(run([str(home / "binder" / "postBuild")], home)[-2000:])


def sizes(place: Path) -> None:
    """Print megabytes of what is in the image."""
    home = place / "home"
    print(f"environment {disk_mb(place / 'env'):.0f} MB")
    print(
        f"home folder {disk_mb(home):.0f} MB, {disk_mb(home / 'tensorflow_datasets'):.0f} of data"
    )


def content_branch(place: Path) -> Path:
    """Make the branch of the lessons in a copy, by the command that docs/binder.md gives."""
    origin = place / "origin"
    if not origin.exists():
        run(["git", "clone", "--quiet", str(ROOT), str(origin)])
        split = ["git", "subtree", "split", "-q", "--prefix=notebooks", "--branch=content"]
        run(split, origin)
    return origin


def serve_lessons(place: Path, lessons: list[str]) -> None:
    """Run the server under the limits, and lessons in it."""
    home, origin = place / "home", content_branch(place)
    lab = ["jupyter", "lab", f"--ServerApp.root_dir={home}", "--allow-root"]
    with inside(place), memory_limit(LIMIT) as limit:
        command = [*limit.enter, str(home / "binder" / "start"), *lab]
        with run_server(command, home) as server:
            print("pulled" if '"finished"' in pull(server, origin) else "NOT pulled")
            print(f"server alone: {limit.used / 1e9:.2f} GB")
            for lesson in lessons:
                run_lesson(server, home, lesson, limit)
        print("a program was ended" if limit.killed else "no program was ended for memory")


def pull(server: Server, origin: Path) -> str:
    """Fetch the lessons as the page behind a link does; return what it is told."""
    asked = {"repo": f"file://{origin}", "branch": "content", "targetpath": "course"}
    query = urllib.parse.urlencode({**asked, "token": server.token})
    with urllib.request.urlopen(f"{server.url}/git-pull/api?{query}", timeout=120) as answer:  # noqa: S310
        return str(answer.read().decode())


def run_lesson(server: Server, home: Path, lesson: str, limit: Limit) -> None:
    """Run a lesson in a kernel of the server; print seconds and the peak."""
    (notebook,) = (home / "course").glob(f"{lesson}_*.ipynb")
    limit.peak()
    path = f"course/{notebook.name}"
    session = post(
        server,
        "sessions",
        {"name": path, "path": path, "type": "notebook", "kernel": {"name": "python3"}},
    )
    connection = home.parent / "runtime" / f"kernel-{session['kernel']['id']}.json"
    start = time.monotonic()
    run(["python", "-c", EXECUTE, str(notebook), str(connection)])
    print(
        f"{lesson}: {time.monotonic() - start:.0f} s, peak {limit.peak() / 1e9:.2f} GB", flush=True
    )
    server.end_sessions()


def post(server: Server, path: str, body: dict[str, Any]) -> Any:
    """Call the server's REST interface with a body."""
    request = urllib.request.Request(  # noqa: S310 - always our own loopback address
        f"{server.url}/api/{path}",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"token {server.token}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.loads(answer.read())


def run(command: list[str], cwd: Path | None = None) -> str:
    """Run a program; return what it printed."""
    done = subprocess.run(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


@contextmanager
def inside(place: Path) -> Iterator[None]:
    """Run programs as in the image: its environment first, its own home folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if ".venv" not in p)
    own = {"HOME": str(place / "home"), "PATH": f"{place / 'env' / 'bin'}{os.pathsep}{path}"}
    own["JUPYTER_RUNTIME_DIR"] = str(place / "runtime")
    with mock.patch.dict(os.environ, {**kept, **own}, clear=True):
        yield


def main() -> None:
    """Build, measure, run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--place", type=Path, help="keep it here; what is there is not built again")
    parser.add_argument("--lessons", nargs="*", default=ALL)
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    place = options.place or Path(tempfile.mkdtemp(prefix="binder-"))
    if not (place / "home").exists():
        start = time.monotonic()
        place.mkdir(parents=True, exist_ok=True)
        build(place)
        print(f"built after {time.monotonic() - start:.0f} s")
    sizes(place)
    serve_lessons(place, list(options.lessons))
    if options.place is None:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
