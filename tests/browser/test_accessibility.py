"""The talk page for those who see little, hear it read, or use no mouse: axe-core, keyboard, names."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import grave_faults
from tests.browser.microphone import Launcher
from tests.browser.site import Site, open_site
from tests.browser.talker import PATIENCE_MS, Talker, at_page

pytestmark = pytest.mark.browser

LANGUAGES = ("sn", "en")
SCHEMES = ("light", "dark")

_FOCUSED = "document.activeElement.dataset.part ?? document.activeElement.className"


@pytest.fixture(scope="module")
def browser(launcher: Launcher) -> Iterator[Browser]:
    with launcher.hearing(None) as browser:
        yield browser


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as site:
        yield site


def answered(talker: Talker, text: str = "Makadii?") -> None:
    talker.say_in_writing(text)
    talker.wait_until("!inzwa.session.busy && inzwa.view.transcript.turns.at(-1)?.over")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_grave_fault_before_and_after_turns_and_with_all_unfolded(
    browser: Browser, site: Site, scheme: str, language: str
) -> None:
    with at_page(browser, site.url, color_scheme=scheme) as talker:
        talker.page.locator(f"[data-language={language}]").click()
        talker.wait_until("inzwa.view.models.readiness?.ready")
        assert grave_faults(talker.page) == []
        answered(talker)
        talker.open_settings()
        talker.part("models-box").locator("summary").click()
        talker.part("copy").click()
        expect(talker.part("notice")).to_be_visible(timeout=PATIENCE_MS)
        assert grave_faults(talker.page) == []


def test_a_page_with_a_fault_is_not_let_through(browser: Browser, site: Site) -> None:
    with at_page(browser, site.url) as talker:
        talker.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
        assert any(fault.startswith("button-name: ") for fault in grave_faults(talker.page))


def test_the_tab_key_reaches_every_control_in_the_order_in_which_it_is_read(browser: Browser, site: Site) -> None:
    with at_page(browser, site.url) as talker:
        answered(talker)
        talker.wait_until("inzwa.audio.player.stats.playedSamples > 0 && !inzwa.audio.playing")
        talker.page.locator("[data-language=sn]").focus()
        wanted = ["new-conversation", "copy", "download", "log", "replay", "talk", "text"]
        reached = []
        while "text" not in reached and len(reached) < 40:
            talker.page.keyboard.press("Tab")
            reached.append(talker.page.evaluate(_FOCUSED))
        assert [part for part in reached if part in wanted] == wanted
        assert talker.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
