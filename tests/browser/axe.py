"""axe-core, which finds faults of accessibility in an open page. It comes from npm with the tools for browser code."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page

SCRIPT: Final = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

_GRAVE: Final = ("serious", "critical")

_RUN: Final = """async (parts) => {
  const { violations } = await axe.run(parts.length ? { include: parts } : document);
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => ({ id, impact, html, failureSummary })));
}"""


def axe_script() -> str:
    """axe-core's code; where npm has not brought it the test is left out, and in CI it fails."""
    if not SCRIPT.is_file():
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("axe-core is not here: make lint-js brings it (npm and Node.js 18.18 or newer).")
    return SCRIPT.read_text(encoding="utf-8")


def grave_faults(page: Page, *parts: str) -> Sequence[str]:
    """Serious and critical faults of the parts that these CSS selectors name, of the whole page without any: the rule,
    and the element that breaks it."""
    page.evaluate(f"() => {{ {axe_script()} }}")
    found = page.evaluate(_RUN, parts)
    return [f"{each['id']}: {each['html']} {each['failureSummary']}" for each in found if each["impact"] in _GRAVE]
