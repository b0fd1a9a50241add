"""What microphones really send, on real weights: noise, music, clipping, two voices. Nothing is invented or broken."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import numpy as np
import pytest

from inzwa.audio.pcm import INPUT_RATE, Sound, resample
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.session import open_session
from inzwa.engines.registry import open_engines
from inzwa.engines.tts.vits import Vits, open_vits
from inzwa.events import AsrFinal, AsrPartial, MicrophoneFrame, Problem, TurnCancelled, TurnEnd
from inzwa.models.store import Store
from inzwa.protocols import ChatOptions, Engines, VoiceOptions
from tests.conversation.driver import Outbox
from tests.serving import settings
from tests.sounds import quiet

pytestmark = pytest.mark.weights

QUESTION = "Please tell me about the weather in the mountains today."
OTHER = "Can you help me find the road to the market?"


@pytest.fixture(scope="module")
async def engines() -> AsyncIterator[Engines]:
    async with open_engines(settings(), lambda _: None) as opened:
        yield opened


@pytest.fixture(scope="module")
async def voices(models: Store) -> tuple[Sound, Sound]:
    """Two sentences, 16 kHz, said the same way every time."""
    async with open_vits(models.fetch("joe-medium"), seed=1) as voice:
        return await spoken(voice, QUESTION), await spoken(voice, OTHER)


async def spoken(voice: Vits, text: str) -> Sound:
    async with aclosing(voice.speak(text, VoiceOptions())) as chunks:
        sound = np.concatenate([chunk.sound async for chunk in chunks])
    return resample(sound, voice.sample_rate, INPUT_RATE)


class Talk:
    """A hands-free English session and what came of it."""

    def __init__(self, session, outbox: Outbox) -> None:
        self.session, self.outbox = session, outbox

    async def hear(self, sound: Sound) -> None:
        """All of it, followed by silence enough; then wait for the turn, if one came of it."""
        whole = np.concatenate((quiet(300), sound, quiet(1_500)))
        for at in range(0, whole.size, 320):
            await self.session.handle(MicrophoneFrame(whole[at : at + 320]))
        await self.session.turns.finished()
        await self.session.turns.stop("interrupted")

    def all_of(self, *kinds: type) -> list:
        return [event for event in self.outbox.events if isinstance(event, kinds)]


@asynccontextmanager
async def talking(engines: Engines) -> AsyncIterator[Talk]:
    outbox = Outbox()
    options = SessionOptions(session_id="faults", language="en", chat=ChatOptions(max_new_tokens=8, session="faults"))
    async with open_session(engines, options, outbox.put) as session:
        yield Talk(session, outbox)


def fan(seconds: float = 4.0) -> Sound:
    """Brown noise with a hum: steady, and louder than many voices."""
    noise = np.cumsum(np.random.default_rng(1).standard_normal(int(seconds * INPUT_RATE)))
    noise -= np.convolve(noise, np.ones(800) / 800, mode="same")
    hum = np.sin(2 * np.pi * 100 * np.arange(noise.size) / INPUT_RATE)
    return (0.1 * noise / np.abs(noise).max() + 0.05 * hum).astype(np.float32)


def music(seconds: float = 4.0) -> Sound:
    """Four chords of a plucked string."""
    at = np.arange(int(seconds * INPUT_RATE)) / INPUT_RATE
    chords = ((220, 277, 330), (196, 247, 294), (175, 220, 262), (196, 247, 294))
    sound = np.zeros(at.size)
    for number, chord in enumerate(chords):
        since = at - number * seconds / 4
        decay = np.where((since >= 0) & (since < seconds / 4), np.exp(-3 * np.maximum(since, 0)), 0)
        sound += decay * sum(np.sin(2 * np.pi * pitch * at) for pitch in chord)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def garbage(seconds: float = 2.0) -> Sound:
    """Bytes that were never sound."""
    return np.random.default_rng(2).uniform(-1, 1, int(seconds * INPUT_RATE)).astype(np.float32)


@pytest.mark.parametrize("noise", [fan, music, garbage])
async def test_what_is_no_speech_is_not_answered_and_what_follows_is(engines, voices, noise):
    async with talking(engines) as talk:
        await talk.hear(noise())
        assert [event.text for event in talk.all_of(AsrFinal) if event.text] == []
        assert talk.all_of(TurnEnd, AsrPartial) == []
        await talk.hear(voices[0])
        assert "tell me" in talk.all_of(AsrFinal)[-1].text.lower()
        assert talk.all_of(Problem) == []


async def test_a_voice_driven_into_clipping_is_still_understood(engines, voices):
    async with talking(engines) as talk:
        await talk.hear(np.clip(voices[0] * 12, -1, 1))
        assert "tell me" in talk.all_of(AsrFinal)[-1].text.lower()


async def test_a_voice_with_a_fan_behind_it_is_understood(engines, voices):
    async with talking(engines) as talk:
        await talk.hear(voices[0] + 0.3 * np.resize(fan(), voices[0].size))
        assert "tell me" in talk.all_of(AsrFinal)[-1].text.lower()


async def test_two_voices_at_once_end_in_one_turn(engines, voices):
    length = min(voice.size for voice in voices)
    async with talking(engines) as talk:
        await talk.hear(voices[0][:length] + voices[1][:length])
        assert len(talk.all_of(AsrFinal)) == 1
        assert len(talk.all_of(TurnEnd, TurnCancelled)) >= 1
        assert talk.all_of(Problem) == []


async def test_twenty_interruptions_in_a_row_leave_a_session_that_answers(engines, voices):
    async with talking(engines) as talk:
        piece = voices[0][: INPUT_RATE // 2]
        for _ in range(20):
            for at in range(0, piece.size, 320):
                await talk.session.handle(MicrophoneFrame(piece[at : at + 320]))
            for _ in range(50):
                await talk.session.handle(MicrophoneFrame(quiet(20)))
        await talk.hear(voices[1])
        assert talk.all_of(AsrFinal)[-1].text
        assert talk.all_of(Problem) == []
        ended = [event.turn for event in talk.all_of(TurnEnd, TurnCancelled)]
        assert sorted(set(ended)) == list(range(1, talk.session.turns.next_number))
