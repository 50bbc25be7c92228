"""axe-core on the page as it stands: nothing that a machine can see keeps anybody out."""

from __future__ import annotations

from importlib.resources import files

from playwright.sync_api import Page

SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RULES = '{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}'


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong, in light and in dark."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(f"() => {{ if (!window.axe) {{ {SCRIPT} }} }}")
        result = page.evaluate(f"() => axe.run(document, {RULES})")
        assert len(result["passes"]) > 10
        found += [
            f"{scheme}: {one['id']}: {node['html'][:200]} {node['failureSummary']}"
            for one in result["violations"]
            for node in one["nodes"]
        ]
    return found
