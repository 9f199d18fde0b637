"""Show how many planted label errors are found, and how many flags are right.

Run with ``python -m tests.label_errors_found [--data-dir DIR] [--seeds 0 1 2]``. Takes the sound
training pictures of the drawn set (nothing broken, repeated or off topic), and first looks for
the wrong labels that the set comes with: alone, and with the pool added, which balances scenes.
Then it gives every picture its true label, flips a share of them, and looks for those. Prints
recall and precision of what `find_label_issues` flags, and of as many worst-scored pictures as
labels are wrong.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import pandas as pd

import dcwidgets as dcw
from dcwidgets import sources
from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.label_errors import cross_validate, find_label_issues
from tests.pocket_pets_difficulty import DROPPED, drop


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one row per share, kind and seed, and their means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.05, 0.1, 0.2])
    parser.add_argument("--kinds", nargs="+", default=["symmetric", "asymmetric"])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--mirror", action="store_true", help="mirror pictures in training")
    parser.add_argument("--no-planted", action="store_true", help="flips only")
    options = parser.parse_args(arguments)
    images = sources.load("pocket_pets", data_dir=options.data_dir)
    key = sources.answer_key("pocket_pets", data_dir=options.data_dir)
    key["split"] = images.table["split"].reindex(key.index)
    truth = key["true_label"][~key.index.duplicated()]
    sound = drop(key).apply(images).where(split="train")
    clean = sound.derive(sound.table.assign(label=truth.reindex(sound.table.index).astype(str)))
    print(f"{len(sound)} sound training pictures of pocket_pets", flush=True)
    if not options.no_planted:
        _show("as drawn", sound, truth, options)
        _show("pool added", with_pool(images, key).where(split="train"), truth, options)
    for kind in options.kinds:
        for share in options.shares:
            name = f"{kind} {share:.0%}"
            sets = {seed: flip(clean, share, kind, seed) for seed in options.seeds}
            _show(name, sets, truth, options)


def with_pool(images: ImageSet, key: pd.DataFrame) -> ImageSet:
    """Add the sound pictures of the pool to the sound training pictures."""
    pool = key[key["split"].eq("pool")]
    sound = pool.index.unique().difference(pool.index[pool["defect"].isin(DROPPED)])
    return drop(key).add(sound, reason="missing combinations").apply(images)


def flip(images: ImageSet, share: float, kind: str, seed: int) -> ImageSet:
    """Flip a share of all labels: of both classes alike, or of the first class only."""
    table = images.table
    first, second = images.classes
    from_ = table.index if kind == "symmetric" else table.index[table["label"] == first]
    count = round(share * len(table))
    flipped = np.random.default_rng(seed).choice(from_, count, replace=False)
    table.loc[flipped, "label"] = table.loc[flipped, "label"].map({first: second, second: first})
    return images.derive(table)


def _show(
    name: str,
    images: ImageSet | dict[int, ImageSet],
    truth: pd.Series,
    options: argparse.Namespace,
) -> None:
    rows = []
    for seed in options.seeds:
        labelled = images[seed] if isinstance(images, dict) else images
        rows.append(_measured(labelled, truth, seed, options))
        print(_line(name, str(seed), rows[-1]), flush=True)
    print(_line(name, "mean", dict(pd.DataFrame(rows).mean())), flush=True)


def _measured(
    images: ImageSet, truth: pd.Series, seed: int, options: argparse.Namespace
) -> dict[str, float]:
    mirror = dcw.policy([keras.layers.RandomFlip("horizontal")]) if options.mirror else None
    probabilities = cross_validate(
        images, seed=seed, epochs=options.epochs, augment=mirror, progress=False
    )
    labels = images.table["label"].reindex(probabilities.index)
    wrong = set(labels.index[labels != truth.reindex(labels.index)])
    found = find_label_issues(images, probabilities)["id"]
    confident = find_label_issues(images, probabilities, below=0)["id"]
    numbers = probabilities.columns.get_indexer(pd.Index(labels))
    own = pd.Series(probabilities.to_numpy()[np.arange(len(labels)), numbers], labels.index)
    worst = own.sort_values().index[: len(wrong)]
    return {
        "wrong": float(len(wrong)),
        "flagged": float(len(found)),
        "recall": len(wrong.intersection(found)) / len(wrong),
        "precision": len(wrong.intersection(found)) / max(len(found), 1),
        "confident_recall": len(wrong.intersection(confident)) / len(wrong),
        "confident_precision": len(wrong.intersection(confident)) / max(len(confident), 1),
        "worst": len(wrong.intersection(worst)) / len(wrong),
    }


def _line(name: str, seed: str, row: dict[str, float]) -> str:
    return (
        f"{name:15} seed {seed:4}  wrong {row['wrong']:4.0f}  flagged {row['flagged']:4.0f}  "
        f"recall {row['recall']:.2f}  precision {row['precision']:.2f}  "
        f"(confident learning alone {row['confident_recall']:.2f}, "
        f"{row['confident_precision']:.2f}; as many worst {row['worst']:.2f})"
    )


if __name__ == "__main__":
    main()
