"""axe-core finds no serious fault in the rating row and in the dialogs of evaluators, light and dark."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from inzwa.engines.llm.scripted import ScriptedChatModel
from tests.browser.axe import grave_faults
from tests.browser.evaluator import DESKTOP, PHONE, Evaluator, evaluating, locked
from tests.browser.microphone import Launcher, babble, write_wav
from tests.browser.site import open_site
from tests.browser.talker import PATIENCE_MS
from tests.serving import scripted_engines

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    wav = write_wav(tmp_path_factory.mktemp("wav") / "babble.wav", babble((0.6, 1.2)))
    with launcher.hearing(wav) as browser:
        yield browser


@pytest.fixture(params=[(PHONE, "light"), (DESKTOP, "dark")], ids=["phone, light", "desktop, dark"])
def evaluator(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    """Their first turn is answered."""
    screen, colours = request.param
    engines = scripted_engines(llm=ScriptedChatModel(*[["Ndiripo."]] * 3))
    with (
        open_site(engines, feedback="full", data=tmp_path) as site,
        evaluating(browser, site.url, tmp_path, color_scheme=colours, **screen) as evaluator,
    ):
        evaluator.says("Makadii?", turn=1)
        yield evaluator


def test_the_consent_dialog_has_no_serious_fault(evaluator: Evaluator) -> None:
    page = evaluator.talker.page
    evaluator.thumb(1, "up").click()
    dialog = evaluator.talker.part("consent")
    dialog.locator("[name=voice]").check()
    dialog.locator("summary").click()
    assert grave_faults(page, "[data-part=consent]") == []
    dialog.locator("[name=text]").check()
    dialog.locator("[name=adult]").check()
    dialog.locator("[type=submit]").click()
    expect(evaluator.talker.part("withdrawal-code")).to_be_visible(timeout=PATIENCE_MS)
    assert grave_faults(page, "[data-part=consent]") == []


def test_the_row_and_its_form_have_no_serious_fault_in_any_state(evaluator: Evaluator) -> None:
    page = evaluator.talker.page
    assert grave_faults(page, ".rating") == []
    evaluator.thumb(1, "up").click()
    evaluator.agrees()
    evaluator.sees_state(1, "saved")
    assert grave_faults(page, ".rating", ".given") == []
    with locked(evaluator.folder):
        evaluator.thumb(1, "down").click()
        evaluator.sees_state(1, "retrying")
        assert grave_faults(page, ".rating", ".unsent") == []
    evaluator.opens_form(1).locator("[value=bad_shona]").check()
    assert grave_faults(page, "[data-part=rating-form]") == []


def test_recordings_and_what_was_given_are_shown_without_a_serious_fault(evaluator: Evaluator) -> None:
    page = evaluator.talker.page
    evaluator.thumb(1, "up").click()
    evaluator.agrees(voice=True)
    evaluator.talker.press_talk()
    expect(page.locator(".rating")).to_have_count(2, timeout=PATIENCE_MS)
    page.get_by_role("button", name="Marekodhi enyu").click()
    page.get_by_role("button", name="Tumirai").last.click()
    expect(evaluator.talker.part("clips").locator("[data-state=sent]")).to_be_visible(timeout=PATIENCE_MS)
    assert grave_faults(page, "[data-part=clips]") == []
    page.keyboard.press("Escape")
    given = evaluator.opens_given()
    given.get_by_role("button", name="Bvisai zvose zvangu").click()
    assert grave_faults(page, "[data-part=given]") == []
