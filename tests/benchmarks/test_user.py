"""The user's side of a turn: what is noted, what is passed over, when it is over."""

import json
import time

import anyio
import numpy as np

from benchmarks.rig.user import (
    FRAME_SAMPLES,
    Microphone,
    Turn,
    converse,
    ended,
    send_at_once,
    sounding,
    take_turn,
)

SOUND = np.full(FRAME_SAMPLES * 2 + 10, 0.5, dtype=np.float32)
REPLY = np.zeros(800, dtype=np.float32)


class ScriptedConnection:
    """A connection with messages before the user speaks, and an answer when the turn is ended."""

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

    async def cancel(self):
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
    """One turn on a scripted connection with the rest of another before it."""
    connection = ScriptedConnection(before=[REPLY, {"type": "turn.end"}], answer=ANSWER)
    try:
        return await take_turn(
            connection, lambda sound: send_at_once(connection, sound), SOUND, asked=True, enough=enough
        )
    finally:
        connection.close()


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
    connection = ScriptedConnection(before=[], answer=[{"type": "turn.cancelled", "reason": "no_speech"}])
    turn = await take_turn(connection, lambda sound: send_at_once(connection, sound), SOUND, asked=True)
    connection.close()
    assert (turn.lost, turn.ending) == (True, "no_speech")


def test_moments_are_told_from_the_end_of_speech():
    turn = Turn(spoken_s=10.0, stopped_s=10.5, first_audio_s=10.75)
    assert (turn.first_audio_ms, turn.silence_ms, turn.answer_ms) == (750.0, 500.0, 250.0)


def test_what_never_came_has_no_time():
    assert (Turn().first_audio_ms, Turn().answer_ms) == (None, None)


async def test_the_microphone_sends_speech_whole_and_silence_around_it():
    connection = ScriptedConnection(before=[], answer=[])

    async def talk(connection, microphone: Microphone):
        assert await microphone.speak(SOUND) <= time.monotonic()

    await converse(connection, talk)
    connection.close()
    sent = np.concatenate(connection.sent)
    loud = np.flatnonzero(sent)
    assert loud.size == SOUND.size
    assert loud[-1] - loud[0] + 1 == SOUND.size


def test_an_event_is_noted_by_its_type_alone():
    turn = Turn()
    turn.note(json.loads('{"type": "something.new", "text": "x"}'), 1.0, 16_000)
    assert turn.ending == "nothing"


def test_the_end_of_an_earlier_turn_is_not_taken_for_this_ones():
    turn = Turn(after=3)
    turn.note({"type": "turn.cancelled", "turn": 3, "reason": "cancelled"}, 1.0, 16_000)
    assert not ended(turn)
    turn.note({"type": "turn.end", "turn": 4}, 2.0, 16_000)
    assert (turn.ending, turn.turn) == ("turn.end", 4)
