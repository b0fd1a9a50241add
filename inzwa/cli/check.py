"""Commands that try the engines: check (what is installed, which models run, how fast they are here), warmup.

Figures are medians of a few runs on this machine while it does whatever else it does: compare them with each other.
"""

import os
import platform
import statistics
import time
from argparse import Namespace
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from importlib.metadata import version
from resource import RUSAGE_SELF, getrusage
from typing import Final

import anyio
import numpy as np

from inzwa import __version__
from inzwa.audio.pcm import INPUT_RATE, Sound, resample, silence
from inzwa.cli.progress import show_progress
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.session import open_session
from inzwa.engines.registry import open_engines
from inzwa.events import EndTurn, MicrophoneFrame, ServerEvent, TtsAudio
from inzwa.hardware.machine import graphics_processor
from inzwa.protocols import ChatOptions, Engines, HearOptions, Message, VoiceOptions
from inzwa.settings import Settings

PACKAGES: Final = ("faster-whisper", "ctranslate2", "llama-cpp-python", "onnxruntime", "gradio", "fastapi", "uvicorn")
RUNS: Final = 5
PHRASE: Final = "Mhoroi, makadii? Ndinoda kubvunza nezvemamiriro ekunze nhasi."


def warmup(_: Namespace, settings: Settings) -> None:
    """Open every engine once; the models are in the cache afterwards."""
    anyio.run(_warm, settings)


def check(_: Namespace, settings: Settings) -> None:
    """Open everything, measure it, and print it line by line."""
    anyio.run(_measure, settings)


async def _warm(settings: Settings) -> None:
    async with open_engines(settings, show_progress) as engines:
        for stage, info in engines.infos().items():
            size = sum(file.size for file in info.files) / 1e6
            print(f"{stage}: {info.title} ({info.engine} {info.version}), {size:.1f} MB from {info.source}")
            print(f"    loaded in {info.load_ms} ms, tried out in {info.warm_ms} ms")
            print(f"    {info.licence}: {info.consequence}")


async def _measure(settings: Settings) -> None:
    print(f"Inzwa {__version__} on Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    if gpu := graphics_processor():
        print(f"{gpu} is here and is not used: the packages that Inzwa installs run on the CPU")
    print("packages: " + ", ".join(f"{name} {version(name)}" for name in PACKAGES))
    started = time.perf_counter()
    async with open_engines(settings, show_progress) as engines:
        print(f"all engines warm after {time.perf_counter() - started:.1f} s")
        _show_engines(engines)
        sound = await _spoken(engines)
        seconds = sound.size / INPUT_RATE
        print(f"figures, medians of {RUNS} (sample utterance: {seconds:.1f} s, spoken by the voice)")
        print(f"  vad   {_vad_ms(engines, sound):8.2f} ms for a frame of {1000 * _frame_s(engines):.0f} ms")
        asr_ms = await _median_ms(lambda: _hear(engines, sound, settings))
        print(f"  asr   {asr_ms:8.0f} ms for the sample's transcript")
        print(f"  llm   {await _tokens_per_s(engines):8.0f} tokens a second")
        print(f"  tts   {await _median_ms(lambda: _spoken(engines)) / 1000 / seconds:8.3f} of real time")
        await _show_turns(engines, sound)
    print(f"memory: {getrusage(RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB resident at the most")


def _show_engines(engines: Engines) -> None:
    for stage, info in engines.infos().items():
        print(
            f"{stage}   {info.title}: {info.engine} {info.version}, {info.language or 'any language'}, {info.licence}"
        )
        print(f"      {info.consequence}")
        print(f"      from {info.source}; loaded in {info.load_ms} ms, warm in {info.warm_ms} ms")
        for file in (*info.files, *(info.adapter.files if info.adapter else ())):
            print(f"      sha256 {file.sha256}  {file.name} ({file.size:,} bytes, verified)")


async def _spoken(engines: Engines) -> Sound:
    async with aclosing(engines.tts.speak(PHRASE, VoiceOptions())) as chunks:
        parts = [chunk async for chunk in chunks]
    return resample(np.concatenate([part.sound for part in parts]), parts[0].sample_rate, INPUT_RATE)


async def _hear(engines: Engines, sound: Sound, settings: Settings) -> None:
    await engines.asr.transcribe(sound, HearOptions(language=settings.language))


def _frame_s(engines: Engines) -> float:
    return engines.vad.frame_samples / INPUT_RATE


def _vad_ms(engines: Engines, sound: Sound) -> float:
    stream, size = engines.vad.open_stream(), engines.vad.frame_samples
    frames = [sound[at : at + size] for at in range(0, sound.size - size, size)]
    started = time.perf_counter()
    for frame in frames:
        stream.probability(frame)
    return (time.perf_counter() - started) * 1000 / len(frames)


async def _tokens_per_s(engines: Engines) -> float:
    options = ChatOptions(max_new_tokens=64, temperature=0.0)
    rates = []
    for _ in range(RUNS):
        async with aclosing(engines.llm.reply([Message("user", "Tell me about the rain.")], options)) as pieces:
            times = [time.perf_counter() async for _ in pieces]
        rates.append((len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0)
    return statistics.median(rates)


async def _median_ms(work: Callable[[], Awaitable[object]]) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        await work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


async def _show_turns(engines: Engines, sound: Sound) -> None:
    """Whole turns through a session of this process: from `end_turn` to the first sound."""
    figures = [await _turn_ms(engines, sound) for _ in range(RUNS + 1)][1:]
    print(f"  turn  {statistics.median(figures):8.0f} ms from end_turn to the first sound, best {min(figures):.0f}")


async def _turn_ms(engines: Engines, sound: Sound) -> float:
    """Milliseconds; infinity for a turn without sound."""
    first: list[float] = []

    async def take(event: ServerEvent) -> None:
        if isinstance(event, TtsAudio) and not first:
            first.append(time.perf_counter())

    async with open_session(engines, SessionOptions(session_id="check"), take) as session:
        await session.handle(MicrophoneFrame(np.concatenate((silence(300, INPUT_RATE), sound))))
        asked = time.perf_counter()
        await session.handle(EndTurn())
        await session.turns.finished()
    return (first[0] - asked) * 1000 if first else float("inf")
