"""Write the pages of the public API: every public name once, from its docstring."""

from __future__ import annotations

import importlib
import inspect
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

import dcwidgets
from docs.building.lesson_pages import write_if_new


@dataclass(frozen=True)
class Page:
    """A page of the API: what it is about, and the names that it documents.

    ``packages`` are subpackages with all their public names, ``names`` are names of
    ``dcwidgets`` itself, ``results`` are classes that others return and nobody calls.
    """

    file: str
    title: str
    about: str
    packages: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    results: tuple[str, ...] = ()

    def public(self) -> list[str]:
        """Return what the page documents, by the shortest name it has."""
        own = [name for package in self.packages for name in public_names(package)]
        return [*(f"dcwidgets.{name}" for name in self.names), *own, *self.results]


PAGES = (
    Page(
        "data",
        "Image sets, recipes, the ledger",
        "The nouns of every lesson: pictures with a table, edits that can be undone, and scores in "
        "the order in which the data was edited.",
        names=("load", "answer_key", "ImageSet", "Recipe", "Ledger", "Objective"),
    ),
    Page(
        "curation",
        "Curation",
        "Audit an image set, judge the findings, describe the data.",
        packages=("curation",),
    ),
    Page(
        "pipelines",
        "Pipelines",
        "From an image set to the batches that a model is fed, timed and guarded.",
        packages=("pipelines",),
    ),
    Page(
        "augmentation",
        "Augmentation",
        "Policies of Keras layers, as code, as JSON, and in one warp.",
        packages=("augmentation",),
    ),
    Page(
        "labeling",
        "Labeling",
        "Annotations that are never lost, the files of other tools, agreement, and labels that are "
        "wrong.",
        packages=("labeling",),
        names=("export_annotations", "export_losses", "import_annotations"),
    ),
    Page(
        "training",
        "Training",
        "The frozen model, the score that data earn with it, and which data to collect next.",
        names=(
            *("build_model", "build_bigger_model", "fit", "measure", "measure_each"),
            *("learning_curve", "LearningCurve", "collect", "Rounds"),
        ),
        results=("dcwidgets.training.Score",),
    ),
    Page(
        "evaluation",
        "Evaluation and monitoring",
        "Where a model fails and for whom, how sure that is, and whether the world still looks as "
        "it did in the pictures that the model learned from.",
        packages=("evaluation", "monitoring"),
    ),
    Page(
        "coresets",
        "Coresets",
        "A few weighted pictures that stand for all, chosen at once or as data arrives.",
        packages=("coresets",),
    ),
    Page(
        "widgets",
        "Widgets",
        "What each widget takes and what it leaves in Python. [The gallery](../gallery/index.md) "
        "shows them.",
        packages=("widgets",),
    ),
    Page(
        "course",
        "The course",
        "What a lesson starts with, its checks, and the device of the kernel.",
        packages=("course",),
        results=("dcwidgets.course.run.Run",),
    ),
)


def public_names(package: str) -> list[str]:
    """Return the public names of a subpackage, each by its shortest way in."""
    names = importlib.import_module(f"dcwidgets.{package}").__all__
    here = set(dcwidgets.__all__)
    return [
        f"dcwidgets.{name}" if name in here else f"dcwidgets.{package}.{name}" for name in names
    ]


def undocumented() -> list[str]:
    """Return the public names of ``dcwidgets`` that stand on no page, or on several."""
    count = Counter(name for page in PAGES for name in page.public())
    wanted = {f"dcwidgets.{name}" for name in dcwidgets.__all__} - {"dcwidgets.__version__"}
    return sorted(name for name in wanted | set(count) if count[name] != 1)


def api_page(page: Page) -> str:
    """Return a page: its title, a table of its names, then each name's docstring."""
    names = page.public()
    rows = [f"   ~{name}" for name in names]
    table = "\n".join([".. autosummary::", "   :nosignatures:", "", *rows])
    entries = "\n\n".join(map(_entry, names))
    return f"# {page.title}\n\n{page.about}\n\n```{{eval-rst}}\n{table}\n\n{entries}\n```\n"


def _entry(name: str) -> str:
    module, _, attribute = name.rpartition(".")
    found = getattr(importlib.import_module(module), attribute)
    if inspect.isclass(found):
        return f".. autoclass:: {name}{_signature(found)}\n   :members:"
    return f".. {'autofunction' if callable(found) else 'autodata'}:: {name}"


def _signature(found: type) -> str:
    """Return a widget's signature, which traitlets hides behind ``*args, **kwargs``."""
    if "_esm" not in vars(found):
        return ""
    _, *given = inspect.signature(vars(found)["__init__"]).parameters.values()
    return str(inspect.Signature([each.replace(annotation=each.empty) for each in given]))


def write_pages(app: Sphinx) -> None:
    """Write the pages into ``api/``."""
    if wrong := undocumented():
        raise ExtensionError(
            f"Each public name stands on one page of the API, but not {', '.join(wrong)}: "
            "put new names into PAGES of docs/building/api_pages.py."
        )
    for page in PAGES:
        write_if_new(Path(app.srcdir) / "api" / f"{page.file}.md", api_page(page))


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part in a build."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}
