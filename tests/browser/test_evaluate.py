"""The Evaluate tab in Chromium: consent, one of each kind, undo, skip, withdrawal; on a phone and on a desk."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from inzwa.engines.llm.scripted import ScriptedChatModel
from inzwa.feedback.store.schema import ContributorRow, ItemRow, RecordingRow
from inzwa.feedback.tasks.own_shona import sentences
from tests.browser.axe import grave_faults
from tests.browser.evaluate_tab import EvaluatorAtPage, add_sounds, answers, at_evaluate_tab, consented, stored
from tests.browser.microphone import Launcher, babble, write_wav
from tests.browser.site import Site, open_site
from tests.serving import scripted_engines

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}
SCREENS = [pytest.param({}, id="phone"), pytest.param(DESK, id="desk")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    engines = scripted_engines(llm=ScriptedChatModel(["<b>Ndiripo</b>"]))
    with open_site(engines, feedback="full", data=tmp_path / "data", requests_per_minute=10_000) as site:
        add_sounds(site.app_state)
        yield site


@pytest.fixture(scope="module")
def browser(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    wav = write_wav(tmp_path_factory.mktemp("microphone") / "voice.wav", babble((0.0, 8.0)))
    with launcher.hearing(wav, "--autoplay-policy=no-user-gesture-required") as browser:
        yield browser


@pytest.mark.parametrize("screen", SCREENS)
def test_somebody_judges_sounds_and_texts(site: Site, browser: Browser, screen: dict) -> None:
    with at_evaluate_tab(browser, site.url, consented(site.app_state), **screen) as person:
        width = person.page.viewport_size["width"]
        expect(person.tab.locator(".kind").first).to_be_visible()
        person.shot(f"kinds-{width}")
        judge_sounds(person, width)
        judge_texts(person, width)
        assert person.page.evaluate("document.documentElement.scrollWidth") <= width
    assert answers(site) == {
        "naturalness": [{"naturalness": 4, "intelligibility": 5}],
        "comparison": [{"choice": "b"}],
        "transcript": [{"text": "mhoroi <i>mose</i>"}],
        "reply": [{"answers": True, "shona": 3, "safe": True, "better": "Ndiripo"}],
        "review": [{"right": False, "better": "shoko"}],
    }


@pytest.mark.parametrize("screen", SCREENS)
def test_somebody_consents_and_reads_a_sentence_aloud(site: Site, browser: Browser, screen: dict) -> None:
    with at_evaluate_tab(browser, site.url, **screen) as person:
        width = person.page.viewport_size["width"]
        person.shot(f"invitation-{width}")
        person.consents("text", "voice", "adult")
        read_aloud(person, width)
    recording = stored(site).read_now(lambda session: session.scalars(select(RecordingRow)).one())
    assert answers(site) == {"reading": [{"recording": recording.id}]}
    assert recording.text in sentences()
    assert recording.duration_ms > 500


def judge_sounds(person: EvaluatorAtPage, width: int) -> None:
    person.chooses("naturalness")
    person.sends_too_early("Tangai mateerera")
    person.listens()
    person.sends_too_early("Pindurai mibvunzo")
    person.picks("naturalness", "4")
    person.picks("intelligibility", "5")
    person.shot(f"naturalness-{width}")
    person.sends()
    person.leaves()
    person.chooses("comparison")
    person.listens()
    person.picks("choice", "b")
    person.shot(f"comparison-{width}")
    person.sends()
    person.leaves()
    person.chooses("transcript")
    person.listens()
    person.writes("text", "mhoroi <i>mose</i>")
    person.shot(f"transcript-{width}")
    person.sends()
    person.leaves()


def judge_texts(person: EvaluatorAtPage, width: int) -> None:
    person.chooses("reply")
    expect(person.tab.locator(".quote.answer")).to_have_text("<b>Ndiripo</b>")
    for name, value in {"answers": "true", "shona": "3", "safe": "true"}.items():
        person.picks(name, value)
    person.writes("better", "Ndiripo")
    person.shot(f"reply-{width}")
    person.sends()
    person.leaves()
    person.chooses("review")
    expect(person.tab.locator("textarea[name=better]")).to_be_hidden()
    person.picks("right", "false")
    person.writes("better", "shoko")
    person.shot(f"review-{width}")
    person.sends()
    person.leaves()


def read_aloud(person: EvaluatorAtPage, width: int) -> None:
    person.chooses("reading")
    person.sends_too_early("Rekodhai mutsara kutanga")
    person.presses("task.record")
    expect(person.tab.locator("[data-i18n='task.recording']")).to_be_visible()
    person.page.wait_for_function("inzwaEvaluate.screen.recordedMs > 600")
    person.presses("task.record_stop")
    expect(person.tab.locator(".task-sound audio")).to_be_visible()
    person.shot(f"reading-{width}")
    person.sends()
    person.leaves()


def test_the_last_answer_can_be_given_again_and_a_task_skipped(site: Site, browser: Browser) -> None:
    with at_evaluate_tab(browser, site.url, consented(site.app_state)) as person:
        person.chooses("review")
        first = person.tab.locator(".judged").inner_text()
        person.picks("right", "true")
        person.sends()
        second = person.tab.locator(".judged").inner_text()
        person.presses("task.undo")
        expect(person.tab.locator(".judged")).to_have_text(first)
        expect(person.tab.locator("input[name=right][value=true]")).to_be_checked()
        person.picks("right", "false")
        person.writes("better", "shoko")
        person.tab.locator(".task [type=submit]").click()
        expect(person.tab.locator(".judged")).to_have_text(second)
        person.presses("task.skip")
        expect(person.tab.locator(".judged")).not_to_have_text(second)
    assert answers(site) == {"review": [{"right": False, "better": "shoko"}]}


def test_an_answer_that_could_not_be_sent_stays_and_is_sent_again_once(site: Site, browser: Browser) -> None:
    with at_evaluate_tab(browser, site.url, consented(site.app_state)) as person:
        person.chooses("review")
        person.picks("right", "true")
        person.page.route("**/call/submit_task", lambda route: route.fulfill(status=503))
        person.tab.locator(".task [type=submit]").click()
        person.says("yakabatikana")
        expect(person.tab.locator("input[name=right][value=true]")).to_be_checked()
        person.page.unroute("**/call/submit_task")
        person.sends()
        person.complaints.clear()  # of the browser, about the 503
    assert answers(site) == {"review": [{"right": True, "better": ""}]}


def test_recordings_are_offered_only_to_who_consented_to_them(site: Site, browser: Browser) -> None:
    with at_evaluate_tab(browser, site.url, consented(site.app_state)) as person:
        assert person.tab.locator(".kind[data-kind=review]").count() == 1
        assert person.tab.locator(".kind[data-kind=reading]").count() == 0


def test_what_the_browser_sees_of_a_sound_names_no_system_and_no_file(site: Site, browser: Browser) -> None:
    seen: list[str] = []
    with at_evaluate_tab(browser, site.url, consented(site.app_state)) as person:
        person.page.on("response", lambda answer: seen.append(json.dumps([answer.url, answer.all_headers()])))
        person.chooses("comparison")
        person.listens()
        person.page.wait_for_load_state("networkidle")
    sounds = [each for each in seen if "/feedback/sound/" in each]
    names = stored(site).read_now(lambda session: session.scalars(select(ItemRow.payload)).all())
    assert len(sounds) == 2
    for payload in names:
        assert not any(str(payload.get(place)) in each for place in ("sound", "first", "second") for each in sounds)
    assert "Secret" not in "".join(sounds)


def test_the_code_is_shown_kept_and_withdraws_everything(site: Site, browser: Browser) -> None:
    with at_evaluate_tab(browser, site.url) as person:
        person.consents("text")
        person.chooses("review")
        person.picks("right", "true")
        person.sends()
        assert len(json.loads(person.page.evaluate("localStorage['inzwa.contributor']"))["code"]) == 29
        person.page.reload()
        expect(person.tab.locator(".kind").first).to_be_visible()
        person.presses("mine.heading")
        dialog = person.tab.locator("dialog[data-part=given]")
        dialog.locator("[data-i18n='mine.withdraw']").click()
        dialog.locator("[data-i18n='mine.withdraw_yes']").click()
        expect(dialog.locator("[data-i18n='mine.deleted']")).to_be_visible()
        person.shot("withdrawn-360")
        assert person.page.evaluate("localStorage['inzwa.contributor']") is None
        dialog.locator(".quiet").click()
        expect(person.tab.locator("[data-i18n='mine.consent']").first).to_be_visible()
    assert answers(site) == {}
    assert stored(site).read_now(lambda session: session.scalar(select(ContributorRow.withdrawn_at))) is not None


def test_labels_are_in_one_language_and_follow_the_switch(site: Site, browser: Browser) -> None:
    with at_evaluate_tab(browser, site.url) as person:
        tabs = person.page.locator("[role=tab]:visible")
        expect(tabs).to_have_text(["Taurai", "Ongororai", "Rekodhai", "Verengai"])
        person.tab.locator("[data-evaluate-language=en]").click()
        expect(tabs).to_have_text(["Talk", "Evaluate", "Record", "Read"])
        expect(person.tab.locator("h2").first).to_have_text("Help Inzwa to learn")
        assert person.page.evaluate("document.documentElement.lang") == "en"
        person.page.goto(f"{site.url}/app?tab=read")
        expect(person.page.get_by_role("button", name="Read aloud")).to_be_visible()
        expect(person.page.get_by_label("Text", exact=True)).to_be_visible()
        expect(person.page.locator("#inzwa-tab-read")).to_be_visible()
        assert "·" not in person.page.locator("#inzwa-tab-read").inner_text()
        person.shot("read-en-360")


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_no_serious_fault(site: Site, browser: Browser, screen: dict) -> None:
    with at_evaluate_tab(browser, site.url, consented(site.app_state), **screen) as person:
        assert grave_faults(person.page, "section.evaluate") == []
        for kind in ("naturalness", "comparison", "reply", "review"):
            person.chooses(kind)
            assert grave_faults(person.page, "section.evaluate") == [], kind
            person.leaves()
