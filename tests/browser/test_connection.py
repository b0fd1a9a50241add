"""The connection between page and server: it is restored by itself, and a refusal is explained to the user."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.microphone import Launcher, babble, write_wav
from tests.browser.site import open_site
from tests.browser.talker import PATIENCE_MS, at_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    wav: Path = write_wav(tmp_path_factory.mktemp("wav") / "late.wav", babble((6.0, 1.2)))
    with launcher.hearing(wav) as browser:
        yield browser


def test_a_connection_lost_while_somebody_speaks_is_restored_by_itself(browser: Browser) -> None:
    with open_site() as site, at_page(browser, site.url) as talker:
        talker.press_talk()
        talker.wait_for_status("ready")
        talker.page.evaluate("inzwa.session.connection.socket.close()")
        talker.wait_for_status("connecting")
        talker.wait_until("inzwa.session.connection.state === 'open'")
        talker.sees(".answer .reply", "Ndiripo, makadiiwo?")


def test_a_server_that_is_full_says_so_and_lets_in_who_waited(browser: Browser) -> None:
    with open_site(max_sessions=1) as site, at_page(browser, site.url) as first, at_page(browser, site.url) as second:
        first.say_in_writing("Ndini")
        first.sees(".answer .reply", "Ndiripo")
        second.page.locator("[data-language=en]").click()
        second.say_in_writing("Neniwo")
        second.sees("[data-part=notice-text]", "Every place is taken")
        first.page.evaluate("inzwa.session.connection.close()")
        second.sees(".answer .reply", "Ndiripo")
        expect(second.part("notice")).to_be_hidden(timeout=PATIENCE_MS)


def test_a_server_that_asks_for_an_access_code_gets_it_and_answers_what_was_asked(browser: Browser) -> None:
    with open_site(access_token="sesame") as site, at_page(browser, site.url) as talker:
        talker.say_in_writing("Makadii?")
        talker.sees("[data-part=notice-text]", "kodhi")
        talker.part("key").fill("sesame")
        talker.part("key").press("Enter")
        talker.sees(".answer .reply", "Ndiripo")


def test_a_text_that_is_too_long_is_refused_in_words_before_it_is_sent(browser: Browser) -> None:
    with open_site(max_text_chars=10) as site, at_page(browser, site.url) as talker:
        talker.page.locator("[data-language=en]").click()
        talker.say_in_writing("Mashoko akawandisa")
        talker.sees("[data-part=notice-text]", "at most 10 letters")
        assert talker.page.evaluate("inzwa.session.connection.state") == "off"


def test_a_microphone_that_is_not_allowed_is_explained(launcher: Launcher) -> None:
    deaf = launcher.hearing(None, "--deny-permission-prompts")
    with open_site() as site, deaf as browser, at_page(browser, site.url) as talker:
        talker.page.locator("[data-language=en]").click()
        talker.press_talk()
        talker.wait_for_status("error")
        assert talker.part("notice-text").inner_text() != ""
        talker.say_in_writing("Makadii?")
        talker.sees(".answer .reply", "Ndiripo")


def test_an_address_without_https_is_explained_and_the_text_box_still_answers(launcher: Launcher) -> None:
    far = launcher.hearing(None, "--host-resolver-rules=MAP inzwa.test 127.0.0.1")
    with open_site() as site, far as browser, at_page(browser, _far(site.url)) as talker:
        talker.press_talk()
        talker.sees("[data-part=notice-text]", "https")
        talker.say_in_writing("Makadii?")
        talker.sees(".answer .reply", "Ndiripo, makadiiwo?")


def test_the_page_speaks_shona_first_and_keeps_the_language_chosen(browser: Browser) -> None:
    with open_site() as site, at_page(browser, site.url) as talker:
        talker.sees("[data-part=status]", "Dzvanyai mutaure")
        talker.page.locator("[data-language=en]").click()
        talker.sees("[data-part=status]", "Press to talk")
        talker.page.reload()
        talker.sees("[data-part=status]", "Press to talk")
        assert talker.page.evaluate("document.documentElement.lang") == "en"


def test_the_models_and_their_licences_stand_on_the_page(browser: Browser) -> None:
    with open_site() as site, at_page(browser, site.url) as talker:
        for model in ("scripted-asr", "scripted-chat", "scripted-voice"):
            expect(talker.part("models")).to_contain_text(model, timeout=PATIENCE_MS)


def _far(url: str) -> str:
    """The same server under a name that a browser does not take for its own machine."""
    return url.replace("127.0.0.1", "inzwa.test")
