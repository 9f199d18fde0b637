"""Show how many planted label errors are found, and how many flags are right.

Run with ``python -m tests.label_errors_found [--data-dir DIR] [--seeds 0 1 2]``. Gives every
training picture of the drawn set its true label, flips a share of them, predicts out of fold,
and prints recall and precision of what `find_label_issues` flags, and of as many worst-scored
pictures as labels were flipped.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

import dcwidgets as dcw
from dcwidgets import sources
from dcwidgets.imageset import ImageSet
from dcwidgets.label_errors import cross_validate, find_label_issues


def clean(data_dir: Path | None) -> tuple[ImageSet, pd.Series]:
    """Return the training split with its true labels, without off-topic pictures, and groups."""
    images = sources.load("pocket_pets", data_dir=data_dir).where(split="train")
    key = sources.answer_key("pocket_pets", data_dir=data_dir)
    truth = key["true_label"][~key.index.duplicated()].reindex(images.table.index)
    table = images.table[truth.notna()]
    kept = images.derive(table.assign(label=truth[truth.notna()].astype(str)))
    return kept, dcw.duplicate_groups(kept)


def flip(images: ImageSet, share: float, kind: str, seed: int) -> tuple[ImageSet, set[str]]:
    """Flip a share of all labels: of both classes alike, or of the first class only."""
    table = images.table
    first, second = images.classes
    from_ = table.index if kind == "symmetric" else table.index[table["label"] == first]
    count = round(share * len(table))
    flipped = np.random.default_rng(seed).choice(from_, count, replace=False)
    table.loc[flipped, "label"] = table.loc[flipped, "label"].map({first: second, second: first})
    return images.derive(table), set(flipped)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one row per share, kind and seed, and their means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.05, 0.1, 0.2])
    parser.add_argument("--kinds", nargs="+", default=["symmetric", "asymmetric"])
    parser.add_argument("--save", type=Path, help="folder for the probabilities")
    options = parser.parse_args(arguments)
    images, groups = clean(options.data_dir)
    print(f"{len(images)} training pictures of pocket_pets", flush=True)
    for kind in options.kinds:
        for share in options.shares:
            rows = [_run(images, groups, share, kind, seed, options.save) for seed in options.seeds]
            mean = pd.DataFrame(rows).mean()
            print(_line(kind, share, "mean", mean), flush=True)


def _run(
    images: ImageSet, groups: pd.Series, share: float, kind: str, seed: int, save: Path | None
) -> dict[str, float]:
    noisy, flipped = flip(images, share, kind, seed)
    probabilities = cross_validate(noisy, seed=seed, groups=groups, progress=False)
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        labels = noisy.table["label"].rename("_given")
        probabilities.join(labels).assign(_flipped=probabilities.index.isin(list(flipped))).to_csv(
            save / f"{kind}-{share}-{seed}.csv"
        )
    readable = flipped & set(probabilities.index)
    found = find_label_issues(noisy, probabilities)["id"]
    own = pd.Series(
        {id_: probabilities.loc[id_, noisy.table.loc[id_, "label"]] for id_ in probabilities.index}
    )
    worst = set(own.sort_values().index[: len(readable)])
    row = {
        "recall": len(readable & set(found)) / len(readable),
        "precision": len(readable & set(found)) / max(len(found), 1),
        "flagged": float(len(found)),
        "worst": len(readable & worst) / len(readable),
    }
    print(_line(kind, share, str(seed), pd.Series(row)), flush=True)
    return row


def _line(kind: str, share: float, seed: str, row: pd.Series) -> str:
    return (
        f"{kind:10} {share:4.0%} flipped  seed {seed:4}  recall {row['recall']:.2f}  "
        f"precision {row['precision']:.2f}  flagged {row['flagged']:4.0f}  "
        f"precision of as many worst {row['worst']:.2f}"
    )


if __name__ == "__main__":
    main()
