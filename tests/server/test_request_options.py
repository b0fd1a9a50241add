"""What a session comes to: the words it favours, the voice that answers and its pace."""

from dataclasses import replace

import pytest

from inzwa.conversation.load_shedding import no_load
from inzwa.engines.tts.scripted import ScriptedVoice
from inzwa.errors import BadMessage, UnknownVoice
from inzwa.events import Start
from inzwa.protocols import EngineInfo, VoiceOptions
from inzwa.server.request_options import hotwords, session_options
from inzwa.server.websocket.wire import parse_message
from inzwa.shona.dialogue.assistant import line
from inzwa.shona.dialogue.hotwords import core_hotwords
from tests.serving import scripted_engines, settings

HARDLY = EngineInfo(engine="scripted", version="1", model="small", language="99 languages, Shona hardly")
MADE_FOR_SHONA = EngineInfo(engine="scripted", version="1", model="tuned", language="Shona")


def test_the_clients_words_come_first_then_the_settings_then_inzwas_own(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("Guruve\n")
    chosen = settings(hotwords="Moyo, harare", hotwords_file=path)
    assert hotwords(chosen, "sn", HARDLY, ["Harare", "Tariro"])[:4] == ("Harare", "Tariro", "Moyo", "Guruve")
    assert hotwords(chosen, "sn", HARDLY, ["Harare"])[3:] == tuple(w for w in core_hotwords() if w != "Harare")


@pytest.mark.parametrize(
    ("core", "asr", "language", "favours"),
    [
        ("auto", HARDLY, "sn", True),
        ("auto", MADE_FOR_SHONA, "sn", False),
        ("on", MADE_FOR_SHONA, "sn", True),
        ("off", HARDLY, "sn", False),
        ("on", HARDLY, "en", False),
    ],
)
def test_inzwas_own_are_for_shona_and_a_recogniser_that_hardly_knows_it(core, asr, language, favours):
    assert bool(hotwords(settings(hotwords_core=core), language, asr)) is favours


def options(*, voices=("Rudo", "Tendai"), **fields):
    engines = scripted_engines(tts=ScriptedVoice(voices=voices))
    return session_options(Start(**fields), settings(hotwords_core="off", speed=0.9), engines, no_load)


def test_a_session_takes_the_words_of_its_start():
    assert options(hotwords=["Tariro", "tariro", " "]).hotwords(HARDLY) == ("Tariro",)


def test_a_session_asks_in_shona_only_a_model_that_was_made_for_it():
    ask = options(language="sn").system_prompt
    assert [ask(replace(HARDLY, language="English")), ask(MADE_FOR_SHONA)] == [
        line("system", "en"),
        line("system", "sn"),
    ]


def test_words_come_as_a_list_of_strings():
    assert parse_message('{"type": "start", "hotwords": ["Tariro"]}') == Start(hotwords=["Tariro"])
    with pytest.raises(BadMessage, match="hotwords"):
        parse_message('{"type": "start", "hotwords": "Tariro"}')


@pytest.mark.parametrize("words", [["a"] * 65, ["a" * 65]])
def test_too_many_words_or_too_long_a_one_are_refused(words):
    with pytest.raises(BadMessage, match="64"):
        options(hotwords=words)


def test_a_session_takes_the_voice_and_the_speed_of_its_start():
    assert options().voice == VoiceOptions(voice="", speed=0.9)
    assert options(voice="Tendai", speed=1.5).voice == VoiceOptions(voice="Tendai", speed=1.5)


def test_a_voice_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(UnknownVoice, match="Rudo, Tendai"):
        options(voice="tendai")


@pytest.mark.parametrize("speed", [0.49, 2.01, -1, float("nan"), float("inf")])
def test_a_speed_that_no_voice_has_is_refused(speed):
    with pytest.raises(BadMessage, match="speed"):
        options(speed=speed)
