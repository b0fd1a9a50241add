"""Somebody who judges what they hear: consents, presses thumbs, fills in the form; and what of it is on disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Locator, expect

from inzwa.feedback.store.folder import DATABASE
from tests.browser.talker import PATIENCE_MS, Talker, at_page

PHONE: Final = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
DESKTOP: Final = {"viewport": {"width": 1280, "height": 800}}

ON_A_PHONE: Final = pytest.mark.parametrize("evaluator", [pytest.param(PHONE, id="phone")], indirect=True)
"""For what the size of the screen has no part in."""


@dataclass(frozen=True, slots=True)
class Evaluator:
    """At an open page whose server keeps what is given in `folder`."""

    talker: Talker
    folder: Path

    def says(self, text: str, *, turn: int) -> None:
        """Type a turn, and wait until it can be rated."""
        self.talker.say_in_writing(text)
        expect(self.talker.page.locator(".rating")).to_have_count(turn, timeout=PATIENCE_MS)

    def row(self, turn: int) -> Locator:
        """The row below a reply; the turns count from 1."""
        return self.talker.page.locator(".rating").nth(turn - 1)

    def thumb(self, turn: int, verdict: str) -> Locator:
        return self.row(turn).locator(f"[data-verdict={verdict}]")

    def sees_state(self, turn: int, state: str) -> None:
        """Until the row says so: saving, saved, retrying or failed."""
        expect(self.row(turn).locator(".rating-state")).to_have_attribute("data-state", state, timeout=PATIENCE_MS)

    def agrees(self, *, voice: bool = False) -> str:
        """Consent in the dialog that is open; the withdrawal code."""
        dialog = self.talker.part("consent")
        dialog.locator("[name=text]").check()
        if voice:
            dialog.locator("[name=voice]").check()
            dialog.locator("[name=adult]").check()
        dialog.locator("[type=submit]").click()
        code = self.talker.part("withdrawal-code").input_value()
        dialog.locator(".done").click()
        expect(dialog).to_be_hidden()
        return code

    def opens_form(self, turn: int) -> Locator:
        self.row(turn).locator(".more").click()
        return self.talker.part("rating-form")

    def opens_given(self) -> Locator:
        """What the server holds of them."""
        self.talker.page.locator(".given .link").first.click()
        return self.talker.part("given")

    def stored(self, table: str) -> list[dict[str, Any]]:
        """What is on disk."""
        if not (self.folder / DATABASE).exists():
            return []
        with closing(sqlite3.connect(self.folder / DATABASE)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(f"select * from {table} order by rowid")]


@contextmanager
def evaluating(browser: Browser, url: str, folder: Path, **context: object) -> Iterator[Evaluator]:
    """Somebody who has just opened the page."""
    with at_page(browser, url, **context) as talker:
        yield Evaluator(talker, folder)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """As long as the block lasts nothing can be written to the database."""
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as database:
        database.execute("begin immediate")
        yield
        database.execute("rollback")
