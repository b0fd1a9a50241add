"""What is being said is marked in the reply: the mark moves with the sound, waits with it, and goes with it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from inzwa.engines.llm.scripted import ScriptedChatModel
from tests.browser.microphone import Launcher
from tests.browser.site import Site, open_site
from tests.browser.talker import Talker, at_page
from tests.serving import scripted_engines

pytestmark = pytest.mark.browser

REPLY = ("Ehe 😀, ndiripo", " pano nhasi  ", "zuva rose; tichatamba", " mangwana, kana", " muchida. ", "Makadii?")

MARKED = "[...CSS.highlights.get('inzwa-heard')].map(String).join()"


@pytest.fixture(scope="module")
def browser(launcher: Launcher) -> Iterator[Browser]:
    with launcher.hearing(None) as browser:
        yield browser


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(scripted_engines(llm=ScriptedChatModel(*[REPLY] * 3))) as site:
        yield site


@pytest.fixture
def talker(browser: Browser, site: Site) -> Iterator[Talker]:
    with at_page(browser, site.url) as talker:
        talker.say_in_writing("Makadii?")
        yield talker
    assert talker.complaints == []


def wait_for_mark(talker: Talker, text: str) -> None:
    talker.wait_until(f"{MARKED} === {text!r}")


def test_the_mark_moves_with_the_sound_and_is_gone_at_its_end(talker: Talker) -> None:
    for phrase in ("Ehe 😀,", "ndiripo pano nhasi  zuva rose;", "tichatamba mangwana, kana muchida."):
        wait_for_mark(talker, phrase)
    wait_for_mark(talker, "")
    assert not talker.page.evaluate("inzwa.audio.playing")
    talker.page.evaluate("window.markGoneMs = performance.now()")
    talker.wait_until(
        f"performance.now() > window.markGoneMs + 300 || {MARKED} !== ''"
    )  # several reports of the player
    assert talker.page.evaluate(MARKED) == ""


def test_stop_takes_the_mark_away(talker: Talker) -> None:
    wait_for_mark(talker, "Ehe 😀,")
    talker.page.keyboard.press("Escape")
    wait_for_mark(talker, "")
    talker.sees(".latency .cut", "yagurwa")


def test_a_reply_that_is_held_keeps_its_mark_and_one_that_goes_on_moves_it(talker: Talker) -> None:
    wait_for_mark(talker, "Ehe 😀,")
    talker.page.evaluate("inzwa.session.handleEvent({ type: 'tts.hold', turn: 1 })")
    talker.wait_until("document.querySelector('.latency .ms')")
    assert talker.page.evaluate(MARKED) == "Ehe 😀,"
    talker.page.evaluate("inzwa.session.handleEvent({ type: 'tts.resume', turn: 1 })")
    wait_for_mark(talker, "ndiripo pano nhasi  zuva rose;")


def test_a_lost_connection_takes_the_mark_away(talker: Talker) -> None:
    wait_for_mark(talker, "Ehe 😀,")
    talker.page.evaluate("inzwa.session.connection.close()")
    wait_for_mark(talker, "")


def test_marking_writes_nothing_anew_for_a_screen_reader(talker: Talker) -> None:
    talker.wait_until("document.querySelector('.latency .ms')")
    talker.page.evaluate(
        "window.writes = 0; new MutationObserver((seen) => { window.writes += seen.length; })"
        ".observe(inzwa.view.parts.log, { childList: true, characterData: true, subtree: true })"
    )
    wait_for_mark(talker, "tichatamba mangwana, kana muchida.")
    assert talker.page.evaluate("window.writes") == 0
