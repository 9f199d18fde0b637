"""An image set, an audit, a ledger and a store in which every name is markup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import dcwidgets as dcw
from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.stage_view import Stages
from tests.bench._pictures import Jpegs

EVIL = '<img src=x onerror="window.pwned=1">'
CLASSES = [f"{EVIL}cat", f"{EVIL}dog"]
N = 24


def images() -> ImageSet:
    """Pictures with markup as file name, class, split, metadata and name of the set."""
    ids = pd.Index([f"evil-train.tfrecord-00000-of-00001__{k}" for k in range(N)], name="id")
    table = pd.DataFrame(
        {
            "filename": [f"{EVIL}{k}.jpg" for k in range(N)],
            "label": [CLASSES[k % 2] for k in range(N)],
            "split": ["train", "train", f"{EVIL}test"] * (N // 3),
            "width": 180,
            "height": 180,
            "coat": [f"{EVIL}black", "white", "grey"] * (N // 3),
            f"{EVIL}scene": [f"{EVIL}sofa", "garden"] * (N // 2),
            "light": np.linspace(0, 1, N),
        },
        index=ids,
    )
    return ImageSet(table, CLASSES, Jpegs(), name=EVIL)


def findings(ids: pd.Index) -> pd.DataFrame:
    """Two findings of an audit whose evidence is markup."""
    rows = [(ids[3], "dark", 0.5, None, EVIL), (ids[0], "leak", 0.1, ids[5], EVIL)]
    return pd.DataFrame(rows, columns=["id", "issue", "score", "other", "evidence"])


def ledger(path: Path) -> dcw.Ledger:
    """Two rows with markup as name, data and edits."""
    numbers = {"spread": 0.02, "worst_slice": 0.4, "images": N, "seconds": 1.5, "scores": [0.6]}
    words = {"version": EVIL, "data": EVIL, "edits": EVIL, "at": EVIL}
    rows = [{"name": f"{EVIL}{k}", "mean": 0.6 + k / 10, **numbers, **words} for k in range(2)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return dcw.Ledger(path)


def store(path: Path) -> dcw.AnnotationStore:
    """An empty store of the classes."""
    path.unlink(missing_ok=True)
    return dcw.AnnotationStore(path, classes=CLASSES, author=EVIL)


def stages() -> Stages:
    """The stages of a pipeline as `dcw.stages` tells them, with markup among the samples."""
    cost = {"ms_per_batch": 2.0, "images_per_second": 16_000.0, "share_of_step": 0.5}
    words: dict[str, Any] = {"runs": EVIL, "shape": EVIL, "dtype": EVIL}
    numbers = {"low": np.nan, "high": np.nan, **cost}
    table = pd.DataFrame([{"stage": stage, **words, **numbers} for stage in ("read", "decode")])
    samples: dict[str, Any] = {"read": [EVIL] * 3, "decode": np.zeros((2, 32, 32, 3), np.uint8)}
    epochs = pd.DataFrame([cost, cost], index=["uncached", "cached"])
    return Stages(table, epochs, 4.0, 32, samples)


def widgets(folder: Path) -> dict[str, Any]:
    """One of each widget, by name."""
    shown, classes = images(), CLASSES
    ids = shown.table.index
    rng = np.random.default_rng(0)
    chances = np.linspace(0.05, 0.95, N)
    return {
        "annotator": dcw.Annotator(
            shown,
            store(folder / "labels.jsonl"),
            guide={classes[0]: EVIL},
            tags=[EVIL],
            proposals=shown.table["label"],
            examples={classes[0]: list(ids[:2])},
        ),
        "augmentation": dcw.AugmentationExplorer(shown, "light", pictures=2, draws=2, size=64),
        "inspector": dcw.SplitInspector(shown, findings(ids)),
        "evaluation": dcw.EvaluationExplorer(dcw.evaluate(chances, shown), train=shown),
        "coreset": dcw.CoresetExplorer(shown, rng.normal(size=(N, 5)).astype(np.float32)),
        "story": dcw.LedgerStory(ledger(folder / "ledger.jsonl"), shown),
    }
