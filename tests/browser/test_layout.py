"""On phones of every size, with large text and with the keyboard open, nothing that is needed is out of sight."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest
from playwright.sync_api import Browser, expect

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.protocols import Engines, StageReport, StageReporter
from inzwa.settings import Settings
from tests.browser.boxes import bottom, box, cut_off
from tests.browser.microphone import Launcher
from tests.browser.site import Site, open_site
from tests.browser.talker import PATIENCE_MS, Talker, at_page
from tests.serving import scripted_engines

pytestmark = pytest.mark.browser

SIZES = ((320, 640), (360, 800), (390, 844), (640, 360), (768, 1024), (1280, 900))

FOREIGN = ScriptedTranscriber()
FOREIGN.info = replace(FOREIGN.info, language="99 languages, Shona hardly")


@pytest.fixture(scope="module")
def browser(launcher: Launcher) -> Iterator[Browser]:
    with launcher.hearing(None) as browser:
        yield browser


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Its recogniser was not made for Shona, and says so."""
    with open_site(scripted_engines(asr=FOREIGN)) as site:
        yield site


def answered(talker: Talker) -> None:
    talker.say_in_writing("Makadii?")
    talker.wait_until("!inzwa.session.busy && inzwa.view.transcript.turns.at(-1)?.over")


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("size", SIZES)
def test_no_control_is_cut_off_at_any_width_and_size_of_text(
    browser: Browser, site: Site, size: tuple[int, int], percent: int
) -> None:
    with at_page(browser, site.url, viewport={"width": size[0], "height": size[1]}) as talker:
        talker.page.add_style_tag(content=f"html {{ font-size: {percent}% }}")
        for language in ("en", "sn"):
            talker.page.locator(f"[data-language={language}]").click()
            assert cut_off(talker) == []
        answered(talker)
        talker.part("text").blur()
        assert cut_off(talker) == []
        talker.open_settings()
        talker.part("models-box").locator("summary").click()
        assert cut_off(talker) == []


def test_magnified_to_200_percent_no_control_is_cut_off(browser: Browser, site: Site) -> None:
    phone = {"width": 180, "height": 400}
    with at_page(browser, site.url, viewport=phone, device_scale_factor=2) as talker:
        assert cut_off(talker) == []


@pytest.mark.parametrize("part", ["talk", "stop", "text", "mode-free", "mode-hold"])
def test_what_is_pressed_most_is_large_enough_for_a_finger(browser: Browser, site: Site, part: str) -> None:
    with at_page(browser, site.url, viewport={"width": 320, "height": 640}) as talker:
        found = box(talker, f"[data-part={part}]")
        assert min(found["width"], found["height"]) >= 44


@pytest.mark.parametrize("size", [(320, 640), (360, 800), (1280, 900)])
def test_the_text_field_and_what_the_models_hardly_know_stand_above_the_fold(
    browser: Browser, site: Site, size: tuple[int, int]
) -> None:
    with at_page(browser, site.url, viewport={"width": size[0], "height": size[1]}) as talker:
        talker.page.locator("[data-language=en]").click()
        talker.sees("[data-part=shona-note]", "hardly know Shona (speech to text)")
        assert bottom(talker, "[data-part=shona-note]") <= size[1]
        assert box(talker, "[data-part=text]")["y"] <= size[1] - 22
        talker.part("shona-note-more").click()
        expect(talker.part("models")).to_contain_text("99 languages, Shona hardly")
        expect(talker.part("models")).to_be_visible()


def test_models_that_are_not_said_to_lack_shona_bring_no_note(browser: Browser) -> None:
    with open_site() as site, at_page(browser, site.url) as talker:
        talker.wait_until("inzwa.view.models.readiness?.ready")
        expect(talker.part("shona-note")).to_be_hidden()


def test_with_the_keyboard_open_the_last_turn_and_the_text_field_are_both_in_sight(
    browser: Browser, site: Site
) -> None:
    with at_page(browser, site.url, viewport={"width": 360, "height": 800}) as talker:
        for _ in range(3):
            answered(talker)
        talker.part("text").focus()
        talker.page.set_viewport_size({"width": 360, "height": 300})
        expect(talker.part("talk")).to_be_hidden(timeout=PATIENCE_MS)
        reply, field = box(talker, ".answer .reply"), box(talker, "[data-part=text]")
        assert reply["y"] >= 0
        assert reply["y"] + reply["height"] <= field["y"]
        assert field["y"] + field["height"] <= 300
        talker.part("text").fill("Zvakanaka")
        talker.part("form").locator("button").click()
        talker.sees(".you .stable", "Zvakanaka")
        talker.page.set_viewport_size({"width": 360, "height": 800})
        expect(talker.part("talk")).to_be_visible(timeout=PATIENCE_MS)


def test_the_page_asks_browsers_to_make_room_for_the_keyboard(browser: Browser, site: Site) -> None:
    with at_page(browser, site.url) as talker:
        assert "interactive-widget=resizes-content" in talker.page.locator("meta[name=viewport]").get_attribute(
            "content"
        )


class Slow:
    """An `open_engines` that stands in the middle of a download until it is let go."""

    def __init__(self) -> None:
        self.gate = anyio.Event()

    @asynccontextmanager
    async def __call__(self, _settings: Settings, report: StageReporter) -> AsyncIterator[Engines]:
        report(StageReport("llm", "fetching", "", "small", "downloading", 47_000_000, 98_362_432))
        await self.gate.wait()
        yield scripted_engines()


def test_while_models_load_the_talk_button_says_so_beside_it_and_waits(browser: Browser) -> None:
    slow, phone = Slow(), {"width": 320, "height": 640}
    with open_site(open_engines=slow) as site, at_page(browser, site.url, viewport=phone) as talker:
        talker.page.locator("[data-language=en]").click()
        talker.sees("[data-part=status]", "getting ready")
        talker.sees("[data-part=warm-up]", "47 of 99 MB")
        assert bottom(talker, "[data-part=warm-up]") <= phone["height"]
        talk = talker.part("talk")
        expect(talk).to_have_attribute("aria-disabled", "true")
        expect(talk).to_have_accessible_description("Inzwa is getting ready. Please wait.")
        talk.click(force=True)
        talker.sees("[data-part=notice-text]", "still waking up")
        site.let_go(slow.gate)
        expect(talk).to_have_attribute("aria-disabled", "false", timeout=PATIENCE_MS)
        expect(talker.part("warm-up")).to_be_hidden()
        talker.sees("[data-part=status]", "Press to talk")
