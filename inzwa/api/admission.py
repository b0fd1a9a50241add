"""From a client's `start` and the server's settings to one conversation's options. Knows no socket."""

import uuid
from dataclasses import replace
from typing import Final

from inzwa.endpoint import EndpointOptions
from inzwa.errors import BadMessage, UnsupportedFormat
from inzwa.events import Start
from inzwa.load import Measure
from inzwa.options import SessionOptions
from inzwa.protocols import ChatOptions, Engines, VoiceOptions
from inzwa.settings import Settings
from inzwa.shona.assistant import line

LANGUAGES: Final = ("sn", "en", "sw")
"""What a session may speak, as Whisper names it."""

MAX_SESSION_ID: Final = 64
SILENCE_MS: Final = range(100, 5_001)


def session_options(start: Start, settings: Settings, engines: Engines, load: Measure) -> SessionOptions:
    """What the client asked for where it may choose, the server's settings elsewhere. ClientError when it may not."""
    session_id = start.session_id or uuid.uuid4().hex
    language = start.language or settings.language
    if language not in LANGUAGES:
        raise UnsupportedFormat(f"`language` is one of {', '.join(LANGUAGES)}.")
    if len(session_id) > MAX_SESSION_ID:
        raise BadMessage(f"`session_id` has at most {MAX_SESSION_ID} characters.")
    return SessionOptions(
        session_id=session_id,
        language=language,
        hotwords=settings.hotword_list,
        system_prompt=system_prompt(settings, engines, language),
        barge_in=settings.barge_in,
        barge_in_after_ms=settings.barge_in_after_ms,
        push_to_talk=start.mode == "push_to_talk",
        partial_ms=settings.partial_ms,
        context_tokens=settings.context_tokens,
        engine_timeout_s=settings.engine_timeout_s,
        endpoint=_endpoint(start, settings),
        chat=replace(chat_options(settings), session=uuid.uuid4().hex),
        voice=VoiceOptions(speed=settings.speed),
        load=load,
    )


def chat_options(settings: Settings) -> ChatOptions:
    """How replies are made."""
    return ChatOptions(max_new_tokens=settings.max_new_tokens, temperature=settings.temperature)


def system_prompt(settings: Settings, engines: Engines, language: str) -> str:
    """The setting's, or Inzwa's own: in Shona only for a model that was taught Shona."""
    if settings.system_prompt != "auto":
        return settings.system_prompt
    return line("system", language if "Shona" in engines.llm.info.language else "en")


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
