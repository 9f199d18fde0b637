"""What axe finds wrong with a page, for who cannot see it well or use a mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_FRONTEND = Path(__file__).resolve().parents[2] / "dcwidgets" / "frontend"
_SCRIPT = _FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async include => {
  // It would load style sheets once more, which a page from disk may not.
  const options = { resultTypes: ['violations'], preload: false };
  const { violations, passes } = await axe.run({ include: [include] }, options);
  return { passes: passes.length, violations: violations.map(({ id, impact, nodes }) =>
    ({ id, impact, nodes: nodes.map(({ html, failureSummary }) => [html.slice(0, 200),
      failureSummary.slice(0, 300)]) })) };
}"""


def found_by_axe(page: Page, include: str) -> list[Any]:
    """Return what axe calls serious or critical in what a selector finds.

    Raises
    ------
    AssertionError
        If it looked at next to nothing.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_SCRIPT.read_text("utf-8"))
    result = page.evaluate(_RUN, include)
    assert result["passes"] > 3, f"{include} is empty"
    return [one for one in result["violations"] if one["impact"] in {"serious", "critical"}]
