"""Where things lie on the page, as a browser has laid them out."""

from collections.abc import Sequence
from typing import Final

from tests.browser.talker import Talker

_OUTSIDE: Final = """(tolerance) => {
  const shown = [...document.querySelectorAll("button, input, select, summary, a, textarea")].filter((control) =>
    control.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true }) && control.getClientRects().length > 0);
  return shown.filter((control) => {
    const { left, right } = control.getBoundingClientRect();
    return left < -tolerance || right > innerWidth + tolerance;
  }).map((control) => control.dataset.part ?? control.textContent.trim());
}"""


def cut_off(talker: Talker) -> Sequence[str]:
    """Controls that do not lie wholly within the page's width; and `page` where it can be moved sideways."""
    wide = talker.page.evaluate("document.scrollingElement.scrollWidth > innerWidth")
    return [*talker.page.evaluate(_OUTSIDE, 0.5), *(["page"] if wide else [])]


def box(talker: Talker, selector: str) -> dict[str, float]:
    """`x`, `y`, `width` and `height` of the last such element, in CSS pixels of the viewport."""
    found = talker.page.locator(selector).last.bounding_box()
    assert found is not None, selector
    return found


def bottom(talker: Talker, selector: str) -> float:
    """The lower edge of the last such element."""
    found = box(talker, selector)
    return found["y"] + found["height"]
