"""Commands on engines and sound files: warmup, check, say, hear."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import aclosing

import anyio
import numpy as np

from inzwa.audio.pcm import INPUT_RATE, Sound, silence
from inzwa.cli.audio_files import read_sound, write_sound
from inzwa.cli.check import run_check
from inzwa.conversation.endpointing import EndpointOptions, SpeechEnded
from inzwa.conversation.speech_input import SpeechInput
from inzwa.engines.registry import open_engines, open_stage
from inzwa.protocols import HearOptions, StageReport
from inzwa.server.admission import hotwords, voice_options
from inzwa.settings import Settings
from inzwa.shona.dialogue.phrases import cut_phrases


def warmup(_: Namespace, settings: Settings) -> None:
    """Open every engine once; the models are in the cache afterwards."""

    async def warm() -> None:
        async with open_engines(settings, _tell) as engines:
            for stage, info in engines.infos().items():
                size = sum(file.size for file in info.files) / 1e6
                print(f"{stage}: {info.title} ({info.engine} {info.version}), {size:.1f} MB from {info.source}")
                print(f"    loaded in {info.load_ms} ms, tried out in {info.warm_ms} ms")
                print(f"    {info.licence}: {info.consequence}")

    anyio.run(warm)


def check(_: Namespace, settings: Settings) -> None:
    """The figures of this machine."""
    anyio.run(run_check, settings, print, _tell)


def say(arguments: Namespace, settings: Settings) -> None:
    """A text into a sound file."""

    async def speak() -> None:
        async with open_stage(settings, "tts", _tell) as voice:
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
        async with open_stage(settings, "vad", _tell) as vad, open_stage(settings, "asr", _tell) as asr:
            favoured = hotwords(settings, settings.language, asr.info)
            options = HearOptions(language=settings.language, hotwords=favoured)
            ear = SpeechInput(vad, EndpointOptions(max_ms=settings.max_audio_seconds * 1000))
            for end in _utterances(ear, sound):
                heard = await asr.transcribe(ear.cut(end.start_ms, end.end_ms), options)
                line = {"start_ms": end.start_ms, "end_ms": end.end_ms, "text": heard.text}
                print(json.dumps(line, ensure_ascii=False) if arguments.json else heard.text)

    anyio.run(transcribe)


def _utterances(ear: SpeechInput, sound: Sound) -> Iterator[SpeechEnded]:
    yield from (edge for edge in ear.push(sound) if isinstance(edge, SpeechEnded))
    yield from (edge for edge in ear.push(silence(1_000, INPUT_RATE)) if isinstance(edge, SpeechEnded))


def _tell(report: StageReport) -> None:
    sys.stderr.write(f"{report.stage}: {report.state} {report.detail}\n")
