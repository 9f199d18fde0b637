"""How Sphinx builds the documentation: ``make docs``, then open build/site/index.html."""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dcwidgets import __version__  # noqa: E402  this very tree, wherever it is installed

urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
repository = urls["Homepage"]
project = "dcwidgets"
author = "the dcwidgets authors"
release = version = __version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "docs.building.lesson_pages",
    "docs.building.api_pages",
    "docs.building.pictures",
    "docs.building.links",
]
exclude_patterns = ["building"]
# A single backtick in a docstring names something of this package, or is code.
default_role = "py:obj"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say types in words, with shapes and units
autosummary_generate = False
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "pydata_sphinx_theme"
html_title = "dcwidgets"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_search_summary = False  # a page opened from disk may not fetch others
html_context = {"default_mode": "auto"}
html_sidebars: dict[str, list[str]] = {"gallery/**": [], "changelog/**": []}
html_theme_options = {
    "navigation_with_keys": False,
    "show_prev_next": True,
    # The theme's wide search button shows "Ctrl+K", which its name for screen readers lacks.
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
}
