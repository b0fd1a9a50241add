"""The gate of the reply's sound: what passes, what it keeps while it is closed, and what it says was played."""

import anyio
import numpy as np
import pytest

from inzwa.conversation.output.playout import RECENT_PHRASES, PlayoutGate
from inzwa.events import (
    AsrPartial,
    Rated,
    TtsAudio,
    TtsEnd,
    TtsHold,
    TtsResume,
    TtsStart,
    TurnCancelled,
    TurnEnd,
)
from tests.conversation.driver import Outbox, Watch

RATE = 16_000
ENDED = TurnEnd(1, latency=None)


def second(turn=1):
    return TtsAudio(turn, np.zeros(RATE, dtype=np.float32), RATE)


def start(text="Mhoro.", phrase=0, turn=1):
    return TtsStart(turn, phrase, text, 0, len(text))


def opened():
    """A gate on turn 1, its clock, and what it lets through."""
    watch, outbox = Watch(), Outbox()
    gate = PlayoutGate(watch, outbox.put)
    return gate, gate.begin(1), watch, outbox


def sent(gate, *events):
    """What the socket sends of these events, in this order."""
    return [each for event in events for each in gate.release(event)]


async def test_what_is_spoken_is_counted_as_played_only_while_the_gate_is_open():
    gate, played, watch, _ = opened()
    await gate.emit(start())
    await gate.emit(second())
    watch.now_s += 0.25
    assert (gate.sounding_ms, gate.ahead_s, gate.playing) == (250, 0.75, True)
    await gate.hold()
    watch.now_s += 60
    assert gate.playing
    await gate.resume()
    assert gate.ahead_s == 0.75
    watch.now_s += 1
    gate.finish_phrase(1)
    assert (gate.playing, played.heard(watch.now_s)) == (False, "Mhoro.")


async def test_a_closed_gate_lets_no_sound_pass_until_it_opens():
    gate, _, _, outbox = opened()
    await gate.hold()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(gate.emit, start())
        await outbox.settle()
        assert outbox.events == [TtsHold(1)]
        await gate.resume()
    assert outbox.events == [TtsHold(1), TtsResume(1), start()]


async def test_holding_twice_and_resuming_what_is_not_held_send_nothing_more():
    gate, _, _, outbox = opened()
    await gate.resume()
    await gate.hold()
    await gate.hold()
    await gate.resume()
    await gate.resume()
    assert outbox.events == [TtsHold(1), TtsResume(1)]
    gate.end()
    await gate.hold()
    assert gate.held_turn == 0
    assert len(outbox.events) == 2


async def test_sound_in_the_outbox_waits_for_the_gate_and_words_do_not():
    gate, *_ = opened()
    await gate.hold()
    words = AsrPartial(2, "ndi", "", 0, 100)
    assert sent(gate, start(), words, TtsEnd(1), ENDED) == [words]
    await gate.resume()
    assert sent(gate, TtsResume(1)) == [TtsResume(1), start(), TtsEnd(1), ENDED]


async def test_the_answer_to_a_rating_passes_while_sound_is_held():
    gate, *_ = opened()
    await gate.hold()
    assert sent(gate, second(), Rated(1, "key"), second()) == [Rated(1, "key")]


async def test_new_sound_waits_until_what_was_kept_has_been_sent():
    """So the gate never keeps more than the outbox held when it closed."""
    gate, _, _, outbox = opened()
    await gate.hold()
    assert sent(gate, start()) == []
    await gate.resume()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(gate.emit, start("Makadii?", 1))
        await outbox.settle()
        assert outbox.events[-1] == TtsResume(1)
        assert sent(gate, TtsResume(1)) == [TtsResume(1), start()]
    assert outbox.events[-1] == start("Makadii?", 1)


async def test_a_gate_that_closes_again_keeps_what_it_had_not_sent_yet():
    gate, *_ = opened()
    await gate.hold()
    assert sent(gate, start(), TtsEnd(1)) == []
    await gate.resume()
    released = gate.release(TtsResume(1))
    assert [next(released), next(released)] == [TtsResume(1), start()]
    await gate.hold()
    assert list(released) == []
    await gate.resume()
    assert sent(gate, TtsResume(1)) == [TtsResume(1), TtsEnd(1)]


async def test_of_a_turn_that_is_cancelled_nothing_is_kept():
    gate, _, _, outbox = opened()
    await gate.hold()
    assert sent(gate, start(), second()) == []
    gate.end()
    gate.cancel(1)
    assert sent(gate, TurnCancelled(1, "interrupted")) == [TurnCancelled(1, "interrupted")]
    gate.begin(2)
    await gate.emit(start(turn=2))
    assert (gate.cancelled, outbox.events[-1]) == (1, start(turn=2))


@pytest.mark.parametrize("after", [TtsEnd(1), None], ids=["whole", "unfinished"])
async def test_a_voice_that_is_late_counts_as_sounding_until_the_reply_is_whole(after):
    gate, _, watch, _ = opened()
    assert gate.sounding_ms is None
    await gate.emit(start())
    await gate.emit(second())
    if after:
        await gate.emit(after)
    watch.now_s += 3
    assert gate.sounding_ms == (None if after else 3_000)


async def test_only_the_newest_phrases_may_come_back_as_an_echo():
    gate, *_ = opened()
    for number in range(RECENT_PHRASES + 2):
        await gate.emit(start(f"f{number}", number))
    assert gate.recent_text == "f2 f3 f4"
    gate.end()
    assert gate.recent_text == ""
