"""The turns that can be rated: as they were sent, no more of them than can matter, and no longer."""

import pytest

from inzwa.conversation.options import SessionOptions
from inzwa.errors import EngineError, UnknownTurn
from inzwa.events import AsrFinal, AsrPartial, Latency, LlmFinal, LlmPartial, TurnCancelled, TurnEnd
from inzwa.protocols import AdapterInfo, EngineInfo, FileInfo
from inzwa.server.feedback.turn_log import (
    MAX_CONVERSATIONS,
    MAX_TURNS,
    REMEMBERED_S,
    ConversationLog,
    TurnLog,
    turn_settings,
)
from tests.serving import scripted_engines

INFO = EngineInfo(engine="scripted", version="1", model="m", files=(FileInfo("a", 1, "0" * 64),))
ADAPTER = AdapterInfo("/home/somebody/adapter", 1.0, files=(FileInfo("/home/somebody/b", 1, "1" * 64),))


class Time:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def opened(log: TurnLog, name: str = "c", infos=lambda: {"llm": INFO}) -> ConversationLog:
    return log.open(name, infos, {"language": "sn"})


def test_a_turn_is_what_was_heard_answered_and_measured() -> None:
    log = TurnLog(wall=lambda: 5.0)
    conversation = opened(log)
    latency = Latency(first_audio_ms=300)
    for event in (AsrFinal(1, "mhoro", 0, 9), LlmPartial(1, "Ndi"), LlmFinal(1, "Ndiripo."), TurnEnd(1, latency)):
        conversation.observe(event)
    turn = log.turn("c", 1)
    assert (turn.conversation, turn.number, turn.started_at) == ("c", 1, 5.0)
    assert (turn.transcript, turn.reply, turn.outcome) == ("mhoro", "Ndiripo.", "ended")
    assert turn.latency["first_audio_ms"] == 300
    assert turn.settings == {"language": "sn"}


def test_a_reply_that_was_cut_is_what_came_of_it() -> None:
    log = TurnLog()
    conversation = opened(log)
    for event in (AsrFinal(1, "a", 0, 9), LlmPartial(1, "Ndi"), LlmPartial(1, "ri"), TurnCancelled(1, "interrupted")):
        conversation.observe(event)
    assert (log.turn("c", 1).reply, log.turn("c", 1).outcome) == ("Ndiri", "interrupted")


def test_a_turn_that_is_cancelled_while_its_sound_plays_keeps_its_latency() -> None:
    log = TurnLog()
    conversation = opened(log)
    for event in (AsrFinal(1, "a", 0, 9), TurnEnd(1, Latency(total_ms=1)), TurnCancelled(1, "interrupted")):
        conversation.observe(event)
    assert (log.turn("c", 1).latency["total_ms"], log.turn("c", 1).outcome) == (1, "interrupted")


def test_a_turn_can_be_rated_from_the_first_of_its_reply_on() -> None:
    log = TurnLog()
    conversation = opened(log)
    conversation.observe(AsrPartial(1, "a", "", 0, 9))
    with pytest.raises(UnknownTurn, match="no turn 1"):
        log.turn("c", 1)
    conversation.observe(AsrFinal(1, "a", 0, 9))
    with pytest.raises(UnknownTurn, match="no reply yet"):
        log.turn("c", 1)
    conversation.observe(LlmPartial(1, "N"))
    assert log.turn("c", 1).outcome == ""


def test_a_turn_names_the_models_that_served_it_and_the_sum_of_their_files() -> None:
    log, serving = TurnLog(), {"llm": INFO}
    conversation = opened(log, infos=lambda: serving)
    conversation.observe(TurnCancelled(1, "no_speech"))
    adapted = EngineInfo(engine="scripted", version="1", model="m", files=INFO.files, adapter=ADAPTER)
    serving["llm"] = adapted
    conversation.observe(TurnCancelled(2, "no_speech"))
    before, after = (log.turn("c", number).models["llm"] for number in (1, 2))
    assert before["model"] == "m"
    assert after["model"] == "m with adapter (scale 1)"
    assert before["sha256"] != after["sha256"]
    assert len(after["sha256"]) == 64


def test_models_are_the_last_known_while_an_engine_is_replaced() -> None:
    answers = iter([{"llm": INFO}])

    def infos() -> dict:
        try:
            return next(answers)
        except StopIteration:
            raise EngineError("llm", "it hangs") from None

    log = TurnLog()
    conversation = opened(log, infos=infos)
    for number in (1, 2):
        conversation.observe(TurnCancelled(number, "failed"))
    assert log.turn("c", 2).models == log.turn("c", 1).models != {}


def test_only_the_newest_turns_of_a_conversation_are_remembered() -> None:
    log = TurnLog()
    conversation = opened(log)
    for number in range(1, MAX_TURNS + 2):
        conversation.observe(TurnCancelled(number, "no_speech"))
    assert log.turn("c", 2)
    with pytest.raises(UnknownTurn):
        log.turn("c", 1)


def test_a_conversation_is_forgotten_some_time_after_it_closed_and_not_before() -> None:
    time = Time()
    log = TurnLog(time)
    conversation = opened(log)
    conversation.observe(TurnCancelled(1, "no_speech"))
    time.now += 10 * REMEMBERED_S
    assert log.turn("c", 1)
    conversation.close()
    time.now += REMEMBERED_S
    assert log.turn("c", 1)
    time.now += 1
    with pytest.raises(UnknownTurn):
        log.turn("c", 1)


def test_where_there_are_too_many_conversations_the_one_that_closed_first_goes() -> None:
    time = Time()
    log = TurnLog(time)
    for number in range(MAX_CONVERSATIONS):
        opened(log, str(number)).observe(TurnCancelled(1, "no_speech"))
    for number in (7, 3):
        time.now += 1
        log._conversations[str(number)].close()
    opened(log, "new")
    assert log.turn("3", 1)
    with pytest.raises(UnknownTurn):
        log.turn("7", 1)
    assert len(log._conversations) == MAX_CONVERSATIONS


def test_the_settings_that_matter_are_those_of_the_conversation() -> None:
    settings = turn_settings(
        SessionOptions(session_id="x", language="en", push_to_talk=True), scripted_engines(), "opus"
    )
    assert (settings["language"], settings["mode"], settings["voice"], settings["codec"]) == (
        "en", "push_to_talk", "scripted-voice", "opus")  # fmt: skip
    assert {"silence_ms", "speed", "temperature", "max_new_tokens"} < set(settings)
