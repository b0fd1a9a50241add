"""Each reply can be rated where it stands, while talk goes on; nothing is lost, and the page says what is not saved."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from inzwa.engines.llm.scripted import ScriptedChatModel
from tests.browser.evaluator import DESKTOP, ON_A_PHONE, PHONE, Evaluator, evaluating, locked
from tests.browser.microphone import Launcher
from tests.browser.site import Site, open_site
from tests.browser.talker import PATIENCE_MS
from tests.serving import scripted_engines

pytestmark = pytest.mark.browser

SHORT = ("Ndiripo, ", "makadiiwo?")
LONG = tuple(f"shoko rakareba nhamba {number}, " for number in range(12))
DEAF_TO_RATED = """
const { socket } = inzwa.session.connection;
const hear = socket.onmessage;
socket.onmessage = (message) => String(message.data).includes('"rated"') || hear(message);
undefined;
"""

SCROLL_UP = """(log) => new Promise((resolve) => {
  log.addEventListener("scroll", resolve, { once: true });
  log.scrollTop = 0;
})"""

MARKUP = "<img src=x onerror=\"document.title='pwned'\">"


@pytest.fixture(scope="module")
def browser(launcher: Launcher) -> Iterator[Browser]:
    with launcher.hearing(None) as browser:
        yield browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    replies = ScriptedChatModel(SHORT, SHORT, LONG, (MARKUP, " ndizvo."))
    with open_site(scripted_engines(llm=replies), data=tmp_path) as site:
        yield site


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def evaluator(browser: Browser, site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    with evaluating(browser, site.url, tmp_path, **request.param) as evaluator:
        yield evaluator
        assert evaluator.talker.complaints == []
        assert evaluator.talker.strangers == []


@pytest.fixture
def consented(evaluator: Evaluator) -> Evaluator:
    """Their first turn has a thumb up."""
    evaluator.says("Makadii?", turn=1)
    evaluator.thumb(1, "up").click()
    evaluator.agrees()
    evaluator.sees_state(1, "saved")
    return evaluator


def test_a_thumb_is_on_disk_when_the_page_says_saved(consented: Evaluator) -> None:
    (rating,), (turn,) = consented.stored("ratings"), consented.stored("turns")
    assert (rating["verdict"], json.loads(rating["reasons"])) == ("up", [])
    assert (turn["number"], turn["transcript"], turn["reply"]) == (1, "Makadii?", "Ndiripo, makadiiwo?")
    expect(consented.thumb(1, "up")).to_have_attribute("aria-pressed", "true")
    expect(consented.talker.page.locator(".spoken-state")).to_have_text("Zvachengetwa")


def test_turns_are_rated_while_the_next_reply_is_spoken(consented: Evaluator) -> None:
    consented.says("Mamuka sei?", turn=2)
    consented.talker.say_in_writing("Ndiudzei ngano")
    consented.talker.wait_for_status("speaking")
    consented.thumb(2, "down").click()
    consented.sees_state(2, "saved")
    form = consented.opens_form(2)
    form.get_by_label("ChiShona chakaipa").check()
    form.locator("[type=submit]").click()
    consented.sees_state(2, "saved")
    expect(consented.row(3)).to_be_visible(timeout=PATIENCE_MS)
    consented.thumb(3, "up").click()
    consented.sees_state(3, "saved")
    assert consented.talker.page.locator(".turn").last.locator(".cut").count() == 0
    assert [rating["verdict"] for rating in consented.stored("ratings")] == ["up", "down", "up"]
    assert [json.loads(rating["reasons"]) for rating in consented.stored("ratings")] == [[], ["bad_shona"], []]


def test_a_reply_that_grows_leaves_the_form_and_its_focus_alone(consented: Evaluator) -> None:
    consented.says("Mamuka sei?", turn=2)
    consented.talker.say_in_writing("Ndiudzei ngano")
    form = consented.opens_form(1)
    comment = form.locator("textarea").last
    comment.fill("Zvakanaka")
    top = comment.bounding_box()
    expect(consented.talker.page.locator(".rating")).to_have_count(3, timeout=PATIENCE_MS)
    expect(comment).to_be_focused()
    expect(comment).to_have_value("Zvakanaka")
    assert comment.bounding_box() == top


def test_the_row_of_a_new_reply_is_in_sight_and_who_has_scrolled_up_stays_there(consented: Evaluator) -> None:
    consented.says("Mamuka sei?", turn=2)
    expect(consented.thumb(2, "up")).to_be_in_viewport(ratio=1)
    consented.talker.part("log").evaluate(SCROLL_UP)
    consented.talker.page.evaluate("inzwa.session.requestReply({ type: 'text', text: 'Ndiudzei ngano' })")
    expect(consented.talker.page.locator(".rating")).to_have_count(3, timeout=PATIENCE_MS)
    assert consented.talker.part("log").evaluate("(log) => log.scrollTop") == 0


def test_what_was_really_said_is_kept_beside_what_was_heard(consented: Evaluator) -> None:
    form = consented.opens_form(1)
    transcript, better, comment = form.locator("textarea").all()
    expect(transcript).to_have_value("Makadii?")
    transcript.fill("Makadii henyu?")
    better.fill("Ndiripo, mwakadiiwo?")
    comment.fill(MARKUP)
    form.locator("[type=submit]").click()
    expect(form).to_be_hidden()
    consented.sees_state(1, "saved")
    (rating,) = consented.stored("ratings")
    assert (rating["verdict"], rating["transcript"]) == ("up", "Makadii henyu?")
    assert (rating["better_reply"], rating["comment"]) == ("Ndiripo, mwakadiiwo?", MARKUP)
    assert consented.stored("turns")[0]["transcript"] == "Makadii?"
    expect(consented.opens_form(1).locator("textarea").first).to_have_value("Makadii henyu?")


@ON_A_PHONE
def test_a_transcript_that_was_not_changed_is_no_correction(consented: Evaluator) -> None:
    form = consented.opens_form(1)
    form.get_by_label("Yanonoka").check()
    form.locator("[type=submit]").click()
    consented.sees_state(1, "saved")
    (rating,) = consented.stored("ratings")
    assert (rating["transcript"], json.loads(rating["reasons"])) == ("", ["too_slow"])


def test_a_rating_is_changed_and_taken_back(consented: Evaluator) -> None:
    consented.thumb(1, "down").click()
    expect(consented.thumb(1, "up")).to_have_attribute("aria-pressed", "false")
    consented.sees_state(1, "saved")
    assert [rating["verdict"] for rating in consented.stored("ratings")] == ["down"]
    consented.opens_form(1).get_by_role("button", name="Dzorerai").click()
    expect(consented.row(1)).to_contain_text("Zvadzorerwa", timeout=PATIENCE_MS)
    assert consented.stored("ratings") == []


@ON_A_PHONE
def test_a_thumb_pressed_again_is_taken_back(consented: Evaluator) -> None:
    consented.thumb(1, "up").click()
    expect(consented.row(1)).to_contain_text("Zvadzorerwa", timeout=PATIENCE_MS)
    assert consented.stored("ratings") == []


def test_markup_in_what_is_heard_and_answered_is_shown_as_text(consented: Evaluator) -> None:
    for turn, text in ((2, "Mamuka sei?"), (3, "Ndiudzei ngano"), (4, MARKUP)):
        consented.says(text, turn=turn)
    form = consented.opens_form(4)
    expect(form.locator(".quote.you")).to_have_text(MARKUP)
    expect(form.locator(".quote.answer")).to_contain_text("<img src=x")
    assert consented.talker.page.locator(".inzwa img").count() == 0


def test_the_row_is_used_with_the_keyboard_alone(consented: Evaluator) -> None:
    page = consented.talker.page
    consented.thumb(1, "down").focus()
    page.keyboard.press("Space")
    consented.sees_state(1, "saved")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    form = consented.talker.part("rating-form")
    expect(form).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    expect(consented.row(1).locator(".more")).to_be_focused()
    page.keyboard.press("Enter")
    form.locator("input").first.focus()
    page.keyboard.press("Space")
    form.locator("textarea").first.focus()
    page.keyboard.type("!")
    form.locator("[type=submit]").press("Enter")
    expect(form).to_be_hidden()
    consented.sees_state(1, "saved")
    assert [json.loads(rating["reasons"]) for rating in consented.stored("ratings")] == [["misheard"]]


@ON_A_PHONE
def test_while_nothing_can_be_stored_the_page_says_so_and_then_saves_it_once(consented: Evaluator) -> None:
    with locked(consented.folder):
        consented.thumb(1, "down").click()
        consented.sees_state(1, "retrying")
        expect(consented.talker.page.locator(".unsent")).to_be_visible()
        consented.says("Mamuka sei?", turn=2)
    consented.sees_state(1, "saved")
    expect(consented.talker.page.locator(".unsent")).to_be_hidden(timeout=PATIENCE_MS)
    assert [rating["verdict"] for rating in consented.stored("ratings")] == ["down"]


@ON_A_PHONE
def test_a_rating_whose_answer_is_lost_is_sent_again_and_counts_once(consented: Evaluator) -> None:
    consented.talker.page.evaluate(DEAF_TO_RATED)
    consented.thumb(1, "down").click()
    consented.sees_state(1, "retrying")
    assert [rating["verdict"] for rating in consented.stored("ratings")] == ["down"]
    consented.talker.page.evaluate("inzwa.session.connection.close()")
    consented.sees_state(1, "saved")
    assert [rating["verdict"] for rating in consented.stored("ratings")] == ["down"]
    assert len(consented.stored("submissions")) == 2


@ON_A_PHONE
def test_a_rating_that_is_not_saved_is_sent_after_a_reload(consented: Evaluator) -> None:
    page = consented.talker.page
    with locked(consented.folder):
        consented.thumb(1, "down").click()
        consented.sees_state(1, "retrying")
        page.reload()
        page.wait_for_function("window.inzwa")
        expect(page.locator(".unsent")).to_be_visible()
    expect(page.locator(".unsent")).to_be_hidden(timeout=PATIENCE_MS)
    assert [rating["verdict"] for rating in consented.stored("ratings")] == ["down"]
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('inzwa.rating.'))") == []


@ON_A_PHONE
def test_a_turn_of_a_connection_that_is_closed_is_rated_by_the_endpoint(consented: Evaluator) -> None:
    consented.talker.page.evaluate("inzwa.session.connection.close()")
    consented.thumb(1, "down").click()
    consented.sees_state(1, "saved")
    assert [rating["verdict"] for rating in consented.stored("ratings")] == ["down"]


def test_where_nothing_is_kept_nothing_is_asked(browser: Browser, tmp_path: Path) -> None:
    with open_site(feedback="off", data=tmp_path) as site, evaluating(browser, site.url, tmp_path) as evaluator:
        evaluator.talker.say_in_writing("Makadii?")
        evaluator.talker.sees(".answer .reply", "Ndiripo")
        evaluator.talker.wait_until("document.querySelector('.turn[aria-busy=false]')")
        assert evaluator.talker.page.locator(".rating").count() == 0
        expect(evaluator.talker.page.locator(".given")).to_be_hidden()
