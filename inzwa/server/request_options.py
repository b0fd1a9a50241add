"""What a request may choose, checked, and the server's settings elsewhere: options of sessions, replies and voices."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from inzwa.conversation.input.endpointing import EndpointOptions
from inzwa.conversation.load_shedding import LoadSource
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.speculation import SpeculationReport, no_report
from inzwa.errors import BadMessage, EmptyText, TextTooLong, UnknownVoice, UnsupportedFormat
from inzwa.events import Start
from inzwa.protocols import MAX_SPEED, MIN_SPEED, ChatOptions, EngineInfo, Engines, Synthesizer, VoiceOptions
from inzwa.settings import Settings
from inzwa.shona.dialogue.assistant import line
from inzwa.shona.dialogue.hotwords import core_hotwords, merge_hotwords

LANGUAGES: Final = ("sn", "en", "sw")
"""Languages of a session, as Whisper names them."""

MAX_SESSION_ID: Final = 64
MAX_HOTWORDS: Final = 64
MAX_HOTWORD: Final = 64
"""Characters."""
SILENCE_MS: Final = range(100, 5_001)


def session_options(
    start: Start,
    settings: Settings,
    engines: Engines,
    load: LoadSource,
    on_speculation: SpeculationReport = no_report,
) -> SessionOptions:
    """The options of one conversation. ClientError for what a client may not choose."""
    session_id = start.session_id or uuid.uuid4().hex
    language = start.language or settings.language
    if language not in LANGUAGES:
        raise UnsupportedFormat(f"`language` is one of {', '.join(LANGUAGES)}.")
    if len(session_id) > MAX_SESSION_ID:
        raise BadMessage(f"`session_id` has at most {MAX_SESSION_ID} characters.")
    return SessionOptions(
        session_id=session_id,
        language=language,
        hotwords=partial(hotwords, settings, language, requested=_requested_words(start)),
        system_prompt=partial(system_prompt, settings, language),
        barge_in=settings.barge_in,
        barge_in_after_ms=settings.barge_in_after_ms,
        push_to_talk=start.mode == "push_to_talk",
        partial_ms=settings.partial_ms,
        context_tokens=settings.context_tokens,
        engine_timeout_s=settings.engine_timeout_s,
        endpoint=_endpoint(start, settings),
        chat=replace(chat_options(settings), session=uuid.uuid4().hex),
        voice=voice_options(start.voice, settings.speed if start.speed is None else start.speed, engines.tts),
        load=load,
        speculate=settings.speculate,
        on_speculation=on_speculation,
    )


def voice_options(voice: str, speed: float, tts: Synthesizer) -> VoiceOptions:
    """Voice and speed. UnknownVoice names those there are; BadMessage for a speed that no voice has."""
    if voice and voice not in tts.voices:
        raise UnknownVoice(f"There is no voice of that name; there are {', '.join(tts.voices)}.")
    if not MIN_SPEED <= speed <= MAX_SPEED:
        raise BadMessage(f"`speed` is from {MIN_SPEED:g} to {MAX_SPEED:g}.")
    return VoiceOptions(voice=voice, speed=speed)


def chat_options(settings: Settings) -> ChatOptions:
    """The length of replies and their temperature, as set."""
    return ChatOptions(max_new_tokens=settings.max_new_tokens, temperature=settings.temperature)


def system_prompt(settings: Settings, language: str, llm: EngineInfo) -> str:
    """The setting's, or Inzwa's own: in Shona only for a model that was trained on Shona."""
    if settings.system_prompt != "auto":
        return settings.system_prompt
    return line("system", language if "Shona" in llm.language else "en")


def hotwords(settings: Settings, language: str, asr: EngineInfo, requested: Sequence[str] = ()) -> tuple[str, ...]:
    """Words to favour: the requested ones, then the settings', then, for Shona, Inzwa's own.

    Its own are for a recogniser that hardly knows the language (benchmarks/hotwords.py measures what they do there);
    one that was made for Shona was trained without a list, so `auto` gives it none.
    """
    auto = "off" if asr.language == "Shona" else "on"
    core = auto if settings.hotwords_core == "auto" else settings.hotwords_core
    return merge_hotwords(
        requested, settings.hotword_list, core_hotwords() if core == "on" and language == "sn" else ()
    )


def check_text(text: str, max_chars: int) -> None:
    """EmptyText for a text without words, TextTooLong for one of more than `max_chars` characters."""
    if not text.strip():
        raise EmptyText("There is no text.")
    if len(text) > max_chars:
        raise TextTooLong(f"The text has {len(text)} characters; {max_chars} are taken.")


def _requested_words(start: Start) -> list[str]:
    if len(start.hotwords) > MAX_HOTWORDS or any(len(word) > MAX_HOTWORD for word in start.hotwords):
        raise BadMessage(f"`hotwords` holds at most {MAX_HOTWORDS} words of at most {MAX_HOTWORD} characters.")
    return start.hotwords


def _endpoint(start: Start, settings: Settings) -> EndpointOptions:
    silence_ms = settings.silence_ms if start.silence_ms is None else start.silence_ms
    if silence_ms not in SILENCE_MS:
        raise BadMessage(f"`silence_ms` is from {SILENCE_MS[0]} to {SILENCE_MS[-1]}.")
    options = EndpointOptions(
        threshold=settings.speech_threshold,
        pause_ms=min(settings.pause_ms, silence_ms),
        silence_ms=silence_ms,
        silence_floor_ms=min(settings.silence_floor_ms, silence_ms),
        max_ms=settings.max_audio_seconds * 1000,
    )
    if start.mode == "push_to_talk":
        return replace(options, silence_ms=options.max_ms, silence_floor_ms=options.max_ms)
    return options
