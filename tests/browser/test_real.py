"""The whole way on real models: a WAV is the microphone of a real Chromium, the answer comes out of its loudspeaker."""

from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest

from inzwa.audio.pcm import Sound, resample
from inzwa.engines.registry import open_engines
from inzwa.models.store import Store
from inzwa.protocols import Synthesizer, VoiceOptions
from tests.browser.microphone import RATE, Launcher, write_wav
from tests.browser.site import Site, open_site
from tests.browser.talker import at_page

pytestmark = [pytest.mark.browser, pytest.mark.weights, pytest.mark.timeout(300)]

SENTENCE = "Please tell me a story about the river."


@pytest.fixture(scope="module")
def site(models: Store) -> Iterator[Site]:
    """The application with the real engines, warm."""
    with open_site(open_engines=open_engines, cache=models.folder) as site:
        site.portal.call(site.app_state.lifecycle.warm_up)
        yield site


def test_a_spoken_sentence_is_transcribed_answered_and_the_answer_heard(
    site: Site, launcher: Launcher, tmp_path: Path
) -> None:
    spoken = site.portal.call(_said, site.app_state.engines.tts, SENTENCE)
    with (
        launcher.hearing(write_wav(tmp_path / "sentence.wav", spoken)) as browser,
        at_page(browser, site.url, viewport={"width": 1280, "height": 800}) as talker,
    ):
        talker.open_settings()
        talker.part("spoken-language").select_option("en")
        talker.press_talk()
        talker.wait_until("/tell me a story/i.test(document.querySelector('.you .stable')?.textContent)")
        talker.wait_until("document.querySelector('.answer .reply')?.textContent.length > 3")
        talker.wait_until("inzwa.audio.player.stats.playedSamples > 12000")
        talker.wait_until("document.querySelector('.latency .ms')")
        assert talker.player_stats()["peak"] > 0.05
        assert talker.complaints == []


async def _said(voice: Synthesizer, text: str) -> Sound:
    """The sentence between a second of silence and twenty, at the microphone's rate."""
    async with aclosing(voice.speak(text, VoiceOptions())) as chunks:
        sound = np.concatenate([chunk.sound async for chunk in chunks])
    quiet = np.zeros(RATE, dtype=np.float32)
    return np.concatenate((quiet, resample(sound, voice.sample_rate, RATE), *[quiet] * 20))
