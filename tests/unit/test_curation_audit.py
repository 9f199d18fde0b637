import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageEnhance

import dcwidgets as dcw
from dcwidgets.curation.findings import COLUMNS, ISSUES
from tests.curation_sets import encoded, image_set, photo

Judged = dict[str, dict[str, float]]
QUALITY = ["unreadable", "dark", "light", "blurry", "low_information", "outlier"]


def by_issue(table: pd.DataFrame) -> Judged:
    columns = [str(column) for column in table]
    return {
        str(issue): dict(zip(columns, row, strict=True))
        for issue, row in zip(table.index, table.to_numpy(float).tolist(), strict=True)
    }


@pytest.fixture(scope="module")
def pets_audit(data_dir: Path) -> dcw.Audit:
    return dcw.audit(dcw.load("pocket_pets", data_dir=data_dir), progress=False)


@pytest.fixture(scope="module")
def key(data_dir: Path) -> pd.DataFrame:
    return dcw.answer_key("pocket_pets", data_dir=data_dir)


@pytest.fixture(scope="module")
def judged(pets_audit: dcw.Audit, key: pd.DataFrame) -> Judged:
    table = dcw.score_findings(pets_audit, key)
    print(table.round(3).to_string())
    return by_issue(table)


@pytest.mark.parametrize("issue", ["exact_duplicate", "leak"])
def test_every_planted_exact_copy_and_leak_is_found(judged: Judged, issue: str) -> None:
    assert judged[issue]["planted"] > 0
    assert judged[issue]["recall"] == 1


def test_planted_near_copies_are_found_without_false_pairs(judged: Judged) -> None:
    assert judged["near_duplicate"]["planted"] > 0
    assert judged["near_duplicate"]["recall"] >= 0.95
    assert judged["near_duplicate"]["precision"] >= 0.99


@pytest.mark.parametrize("issue", QUALITY)
def test_planted_quality_defects_are_found(judged: Judged, issue: str) -> None:
    assert judged[issue]["planted"] > 0
    assert judged[issue]["recall"] >= 0.9
    assert judged[issue]["precision"] >= 0.8


def test_the_scene_that_gives_the_label_away_is_named(
    pets_audit: dcw.Audit, judged: Judged
) -> None:
    spurious = pets_audit.findings.query("issue == 'spurious'")

    assert judged["spurious"]["recall"] >= 0.8
    assert spurious["evidence"].str.startswith("scene = ").mean() > 0.9


def test_coats_that_are_rare_for_one_class_are_found(judged: Judged) -> None:
    assert judged["imbalance"]["recall"] >= 0.5


def test_findings_are_tidy(pets_audit: dcw.Audit) -> None:
    found = pets_audit.findings

    assert tuple(found.columns) == COLUMNS
    assert set(found["issue"]) <= set(ISSUES)
    assert found["score"].between(0, 1).all()
    assert found["id"].dropna().isin(pets_audit.images.table.index).all()
    assert found["evidence"].str.len().between(10, 250).all()


def test_the_key_of_other_data_turns_the_judgement_bad(
    pets_audit: dcw.Audit, key: pd.DataFrame
) -> None:
    rng = np.random.default_rng(0)
    shuffled = key.set_axis(rng.permutation(key.index), axis=0)

    judged = by_issue(dcw.score_findings(pets_audit, shuffled))

    assert max(judged[issue]["recall"] for issue in QUALITY) < 0.3
    assert judged["exact_duplicate"]["recall"] == 0


def test_an_audit_of_one_split_is_judged_by_its_part_of_the_key(
    data_dir: Path, key: pd.DataFrame
) -> None:
    gold = dcw.load("pocket_pets", data_dir=data_dir).where(split="gold")

    judged = dcw.score_findings(dcw.audit(gold, progress=False), key)

    assert judged["planted"].sum() == 0
    assert judged["found"].sum() <= 0.02 * len(gold)


def test_the_summary_names_every_issue_that_was_looked_for(pets_audit: dcw.Audit) -> None:
    summary = pets_audit.summary()

    assert tuple(summary.index) == ISSUES
    assert summary["findings"].sum() == len(pets_audit.findings)
    assert summary.loc["odd_size", "worst"] == ""


def test_the_plot_says_in_words_what_it_shows(pets_audit: dcw.Audit) -> None:
    figure = pets_audit.plot()

    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == list(ISSUES)
    assert figure.get_label() == pets_audit.describe()
    leaks = (pets_audit.findings["issue"] == "leak").sum()
    assert f"leak {leaks}" in pets_audit.describe()


def test_an_audit_of_nothing_finds_nothing() -> None:
    empty = dcw.audit(image_set([]), progress=False)

    assert empty.findings.empty
    assert tuple(empty.findings.columns) == COLUMNS
    assert empty.summary()["findings"].sum() == 0
    empty.plot()


def test_an_audit_of_broken_files_finds_them() -> None:
    broken = dcw.audit(image_set([b"", b"<html>", encoded(photo())[:99]]), progress=False)

    assert broken.findings["issue"].tolist() == ["unreadable"] * 3


def test_a_blank_picture_is_not_called_dark_or_light_as_well() -> None:
    colours = [(2, 6, 16), (235, 240, 252)]
    blanks = [Image.new("RGB", (64, 64), colour) for colour in colours]
    found = dcw.audit(image_set([*blanks, photo(1), photo(2)]), progress=False).findings

    assert found["issue"].unique().tolist() == ["low_information"]


def test_something_else_than_images_is_not_audited() -> None:
    with pytest.raises(TypeError) as caught:
        dcw.audit("cats_vs_dogs")  # type: ignore[arg-type]

    assert str(caught.value) == "images must be an image set, got str; `load` one."


def test_findings_without_partners_cannot_be_judged() -> None:
    with pytest.raises(ValueError) as caught:
        dcw.score_findings(pd.DataFrame({"id": [], "issue": []}), pd.DataFrame())

    assert str(caught.value) == (
        "found needs the columns id, issue, other; missing: other. "
        "`dcw.audit` makes findings, `dcw.answer_key` the key."
    )


def _resized(picture: Image.Image, rng: np.random.Generator) -> bytes:
    scale = rng.uniform(0.5, 0.9)
    size = round(picture.width * scale), round(picture.height * scale)
    return encoded(picture.resize(size, Image.Resampling.BICUBIC), "JPEG", quality=90)


def _recompressed(picture: Image.Image, rng: np.random.Generator) -> bytes:
    return encoded(picture, "JPEG", quality=int(rng.integers(30, 71)))


def _brightened(picture: Image.Image, rng: np.random.Generator) -> bytes:
    changed = ImageEnhance.Brightness(picture).enhance(rng.uniform(0.9, 1.1))
    return encoded(changed, "JPEG", quality=90)


@pytest.mark.parametrize("change", [_resized, _recompressed, _brightened])
def test_planted_copies_of_real_pictures_are_found(
    sample_zip: Path, change: Callable[[Image.Image, np.random.Generator], bytes]
) -> None:
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(sample_zip) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        originals = [archive.read(name) for name in names[::15]]
    n = len(originals)
    copies = [change(Image.open(io.BytesIO(file)), rng) for file in originals[: n // 2]]

    known = dcw.audit(image_set([*originals, *copies]), progress=False)

    planted = {frozenset((f"p{row}", f"p{n + row}")) for row in range(n // 2)}
    found = set(map(frozenset, zip(known.pairs["id"], known.pairs["other"], strict=True)))
    assert len(planted & found) >= 0.95 * len(planted)
    assert len(found - planted) <= 0.01 * len(found)
