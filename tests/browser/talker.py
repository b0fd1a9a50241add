"""A person before the page: presses, types, reads. Waits for what is to be seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Browser, Page, expect

PATIENCE_MS: Final = 30_000


@dataclass(slots=True)
class Talker:
    """One open page."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the browser's console had against our scripts."""
    strangers: list[str] = field(default_factory=list)
    """Addresses asked for that are not the server's."""

    def part(self, name: str):
        return self.page.locator(f"[data-part={name}]")

    def press_talk(self) -> None:
        self.part("talk").click()

    def open_settings(self) -> None:
        """Unfolds what can be chosen."""
        self.part("settings").locator("summary").click()

    def say_in_writing(self, text: str) -> None:
        self.part("text").fill(text)
        self.part("text").press("Enter")

    def wait_for_status(self, *statuses: str) -> None:
        """Until the page is in one of these states."""
        self.page.wait_for_function("(wanted) => wanted.includes(inzwa.view.root.dataset.status)", arg=list(statuses))

    def wait_until(self, expression: str) -> None:
        """Until a JavaScript expression holds."""
        self.page.wait_for_function(expression)

    def player_stats(self) -> dict:
        """What the loudspeaker has played so far."""
        return self.page.evaluate("inzwa.audio.player.stats")

    def sees(self, selector: str, text: str) -> None:
        expect(self.page.locator(selector).last).to_contain_text(text, timeout=PATIENCE_MS)


@contextmanager
def at_page(browser: Browser, url: str, *, path: str = "/", lacking: str = "", **context: object) -> Iterator[Talker]:
    """Somebody who has just opened the page, in a browser without memory, and without what it is `lacking`."""
    visit = browser.new_context(**{"viewport": {"width": 390, "height": 844}, **context})
    page = visit.new_page()
    if lacking:
        page.add_init_script(f"delete globalThis.{lacking}")
    page.set_default_timeout(PATIENCE_MS)
    talker = Talker(page)
    page.on("pageerror", lambda error: talker.complaints.append(str(error)))
    page.on("console", lambda line: talker.complaints.append(line.text) if line.type == "error" else None)
    page.on("request", lambda asked: _note(talker, asked.url, url))
    page.goto(url + path)
    page.wait_for_function("window.inzwa")
    yield talker
    visit.close()


def _note(talker: Talker, asked: str, own: str) -> None:
    if not asked.startswith((own, "data:", "blob:")):
        talker.strangers.append(asked)
