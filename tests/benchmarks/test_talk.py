"""The user's side of a turn: what is noted, what is passed over, when it is over."""

import json
import time

import anyio
import numpy as np

from benchmarks.rig.talk import (
    FRAME_SAMPLES,
    Exchange,
    Microphone,
    converse,
    ended,
    exchange,
    recite,
    sounding,
)

SOUND = np.full(FRAME_SAMPLES * 2 + 10, 0.5, dtype=np.float32)
REPLY = np.zeros(800, dtype=np.float32)


class ScriptedLine:
    """A line that has something to say before the user speaks, and answers when it is asked."""

    sample_rate = 16_000

    def __init__(self, before, answer):
        self.sent, self.asked = [], 0
        self._answer = answer
        self._to_user, self._from_server = anyio.create_memory_object_stream(8)
        for message in before:
            self._to_user.send_nowait(message)

    async def send_sound(self, sound):
        self.sent.append(sound)
        await anyio.lowlevel.checkpoint()

    async def end_turn(self):
        self.asked += 1
        for message in self._answer:
            await self._to_user.send(message)

    async def hush(self):
        raise AssertionError("nobody asked for silence")

    async def receive(self):
        return await self._from_server.receive()

    def close(self):
        self._to_user.close()
        self._from_server.close()


ANSWER = [
    {"type": "speech.stop", "at_ms": 42},
    {"type": "asr.final", "text": "mhoro"},
    {"type": "llm.final", "text": "Mhoroi."},
    REPLY,
    {"type": "turn.end", "latency": {"asr_ms": 40}},
]


async def answered(enough):
    """One turn on a scripted line with leftovers of another before it."""
    line = ScriptedLine(before=[REPLY, {"type": "turn.end"}], answer=ANSWER)
    try:
        return await exchange(line, lambda sound: recite(line, sound), SOUND, asked=True, enough=enough)
    finally:
        line.close()


async def test_a_turn_is_taken_to_its_end_with_all_that_was_said():
    turn = await answered(ended)
    assert (turn.heard, turn.said, turn.ending, turn.latency) == ("mhoro", "Mhoroi.", "turn.end", {"asr_ms": 40})
    assert not turn.lost
    assert turn.sound_s == REPLY.size / 16_000


async def test_the_first_sound_is_enough_when_that_is_asked_for():
    turn = await answered(sounding)
    assert turn.ending == "nothing"
    assert turn.first_audio_ms is not None


async def test_a_turn_without_sound_is_lost():
    line = ScriptedLine(before=[], answer=[{"type": "turn.cancelled", "reason": "no_speech"}])
    turn = await exchange(line, lambda sound: recite(line, sound), SOUND, asked=True)
    line.close()
    assert (turn.lost, turn.ending) == (True, "no_speech")


def test_moments_are_told_from_the_end_of_speech():
    turn = Exchange(spoken_s=10.0, stopped_s=10.5, first_audio_s=10.75)
    assert (turn.first_audio_ms, turn.silence_ms, turn.answer_ms) == (750.0, 500.0, 250.0)


def test_what_never_came_has_no_time():
    assert (Exchange().first_audio_ms, Exchange().answer_ms) == (None, None)


async def test_the_microphone_sends_speech_whole_and_silence_around_it():
    line = ScriptedLine(before=[], answer=[])

    async def talk(line, microphone: Microphone):
        assert await microphone.speak(SOUND) <= time.monotonic()

    await converse(line, talk)
    line.close()
    sent = np.concatenate(line.sent)
    loud = np.flatnonzero(sent)
    assert loud.size == SOUND.size
    assert loud[-1] - loud[0] + 1 == SOUND.size


def test_an_event_is_noted_by_its_type_alone():
    turn = Exchange()
    turn.note(json.loads('{"type": "something.new", "text": "x"}'), 1.0, 16_000)
    assert turn.ending == "nothing"


def test_the_end_of_an_earlier_turn_is_not_taken_for_this_ones():
    turn = Exchange(after=3)
    turn.note({"type": "turn.cancelled", "turn": 3, "reason": "cancelled"}, 1.0, 16_000)
    assert not ended(turn)
    turn.note({"type": "turn.end", "turn": 4}, 2.0, 16_000)
    assert (turn.ending, turn.turn) == ("turn.end", 4)
