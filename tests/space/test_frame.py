"""The Space's page inside other sites' pages, in a real Chromium: who may frame it, and whether it hears there."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from inzwa.audio.pcm import resample
from tests.browser.microphone import RATE, Launcher, write_wav
from tests.browser.talker import PATIENCE_MS, Talker
from tests.space.conftest import PAGES, Door
from tests.space.space import HOST

pytestmark = [pytest.mark.space, pytest.mark.browser, pytest.mark.timeout(700)]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def browser(door: Door, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Its microphone hears a greeting after a second; every name of the tests leads it to the proxy."""
    wav = write_wav(tmp_path_factory.mktemp("wav") / "greeting.wav", _greeting())
    rules = ",".join(f"MAP {name}:443 127.0.0.1:{door.port}" for name in (HOST, *PAGES))
    with sync_playwright() as playwright:
        launcher = Launcher(playwright)
        with launcher.hearing(wav, "--ignore-certificate-errors", f"--host-resolver-rules={rules}") as browser:
            yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    visit = browser.new_context()
    page = visit.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    visit.close()


def framed(page: Page, site: str) -> Talker:
    """Somebody before the Space's page, inside that site's."""
    page.goto(f"https://{site}/")
    frame: Frame = page.frame(url=f"https://{HOST}/") or pytest.fail(f"{site} may not frame the Space")
    frame.wait_for_function("window.inzwa")
    return Talker(frame)


def test_inside_the_hub_s_page_a_spoken_greeting_is_answered_aloud(page: Page) -> None:
    talker = framed(page, "huggingface.co")
    assert talker.page.evaluate("[isSecureContext, location.origin, top === self]") == [True, f"https://{HOST}", False]
    talker.press_talk()
    talker.wait_until("document.querySelector('.answer .reply')?.textContent.length > 3")
    talker.wait_until("inzwa.audio.player.stats.playedSamples > 12000")
    assert talker.player_stats()["peak"] > 0.05


def test_a_frame_that_passes_no_microphone_on_is_explained_and_the_text_box_answers(page: Page) -> None:
    talker = framed(page, "silent.hf.space")
    talker.press_talk()
    talker.wait_for_status("error")
    assert talker.part("notice-text").inner_text() != ""
    talker.say_in_writing("Makadii?")
    talker.wait_until("document.querySelector('.answer .reply')?.textContent.length > 3")


def test_another_site_may_not_frame_it(page: Page) -> None:
    with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
        page.goto("https://evil.example/")
    assert page.frame(url=f"https://{HOST}/") is None


def _greeting() -> np.ndarray:
    """assets/mhoroi.wav between a second of silence and twenty, at the microphone's rate."""
    sound, rate = soundfile.read(ROOT / "assets" / "mhoroi.wav", dtype="float32")
    quiet = np.zeros(RATE, dtype=np.float32)
    return np.concatenate((quiet, resample(sound, rate, RATE), *[quiet] * 20))
