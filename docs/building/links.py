"""Links: from ``dcw.audit(...)`` in prose to the API, and from the repository's files to pages."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

import dcwidgets

# Pages read well in the repository too, where these files lie; on the site pages say the same.
PAGES = {"(../README.md)": "(speed.md)"}
NAMED = re.compile(r"dcw\.(\w+)(\.\w+)?(\(.*\))?", re.DOTALL)


def link_names(_app: Sphinx, doctree: nodes.document) -> None:
    """Turn code that names something public into a link to it."""
    public = set(dcwidgets.__all__)
    for literal in list(doctree.findall(nodes.literal)):
        found = NAMED.fullmatch(literal.astext())
        if found is None or found[1] not in public or isinstance(literal.parent, nodes.reference):
            continue
        target = f"dcwidgets.{found[1]}{found[2] or ''}"
        if isinstance(literal.parent, addnodes.pending_xref):  # a docstring's single backticks
            literal.parent["reftarget"] = target
        else:
            literal.replace_self(_link(target, literal))


def _link(target: str, literal: nodes.literal) -> addnodes.pending_xref:
    link = addnodes.pending_xref(
        "", refdomain="py", reftype="obj", reftarget=target, refexplicit=True, refwarn=False
    )
    link += literal.deepcopy()
    return link


def stay_here(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Lead to a page of the site what leads to a file of the repository."""
    for file, page in PAGES.items():
        source[0] = source[0].replace(file, page)


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part in a build."""
    app.connect("source-read", stay_here)
    app.connect("doctree-read", link_names)
    return {"parallel_read_safe": True}
