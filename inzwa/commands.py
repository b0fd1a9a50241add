"""What the commands of `python -m inzwa` do, one function each. Results to standard output, progress to the other."""

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import aclosing
from functools import partial
from pathlib import Path

import anyio
import numpy as np
import soundfile

from inzwa.audio import INPUT_RATE, Sound, milliseconds, resample, silence
from inzwa.check import run_check
from inzwa.client import Client, Refused, TurnRecord, open_client
from inzwa.ear import Ear
from inzwa.endpoint import EndpointOptions, SpeechEnded
from inzwa.engines import chosen_models, open_engines, open_stage
from inzwa.errors import BadAudio, InzwaError
from inzwa.events import EndTurn, Start
from inzwa.models.progress import TerminalReport
from inzwa.models.store import Store, default_cache
from inzwa.protocols import HearOptions, StageReport, VoiceOptions
from inzwa.serve import serve as run_server
from inzwa.settings import Settings, setting_lines
from inzwa.shona.orthography import ipa as shona_ipa
from inzwa.shona.phrases import cut_phrases


def serve(_: Namespace, __: Settings) -> None:
    """Serve until told to stop."""
    run_server()


def warmup(_: Namespace, settings: Settings) -> None:
    """Open every engine once; the models are in the cache afterwards."""

    async def warm() -> None:
        async with open_engines(settings, _tell) as engines:
            for stage, info in engines.infos().items():
                _print(f"{stage}: {info.model} ({info.engine} {info.version}), {info.load_ms} + {info.warm_ms} ms")

    anyio.run(warm)


def check(_: Namespace, settings: Settings) -> None:
    """The figures of this machine."""
    anyio.run(run_check, settings, _print, _tell)


def settings(_: Namespace, chosen: Settings) -> None:
    """A table of every setting."""
    for line in setting_lines(chosen):
        _print(f"{line.variable}={line.value}\n    {line.meaning}\n    from: {line.origin}; takes {line.allowed}")


def list_models(_: Namespace, settings: Settings) -> None:
    """The catalogue and the cache side by side."""
    store = Store(_cache(settings))
    _print(f"cache: {store.folder}")
    for line in store.report_lines():
        _print(line)


def fetch_models(arguments: Namespace, settings: Settings) -> None:
    """Fetch what is named, or what the settings choose."""
    with TerminalReport(sys.stderr) as report:
        store = Store(_cache(settings), report=report)
        for name in arguments.names or chosen_models(settings).values():
            model = store.fetch(name)
            _print(f"{name}: ready, from {model.source}")


def verify_models(arguments: Namespace, settings: Settings) -> None:
    """Hash again what is named, or all that is here. ModelCorrupt names the first file that is wrong."""
    store = Store(_cache(settings))
    for name in arguments.names or [name for name in store.names() if store.state(name) != "not here"]:
        model = store.verify(name)
        for file in model.files:
            _print(f"{name}: {file.sha256}  {file.name}")


def remove_models(arguments: Namespace, settings: Settings) -> None:
    """Delete what is named from the cache."""
    store = Store(_cache(settings))
    for name in arguments.names:
        _print(f"{name}: {store.remove(name):,} bytes freed")


def say(arguments: Namespace, settings: Settings) -> None:
    """A text into a sound file."""

    async def speak() -> None:
        options = VoiceOptions(speed=arguments.speed or settings.speed)
        async with open_stage(settings, "tts", _tell) as voice:
            parts = [np.empty(0, dtype=np.float32)]
            for phrase in cut_phrases(arguments.text):
                async with aclosing(voice.speak(phrase, options)) as chunks:
                    parts.extend([chunk.sound async for chunk in chunks])
        _write(arguments.output, np.concatenate(parts), voice.sample_rate)

    anyio.run(speak)


