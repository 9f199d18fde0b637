"""Start states: the recipe by which a lesson's data differs from the raw data.

A state is a recipe as JSON, with the name and the version of the image set that it was
written for. Lesson 05 starts from what lessons 02 to 04 would have made of the data, and
needs none of them to have been run.
"""

from __future__ import annotations

import json
from pathlib import Path

from dcwidgets.course.lessons import Lesson, lessons
from dcwidgets.imageset import ImageSet
from dcwidgets.recipe import Recipe

STATES = Path(__file__).with_name("states")
RAW = "raw"


def start_state(lesson: Lesson, images: ImageSet, *, folder: Path = STATES) -> ImageSet:
    """Return a lesson's images as they are when it starts.

    Only drawn data has prepared states; any other data starts raw in every lesson.

    Raises
    ------
    ValueError
        If this version of the package has no state for the lesson, or the state was
        written for other images.
    """
    if lesson.state == RAW:
        return images
    path = folder / f"{lesson.state}.json"
    if not path.is_file():
        there = [each.id for each in lessons().values() if _exists(each, folder)]
        raise ValueError(
            f"Lesson {lesson.id} is not part of this version of dcwidgets. "
            f"Lessons with a start state are: {', '.join(there)}."
        )
    return _replay(path, images)


def save_state(path: Path, recipe: Recipe, images: ImageSet) -> None:
    """Write a start state: the recipe, and the images that it fits."""
    state = {**json.loads(recipe.to_json()), "data": images.name, "version": images.version}
    path.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")


def _replay(path: Path, images: ImageSet) -> ImageSet:
    text = path.read_text(encoding="utf-8")
    written_for = json.loads(text)
    if (written_for.get("data"), written_for.get("version")) != (images.name, images.version):
        raise ValueError(
            f"The start state {path.name} was written for {written_for.get('data')} "
            f"{written_for.get('version')}, and these images are {images.name} {images.version}. "
            "Draw the data again: dcwidgets prepare pocket_pets"
        )
    return Recipe.from_json(text).apply(images)


def _exists(lesson: Lesson, folder: Path) -> bool:
    return lesson.state == RAW or (folder / f"{lesson.state}.json").is_file()
