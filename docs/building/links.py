"""Links from ``dcw.audit(...)`` in prose to the API, and to files that the site does not hold."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import dcwidgets
from docs.building.api_pages import PAGES

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = re.compile(r"\]\(\.\./([^)#]+)")
NAMED = re.compile(r"dcw\.(\w+)(\.\w+)?(\(.*\))?", re.DOTALL)


def link_names(_app: Sphinx, doctree: nodes.document) -> None:
    """Turn code that names something public into a link to it."""
    names = set(dcwidgets.__all__)
    for literal in list(doctree.findall(nodes.literal)):
        found = NAMED.fullmatch(literal.astext())
        if found is None or found[1] not in names or isinstance(literal.parent, nodes.reference):
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


def find_name(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, shown: nodes.Element
) -> nodes.reference | None:
    """Find what a docstring names without saying where it is, such as ``training_scores``."""
    name, *rest = node.get("reftarget", "").split(".")
    found = [full for full in public() if full.endswith(f".{name}")]
    if node.get("refdomain") != "py" or len(found) != 1:
        return None
    target = ".".join([*found, *rest])
    domain = env.get_domain("py")
    return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", target, node, shown)


@cache
def public() -> list[str]:
    """Return the full names of everything on the pages of the API."""
    return [name for page in PAGES for name in page.public()]


def lead_outside(app: Sphinx, page: str, source: list[str]) -> None:
    """Lead from a page of ``docs`` to the repository, beside which it lies no more on the site."""

    def address(found: re.Match[str]) -> str:
        kind = "tree" if (ROOT / found[1]).is_dir() else "blob"
        return f"]({app.config.repository}/{kind}/main/{found[1]}"

    if "/" not in page:
        source[0] = OUTSIDE.sub(address, source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part in a build."""
    app.add_config_value("repository", "", "env", str)
    app.connect("source-read", lead_outside)
    app.connect("doctree-read", link_names)
    app.connect("missing-reference", find_name)
    return {"parallel_read_safe": True}