def hear(arguments: Namespace, settings: Settings) -> None:
    """A sound file into lines of text, one an utterance."""
    sound = _read(arguments.file)

    async def transcribe() -> None:
        options = HearOptions(language=settings.language, hotwords=settings.hotword_list)
        async with open_stage(settings, "vad", _tell) as vad, open_stage(settings, "asr", _tell) as asr:
            ear = Ear(vad, EndpointOptions(max_ms=settings.max_audio_seconds * 1000))
            for end in _utterances(ear, sound):
                heard = await asr.transcribe(ear.cut(end.start_ms, end.end_ms), options)
                line = {"start_ms": end.start_ms, "end_ms": end.end_ms, "text": heard.text}
                _print(json.dumps(line, ensure_ascii=False) if arguments.json else heard.text)

    anyio.run(transcribe)


def talk(arguments: Namespace, settings: Settings) -> int:
    """One turn on a running server: its events, its figures, its sound."""
    sound = _read(arguments.file)
    url = arguments.url or f"http://127.0.0.1:{settings.port}"
    start = Start(auth=settings.access_token.get_secret_value(), mode="push_to_talk")

    async def converse() -> TurnRecord:
        async with open_client(url, start) as client:
            _print(json.dumps(client.ready, ensure_ascii=False))
            return await _one_turn(client, sound, pace=arguments.pace)

    try:
        record = anyio.run(converse)
    except (OSError, Refused) as error:
        raise InzwaError(f"{url} does not talk to us: {error}") from None
    for event in record.events:
        _print(json.dumps(event, ensure_ascii=False))
    _write(arguments.output, record.sound, record.sample_rate)
    if not arguments.json and record.first_audio_ms is not None:
        seconds = record.sound.size / record.sample_rate
        _print(f"first audio after {record.first_audio_ms:.0f} ms; {seconds:.2f} s of reply in {arguments.output}")
    return 0 if record.events[-1]["type"] == "turn.end" else 1


def spoken(arguments: Namespace, _: Settings) -> None:
    """Each line as it is said."""
    _each_line(arguments.text, lambda line: " ".join(cut_phrases(line)))


def ipa(arguments: Namespace, _: Settings) -> None:
    """Each line in IPA."""
    _each_line(arguments.text, shona_ipa)


async def _one_turn(client: Client, sound: Sound, *, pace: bool) -> TurnRecord:
    """Send and receive side by side: a server whose words nobody reads stops listening."""
    records: list[TurnRecord] = []

    async def receive() -> None:
        records.append(await client.turn())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(receive)
        await client.send_sound(sound, pace=pace)
        asked_s = await client.send(EndTurn())
    records[0].asked_s = asked_s
    return records[0]


def _utterances(ear: Ear, sound: Sound) -> Iterator[SpeechEnded]:
    yield from (edge for edge in ear.push(sound) if isinstance(edge, SpeechEnded))
    yield from (edge for edge in ear.push(silence(1_000, INPUT_RATE)) if isinstance(edge, SpeechEnded))


def _read(path: Path) -> Sound:
    """A file's sound, mono, 16 kHz. BadAudio when it is no sound file."""
    try:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise BadAudio(f"{path} cannot be read as sound: {error}") from None
    return resample(sound.mean(axis=1, dtype=np.float32), rate, INPUT_RATE)


def _write(path: Path, sound: Sound, rate: int) -> None:
    try:
        soundfile.write(path, sound, rate)
    except (soundfile.LibsndfileError, OSError, TypeError, ValueError) as error:
        raise BadAudio(f"{path} cannot be written: {error}") from None
    sys.stderr.write(f"{path}: {milliseconds(sound.size, rate) / 1000:.2f} s at {rate} Hz\n")


def _each_line(text: str, work: Callable[[str], str]) -> None:
    for line in sys.stdin if text == "-" else [text]:
        _print(work(line.rstrip("\n")))


def _cache(settings: Settings) -> Path:
    return settings.cache or default_cache()


def _tell(report: StageReport) -> None:
    sys.stderr.write(f"{report.stage}: {report.state} {report.detail}\n")


_print = partial(print, flush=True)
