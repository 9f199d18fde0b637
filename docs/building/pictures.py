"""Show a widget's picture where there is one, and say so plainly where there is none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

# Pictures are outputs, so they lie beside the site, not in the repository.
PICTURES = Path(__file__).resolve().parents[2] / "build" / "gallery"
ABSENT = "No picture here: this site was built without them. `make screenshots docs` takes them."


class WidgetPicture(SphinxDirective):
    """``widget-picture``: the picture of a widget in the theme of the page."""

    required_arguments = 1
    option_spec: ClassVar = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Return one picture per theme, or a sentence."""
        paths = {
            theme: PICTURES / f"{self.arguments[0]}-{theme}.webp" for theme in ("light", "dark")
        }
        for path in paths.values():
            self.env.note_dependency(str(path))
        if not all(path.exists() for path in paths.values()):
            return [nodes.paragraph("", "", *self.parse_inline(ABSENT)[0], classes=["no-picture"])]
        return [self._image(path, theme) for theme, path in paths.items()]

    def _image(self, path: Path, theme: str) -> nodes.image:
        here = Path(self.env.doc2path(self.env.docname)).parent
        uri = Path(os.path.relpath(path, here)).as_posix()
        return nodes.image(uri=uri, alt=self.options["alt"], classes=[f"only-{theme}"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part in a build."""
    app.add_directive("widget-picture", WidgetPicture)
    return {"parallel_read_safe": True}
