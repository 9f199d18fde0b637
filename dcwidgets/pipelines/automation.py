"""Lesson 3: from a source to checked records in one command, the same every time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from dcwidgets._version import __version__
from dcwidgets.imageset import ImageSet
from dcwidgets.journal import write_whole
from dcwidgets.pipelines.automation_config import Config, read_config
from dcwidgets.pipelines.contracts import Contract
from dcwidgets.pipelines.fingerprints import describe_changes, fingerprint, fingerprint_table
from dcwidgets.quiet import load_tensorflow
from dcwidgets.recipe import Recipe
from dcwidgets.sources import load, written
from dcwidgets.sources.preparation import prepare_once, prepared

FORMAT = 1
INPUTS = "inputs.parquet"
FLAG = "--accept-changes"


class ChangedInputError(ValueError):
    """The input is not what the records were made of, and nobody said that this is meant."""


@dataclass(frozen=True)
class Prepared:
    """What `automate` made, or found to be made already.

    Attributes
    ----------
    folder : Path
        What to give to `load`.
    written : bool
        Whether this run wrote anything.
    manifest : dict
        As in ``manifest.json``: where the data came from, what was done, what was found.
    """

    folder: Path
    written: bool
    manifest: dict[str, Any] = field(repr=False)

    @property
    def version(self) -> str:
        """Version of the image set that `load` gives."""
        return str(self.manifest["version"])

    @property
    def records(self) -> Path:
        """The folder of the TFRecord files of this version."""
        return self.folder / str(self.manifest["folder"])

    @cached_property
    def images(self) -> ImageSet:
        """The image set, loaded."""
        return load(self.folder)

    def __str__(self) -> str:
        splits = ", ".join(f"{name} {n:,}" for name, n in self.manifest["splits"].items())
        done = "written" if self.written else "nothing to do, the input is unchanged"
        return f"{self.folder}: version {self.version} ({splits}), {done}"


def automate(
    config: str | os.PathLike[str],
    *,
    accept_changes: bool = False,
    data_dir: str | os.PathLike[str] | None = None,
    progress: bool = True,
    apart: bool = False,
) -> Prepared:
    """Ingest, audit, apply a recipe, check the contract, write records and a manifest.

    Twice with the same input gives the same version, and the second run writes nothing.
    A version appears whole or not at all: what a killed run left is swept by the next.

    Parameters
    ----------
    config : str or path
        A TOML file with ``source`` (as `load` takes it), ``to`` (a folder) and, if you
        like, ``recipe`` and ``contract`` (JSON files), ``splits`` (names; others are left
        out) and ``shards`` (files for each split). Paths are relative to the file.
    accept_changes : bool, default False
        Write a new version where the input has changed since the last one; earlier
        versions stay beside it.
    data_dir : str or path, optional
        As in `load`.
    progress : bool, default True
        Show a progress bar over the steps.
    apart : bool, default False
        Run as ``dcwidgets prepare`` in a process of its own, without a progress bar: the
        memory of an audit and of TensorFlow is then given back when it ends.

    Returns
    -------
    Prepared

    Raises
    ------
    ChangedInputError
        A ValueError: pictures, labels, recipe, contract or splits are not what they were.
    ContractError
        A ValueError: images break the contract.
    ValueError
        If the configuration is wrong; names file, key, what was given and expected.
    FileNotFoundError
        If a file that it names is not there.
    """
    from tqdm.auto import tqdm

    settings = read_config(config)
    if apart:
        return _in_another_process(settings, accept_changes=accept_changes, data_dir=data_dir)
    with tqdm(total=len(_Run.STEPS), unit="step", disable=not progress) as bar:
        run = _Run(settings, data_dir, lambda step: _tell(bar, step))
        return run.go(accept_changes=accept_changes)


def _in_another_process(
    config: Config, *, accept_changes: bool, data_dir: str | os.PathLike[str] | None
) -> Prepared:
    before = written.read_manifest(config.to)
    command = [sys.executable, "-m", "dcwidgets.cli", "prepare", str(config.path)]
    command += [FLAG] * accept_changes
    command += [] if data_dir is None else ["--data-dir", str(data_dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = written.read_manifest(config.to)
    if done.returncode or after is None:
        said = done.stderr.rpartition("dcwidgets: ")[2].strip()
        raise ValueError(said or f"dcwidgets prepare ended with status {done.returncode}.")
    return Prepared(config.to, written=after != before, manifest=after)


def _tell(bar: Any, step: str) -> None:  # a tqdm bar
    bar.set_description(step)
    bar.update()


class _Run:
    """One run over one configuration."""

    STEPS = ("ingest", "fingerprint", "audit", "apply the recipe", "check the contract", "write")

    def __init__(
        self,
        config: Config,
        data_dir: str | os.PathLike[str] | None,
        tell: Callable[[str], None],
    ) -> None:
        self.config = config
        self.tell = tell
        self.recipe = Recipe.load(config.recipe) if config.recipe else None
        self.contract = Contract.load(config.contract) if config.contract else None
        self.tell("ingest")
        self.source = load(config.source, data_dir=data_dir)
        self.tell("fingerprint")
        self.inputs = fingerprint_table(self.source)
        self.rules = {
            "source": self.source.name,
            "recipe": None if self.recipe is None else json.loads(self.recipe.to_json()),
            "contract": None if self.contract is None else json.loads(self.contract.to_json()),
            "splits": list(config.splits),
            "shards": config.shards,
        }
        self.fingerprint = fingerprint(self.inputs)

    @property
    def key(self) -> str:
        """Eight hexadecimal digits for everything that decides what is written."""
        text = json.dumps([FORMAT, self.fingerprint, self.rules], sort_keys=True)
        return sha256(text.encode()).hexdigest()[:8]

    def go(self, *, accept_changes: bool) -> Prepared:
        former = written.read_manifest(self.config.to)
        if former is not None and former["folder"] == self.key:
            if prepared(self.config.to / self.key):
                return Prepared(self.config.to, written=False, manifest=former)
        elif former is not None and not accept_changes:
            raise ChangedInputError(self._what_changed(former))
        target = self.config.to / self.key
        images, findings = self._edited()
        self.tell("write")
        prepare_once(target, lambda staging: self._write(images, findings, staging))
        manifest = json.loads((target / written.MANIFEST).read_text("utf-8"))
        _write_manifest(self.config.to, manifest)
        return Prepared(self.config.to, written=True, manifest=manifest)

    def _edited(self) -> tuple[ImageSet, dict[str, int]]:
        from dcwidgets.curation import audit

        self.tell("audit")
        found = audit(self._chosen(self.source), progress=False).summary()["findings"]
        self.tell("apply the recipe")
        edited = self.source if self.recipe is None else self.recipe.apply(self.source)
        images = self._chosen(edited)
        if not len(images):
            raise ValueError(
                f"{self.config.path.name}: no image is left in {', '.join(self.config.splits)}. "
                f"Splits are: {', '.join(edited.table['split'].unique())}."
            )
        self.tell("check the contract")
        if self.contract is not None:
            self.contract.check(images)
        return images, {str(issue): int(n) for issue, n in found.items()}

    def _chosen(self, images: ImageSet) -> ImageSet:
        return images.where(split=list(self.config.splits)) if self.config.splits else images

    def _write(self, images: ImageSet, findings: dict[str, int], staging: Path) -> Path:
        load_tensorflow()
        from dcwidgets.sources.writer import write_images

        # The version of an image set holds its name: with other pixels it is another version.
        content = fingerprint(fingerprint_table(images))[:8]
        name = f"{_slug(self.config.to.name)}_{content}"
        folder = write_images(images, staging, name, shards=self.config.shards)
        self.inputs.to_parquet(folder / INPUTS)
        manifest = self._manifest(written.open_images(folder), findings)
        _write_manifest(folder, manifest)
        return folder

    def _manifest(self, images: ImageSet, findings: dict[str, int]) -> dict[str, Any]:
        table = images.table
        return {
            "format": FORMAT,
            "dcwidgets": __version__,
            "version": images.version,
            "folder": self.key,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "input": {
                "name": self.source.name,
                "version": self.source.version,
                "fingerprint": self.fingerprint,
                "images": len(self.source),
                "rejects": len(self.source.rejects),
            },
            "rules": self.rules,
            "findings": findings,
            "images": len(images),
            "splits": _counts(table["split"]),
            "labels": _counts(table["label"].dropna()),
        }

    def _what_changed(self, former: dict[str, Any]) -> str:
        changes = [
            f"{name} is {_short(self.rules[name])} and was {_short(rule)}"
            for name, rule in former["rules"].items()
            if rule != self.rules[name]
        ]
        before = self.config.to / former["folder"] / INPUTS
        if self.fingerprint != former["input"]["fingerprint"]:
            changes += (
                describe_changes(pd.read_parquet(before), self.inputs)
                if before.is_file()
                else ["the pictures are others"]
            )
        return (
            f"Nothing was written, since the input is not what version {former['version']} was "
            f"made of: {'; '.join(changes)}; if that is meant, run again with {FLAG} "
            "(in Python: accept_changes=True) to write a new version beside the old one."
        )


def _short(rule: Any) -> str:  # a part of `rules`, as JSON has it
    if isinstance(rule, dict) and "steps" in rule:
        return repr(Recipe.from_json(json.dumps(rule)))
    text = json.dumps(rule, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _counts(column: pd.Series) -> dict[str, int]:
    return {str(name): int(n) for name, n in column.value_counts().sort_index().items()}


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:32] or "images"


def _write_manifest(folder: Path, content: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False)
    write_whole(folder / written.MANIFEST, f"{text}\n".encode())
