"""Nothing is kept before consent; what was given is shown, and withdrawn with the code."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from inzwa.feedback.consent_text import consent_text
from tests.browser.evaluator import DESKTOP, ON_A_PHONE, PHONE, Evaluator, evaluating
from tests.browser.microphone import Launcher
from tests.browser.site import Site, open_site
from tests.browser.talker import PATIENCE_MS
from tests.serving import settings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(launcher: Launcher) -> Iterator[Browser]:
    with launcher.hearing(None) as browser:
        yield browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(feedback="full", data=tmp_path) as site:
        yield site


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def evaluator(browser: Browser, site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    """Their first turn is answered, and they have pressed a thumb: the dialog is open."""
    with evaluating(browser, site.url, tmp_path, **request.param) as evaluator:
        evaluator.says("Makadii?", turn=1)
        evaluator.thumb(1, "up").click()
        expect(evaluator.talker.part("consent").locator("form")).to_be_visible(timeout=PATIENCE_MS)
        yield evaluator
        assert evaluator.talker.complaints == []


def test_the_text_is_shown_in_shona_and_one_tap_away_in_english(evaluator: Evaluator) -> None:
    dialog = evaluator.talker.part("consent")
    for language, button in (("sn", "English"), ("en", "chiShona")):
        text = consent_text(settings(feedback="full"), language)
        for said in (*text.paragraphs, text.text_choice, text.voice_choice):
            expect(dialog).to_contain_text(said)
        dialog.get_by_role("button", name=button).click()


def test_nothing_is_ticked_and_nothing_is_sent_before_something_is(evaluator: Evaluator) -> None:
    dialog = evaluator.talker.part("consent")
    assert [box.is_checked() for box in dialog.locator("[type=checkbox]").all()] == [False, False, False]
    dialog.locator("[type=submit]").click()
    expect(dialog.locator(".sheet-status")).to_have_text("Isai chiratidzo pane zvamunobvuma.")
    dialog.locator("[name=voice]").check()
    dialog.locator("[type=submit]").click()
    expect(dialog.locator(".sheet-status")).to_contain_text("makore 18")
    assert evaluator.stored("contributors") == []


@pytest.mark.parametrize("how", ["button", "Escape"])
def test_not_now_keeps_nothing_and_does_not_ask_again_by_itself(evaluator: Evaluator, how: str) -> None:
    dialog = evaluator.talker.part("consent")
    if how == "button":
        dialog.get_by_role("button", name="Kwete parizvino").click()
    else:
        evaluator.talker.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(evaluator.thumb(1, "up")).to_be_focused()
    expect(evaluator.thumb(1, "up")).to_have_attribute("aria-pressed", "false")
    evaluator.says("Mamuka sei?", turn=2)
    expect(dialog).to_be_hidden()
    assert evaluator.talker.page.evaluate("localStorage.getItem('inzwa.contributor')") is None
    assert [evaluator.stored(table) for table in ("contributors", "turns", "ratings")] == [[], [], []]


def test_the_consent_is_kept_as_it_was_given_and_the_thumb_is_sent_then(evaluator: Evaluator) -> None:
    dialog = evaluator.talker.part("consent")
    dialog.locator("summary").click()
    dialog.locator("[name=age_band]").select_option("30-39")
    dialog.locator("[name=variety]").select_option("karanga")
    dialog.locator("[name=first_language]").fill("chiShona")
    code = evaluator.agrees()
    evaluator.sees_state(1, "saved")
    (consent,) = evaluator.stored("consents")
    assert (consent["text"], consent["voice"], consent["adult"], consent["language"]) == (1, 0, 0, "sn")
    described = [consent[name] for name in ("age_band", "gender", "variety", "first_language")]
    assert described == ["30-39", "", "karanga", "chiShona"]
    assert evaluator.talker.page.evaluate("JSON.parse(localStorage.getItem('inzwa.contributor')).code") == code
    assert [rating["verdict"] for rating in evaluator.stored("ratings")] == ["up"]


@ON_A_PHONE
def test_consent_is_asked_for_once(evaluator: Evaluator) -> None:
    evaluator.agrees()
    evaluator.thumb(1, "down").click()
    evaluator.sees_state(1, "saved")
    evaluator.talker.page.reload()
    evaluator.says("Mamuka sei?", turn=1)
    evaluator.thumb(1, "up").click()
    evaluator.sees_state(1, "saved")
    assert len(evaluator.stored("consents")) == 1
    assert len(evaluator.stored("contributors")) == 1


def test_what_was_given_is_counted_and_withdrawn(evaluator: Evaluator) -> None:
    code = evaluator.agrees()
    evaluator.sees_state(1, "saved")
    given = evaluator.opens_given()
    expect(given.locator(".counts div").first).to_have_text("Maonero1")
    expect(given.locator("[data-part=withdrawal-code]")).to_have_value(code)
    given.get_by_role("button", name="Bvisai zvose zvangu").click()
    expect(given.get_by_role("button", name="Kwete, siyai")).to_be_focused()
    given.get_by_role("button", name="Ehe, bvisai").click()
    expect(given.locator(".sheet-status")).to_have_text("Zvabviswa.", timeout=PATIENCE_MS)
    expect(given.locator(".counts div").first).to_have_text("Maonero1")
    assert [evaluator.stored(table) for table in ("consents", "turns", "ratings")] == [[], [], []]
    assert evaluator.talker.page.evaluate("localStorage.getItem('inzwa.contributor')") is None


@ON_A_PHONE
def test_after_withdrawal_consent_is_asked_for_anew(evaluator: Evaluator) -> None:
    evaluator.agrees()
    given = evaluator.opens_given()
    given.get_by_role("button", name="Bvisai zvose zvangu").click()
    given.get_by_role("button", name="Ehe, bvisai").click()
    expect(given.locator(".sheet-status")).to_have_text("Zvabviswa.", timeout=PATIENCE_MS)
    evaluator.talker.page.keyboard.press("Escape")
    evaluator.thumb(1, "down").click()
    expect(evaluator.talker.part("consent").locator("form")).to_be_visible(timeout=PATIENCE_MS)


@ON_A_PHONE
def test_a_withdrawal_made_elsewhere_is_noticed_with_the_next_thumb(evaluator: Evaluator, site: Site) -> None:
    code = evaluator.agrees()
    evaluator.sees_state(1, "saved")
    site.portal.call(site.app_state.require_feedback().withdraw, code)
    evaluator.thumb(1, "down").click()
    evaluator.sees_state(1, "failed")
    expect(evaluator.row(1)).to_contain_text("makabvisa zvenyu zvose")
    assert evaluator.talker.page.evaluate("localStorage.getItem('inzwa.contributor')") is None


@ON_A_PHONE
def test_a_code_from_another_device_shows_what_was_given_there(
    evaluator: Evaluator, browser: Browser, site: Site, tmp_path: Path
) -> None:
    code = evaluator.agrees()
    evaluator.sees_state(1, "saved")
    with evaluating(browser, site.url, tmp_path) as elsewhere:
        given = elsewhere.opens_given()
        given.locator("summary").click()
        for tried, said in (("AAAAA", "mvumo"), (code.lower(), "Kodhi yashanda.")):
            given.get_by_label("Kodhi yacho").fill(tried)
            given.get_by_label("Kodhi yacho").press("Enter")
            expect(given.locator(".sheet-status")).to_contain_text(said, timeout=PATIENCE_MS)
        expect(given.locator(".counts div").first).to_have_text("Maonero1")


def test_where_no_recordings_are_taken_no_voice_is_asked_for(browser: Browser, tmp_path: Path) -> None:
    with open_site(data=tmp_path) as site, evaluating(browser, site.url, tmp_path) as evaluator:
        evaluator.says("Makadii?", turn=1)
        evaluator.thumb(1, "up").click()
        expect(evaluator.talker.part("consent").locator("[name=text]")).to_be_visible(timeout=PATIENCE_MS)
        expect(evaluator.talker.part("consent").locator("[name=voice]")).to_be_hidden()


def test_the_access_code_goes_with_every_call(browser: Browser, tmp_path: Path) -> None:
    with (
        open_site(data=tmp_path, access_token="sesame") as site,
        evaluating(browser, site.url, tmp_path) as evaluator,
    ):
        evaluator.talker.say_in_writing("Makadii?")
        evaluator.talker.part("key").fill("sesame")
        evaluator.talker.part("key").press("Enter")
        evaluator.thumb(1, "up").click()
        evaluator.agrees()
        evaluator.sees_state(1, "saved")
        expect(evaluator.opens_given().locator(".counts div").first).to_have_text("Maonero1", timeout=PATIENCE_MS)
