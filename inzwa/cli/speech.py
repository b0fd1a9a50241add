"""Commands on speech: say, hear."""

import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import aclosing

import anyio
import numpy as np

from inzwa.audio.pcm import INPUT_RATE, Sound, silence
from inzwa.cli.progress import show_progress
from inzwa.cli.sound_files import read_sound, write_sound
from inzwa.conversation.input.endpointing import EndpointOptions, SpeechEnded
from inzwa.conversation.input.speech_input import SpeechInput
from inzwa.engines.registry import open_stage
from inzwa.protocols import HearOptions
from inzwa.server.request_options import hotwords, voice_options
from inzwa.settings import Settings
from inzwa.shona.dialogue.phrases import cut_phrases


def say(arguments: Namespace, settings: Settings) -> None:
    """A text into a sound file."""

    async def speak() -> None:
        async with open_stage(settings, "tts", show_progress) as voice:
            options = voice_options(arguments.voice, arguments.speed or settings.speed, voice)
            parts = [np.empty(0, dtype=np.float32)]
            for phrase in cut_phrases(arguments.text):
                async with aclosing(voice.speak(phrase, options)) as chunks:
                    parts.extend([chunk.sound async for chunk in chunks])
        write_sound(arguments.output, np.concatenate(parts), voice.sample_rate)

    anyio.run(speak)


def hear(arguments: Namespace, settings: Settings) -> None:
    """A sound file into lines of text, one an utterance."""
    sound = read_sound(arguments.file)

    async def transcribe() -> None:
        async with open_stage(settings, "vad", show_progress) as vad, open_stage(settings, "asr", show_progress) as asr:
            words = hotwords(settings, settings.language, asr.info)
            options = HearOptions(language=settings.language, hotwords=words)
            speech = SpeechInput(vad, EndpointOptions(max_ms=settings.max_audio_seconds * 1000))
            for end in _utterances(speech, sound):
                heard = await asr.transcribe(speech.cut(end.start_ms, end.end_ms), options)
                line = {"start_ms": end.start_ms, "end_ms": end.end_ms, "text": heard.text}
                print(json.dumps(line, ensure_ascii=False) if arguments.json else heard.text)

    anyio.run(transcribe)


def _utterances(speech: SpeechInput, sound: Sound) -> Iterator[SpeechEnded]:
    yield from (edge for edge in speech.push(sound) if isinstance(edge, SpeechEnded))
    yield from (edge for edge in speech.push(silence(1_000, INPUT_RATE)) if isinstance(edge, SpeechEnded))
