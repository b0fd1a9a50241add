"""An evaluator before the Evaluate tab, and a server that has short sounds to judge."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.feedback.consents import give_consent
from inzwa.feedback.records import Consent
from inzwa.feedback.store.schema import ItemRow, TaskRow
from inzwa.feedback.store.store import Store
from inzwa.feedback.tasks.clips import save_clip
from inzwa.feedback.tasks.items import Item, add_items
from inzwa.server.app_state import AppState
from tests.browser.site import Site
from tests.browser.talker import PATIENCE_MS

RATE: Final = 16_000


def add_sounds(app_state: AppState) -> None:
    """Some of each kind that the engines would make later."""
    assert app_state.feedback is not None
    store = app_state.feedback.store
    assert isinstance(store, Store)
    clips = [save_clip(store.folder, _beep(pitch), RATE) for pitch in range(8)]
    items = [
        *(Item(kind="naturalness", payload={"sound": clip}, hidden={"system": "Secret"}) for clip in clips),
        *(Item(kind="comparison", payload={"first": clips[0], "second": clip}) for clip in clips[1:]),
        *(Item(kind="transcript", payload={"text": "mhoro", "sound": clip}) for clip in clips),
        *(Item(kind="reply", payload={"question": f"Makadii {at}?", "reply": "<b>Ndiripo</b>"}) for at in range(8)),
    ]
    store.write_now(lambda session: add_items(session, items))


def _beep(pitch: int) -> np.ndarray:
    """0.3 s."""
    return (0.3 * np.sin(np.arange(RATE * 3 // 10) * (0.1 + pitch / 40))).astype(np.float32)


@dataclass(slots=True)
class EvaluatorAtPage:
    """Somebody who reads what the tab says, and answers."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the browser's console had against our scripts."""

    @property
    def tab(self) -> Locator:
        return self.page.locator("section.evaluate")

    def consents(self, *choices: str) -> None:
        """`text`, `voice`, `adult` are ticked by the evaluator; nothing was before."""
        self.tab.locator(".evaluate-content button.primary").click()
        dialog = self.tab.locator("dialog[data-part=consent]")
        expect(dialog.locator("[name=text]")).to_be_visible(timeout=PATIENCE_MS)
        assert not any(box.is_checked() for box in dialog.locator("[type=checkbox]").all())
        for name in choices:
            dialog.locator(f"[name={name}]").check()
        dialog.locator("[type=submit]").click()
        expect(dialog.locator("[data-part=withdrawal-code]")).to_be_visible(timeout=PATIENCE_MS)
        dialog.locator("[data-i18n='consent.done']").click()
        expect(self.tab.locator(".kind").first).to_be_visible()

    def chooses(self, kind: str) -> None:
        self.tab.locator(f".kind[data-kind={kind}]").click()
        self.sees_a_task()

    def leaves(self) -> None:
        self.tab.locator("[data-i18n='task.leave']").click()
        expect(self.tab.locator(".kind").first).to_be_visible()

    def sees_a_task(self) -> None:
        expect(self.tab.locator("form.task[aria-busy=false] .task-body > *").first).to_be_visible(timeout=PATIENCE_MS)

    def listens(self) -> None:
        """To the end of every sound."""
        for audio in self.tab.locator(".task-body audio").all():
            expect(audio).to_have_attribute("src", re.compile("^blob:"), timeout=PATIENCE_MS)
            audio.evaluate("(audio) => new Promise((end) => { audio.onended = end; audio.play(); })")

    def picks(self, name: str, value: str) -> None:
        self.tab.locator(f"input[name={name}][value='{value}']").check(force=True)

    def writes(self, name: str, text: str) -> None:
        self.tab.locator(f"textarea[name={name}]").fill(text)

    def sends(self) -> None:
        """And is shown the next task, or that there is none."""
        before = self.count()
        self.tab.locator(".task [type=submit]").click()
        expect(self.tab.locator(".count")).not_to_have_text(before, timeout=PATIENCE_MS)
        expect(self.tab.locator("form.task")).to_have_attribute("aria-busy", "false")

    def sends_too_early(self, text: str) -> None:
        """And is told what is missing."""
        self.tab.locator(".task [type=submit]").click()
        self.says(text)

    def count(self) -> str:
        return self.tab.locator(".count").inner_text()

    def says(self, text: str) -> None:
        expect(self.tab.locator(".evaluate-status")).to_contain_text(text, timeout=PATIENCE_MS)

    def presses(self, key: str) -> None:
        self.tab.locator(f"button[data-i18n='{key}']").click()

    def shot(self, name: str) -> None:
        """A picture, where TEST_SHOTS names a folder."""
        if folder := os.environ.get("TEST_SHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def consented(app_state: AppState, *, voice: bool = False) -> str:
    """The code of somebody who has consented at an earlier visit."""
    assert app_state.feedback is not None
    store = app_state.feedback.store
    assert isinstance(store, Store)
    consent = Consent(version=1, language="sn", licence="CC0-1.0", text=True, voice=voice, adult=voice)
    return store.write_now(lambda session: give_consent(session, consent))


@contextmanager
def at_evaluate_tab(browser: Browser, url: str, code: str = "", **context: object) -> Iterator[EvaluatorAtPage]:
    """Somebody who has opened the tab by its address, with a code of before; the console has nothing to say."""
    visit = browser.new_context(**{"viewport": {"width": 360, "height": 740}, **context})
    page = visit.new_page()
    page.set_default_timeout(PATIENCE_MS)
    if code:
        kept = json.dumps({"code": code, "text": True, "voice": False})
        page.add_init_script(f"localStorage['inzwa.contributor'] ??= JSON.stringify({kept})")
    evaluator = EvaluatorAtPage(page)
    page.on("pageerror", lambda error: evaluator.complaints.append(str(error)))
    page.on("console", lambda line: evaluator.complaints.append(line.text) if line.type == "error" else None)
    page.goto(f"{url}/app?tab=evaluate")
    expect(evaluator.tab.locator("h2").first).to_be_visible(timeout=PATIENCE_MS)
    yield evaluator
    visit.close()
    assert evaluator.complaints == []


def stored(site: Site) -> Store:
    store = site.app_state.feedback.store
    assert isinstance(store, Store)
    return store


def answers(site: Site) -> dict[str, list[dict]]:
    """Kind to the answers that are on disk, in order."""

    def query(session: Session) -> list[tuple[str, dict]]:
        rows = session.execute(
            select(ItemRow.kind, TaskRow.answer)
            .join(TaskRow, TaskRow.item_id == ItemRow.id)
            .where(TaskRow.answered_at.is_not(None))
            .order_by(TaskRow.answered_at)
        )
        return [(kind, answer) for kind, answer in rows]

    found: dict[str, list[dict]] = {}
    for kind, answer in stored(site).read_now(query):
        found.setdefault(kind, []).append(answer)
    return found
