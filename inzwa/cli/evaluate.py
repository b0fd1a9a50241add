"""Commands that measure: eval asr, eval tts, eval text. Reports go to a folder, their heart to standard output."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
from tqdm import tqdm

from inzwa.cli.audio_files import read_sound
from inzwa.engines.registry import open_stage
from inzwa.errors import BadCorpus
from inzwa.evaluation.corpus import Recording, read_lines, read_manifest, read_sentences
from inzwa.evaluation.fleurs import fetch_fleurs
from inzwa.evaluation.hearing import HeardRow
from inzwa.evaluation.hearing import hear as hear_one
from inzwa.evaluation.journal import Journal
from inzwa.evaluation.passage import Measured, measure_all
from inzwa.evaluation.picture import histogram
from inzwa.evaluation.reading import read_text
from inzwa.evaluation.report import (
    PICTURE,
    How,
    hearing_report,
    letter_rates,
    reading_report,
    speaking_report,
)
from inzwa.evaluation.speaking import SpokenRow, speak_and_hear
from inzwa.protocols import EngineInfo, HearOptions, StageReport, VoiceOptions
from inzwa.server.admission import hotwords
from inzwa.settings import Settings

REPORT, JOURNAL = "report.md", "samples.tsv"


def hear(arguments: Namespace, settings: Settings) -> None:
    """The recogniser on recordings."""
    recordings = _recordings(arguments)

    async def measure() -> tuple[Measured[HeardRow], How]:
        async with open_stage(settings, "asr", _tell) as asr:
            options = _hear_options(settings, asr.info)
            how = {"recogniser": _named(asr.info), **_options(options, arguments)}
            with Journal(arguments.output / JOURNAL, HeardRow, how, fresh=arguments.fresh) as journal:
                return await measure_all(
                    recordings,
                    lambda one: (one.name, one.said),
                    lambda one: hear_one(one, asr, options, read_sound, fold=arguments.fold),
                    journal,
                    "hearing",
                ), how

    measured, how = anyio.run(measure)
    report = hearing_report(measured, how, seed=arguments.seed, fold=arguments.fold)
    _leave(arguments.output, report, letter_rates(measured.rows))


def speak(arguments: Namespace, settings: Settings) -> None:
    """The voice, heard by the recogniser."""
    sentences = list(enumerate(read_sentences(arguments.file, arguments.limit), 1))
    voice = VoiceOptions(speed=settings.speed)

    async def measure() -> tuple[Measured[SpokenRow], How]:
        async with AsyncExitStack() as stack:
            asr = await stack.enter_async_context(open_stage(settings, "asr", _tell))
            tts = await stack.enter_async_context(open_stage(settings, "tts", _tell))
            options = _hear_options(settings, asr.info)
            how = {"voice": _named(tts.info), "recogniser": _named(asr.info), "speed": settings.speed}
            how |= _options(options, arguments)
            with Journal(arguments.output / JOURNAL, SpokenRow, how, fresh=arguments.fresh) as journal:
                return await measure_all(
                    sentences,
                    lambda one: (str(one[0]), one[1]),
                    lambda one: speak_and_hear(str(one[0]), one[1], tts, asr, voice, options, fold=arguments.fold),
                    journal,
                    "speaking",
                ), how

    measured, how = anyio.run(measure)
    _leave(arguments.output, speaking_report(measured, how, seed=arguments.seed), letter_rates(measured.rows))


def read(arguments: Namespace, settings: Settings) -> None:
    """The normaliser and the reader over a text."""
    lines = tqdm(read_lines(arguments.file)[: arguments.limit], desc="reading", disable=None)
    _leave(
        arguments.output, reading_report(read_text(lines, language=settings.language), {"text": arguments.file.name})
    )


def _recordings(arguments: Namespace) -> list[Recording]:
    if (arguments.manifest is None) == (arguments.dataset is None):
        raise BadCorpus("Name a manifest, or a dataset with --dataset, and not both.")
    if arguments.manifest:
        return read_manifest(arguments.manifest, arguments.limit)
    return fetch_fleurs(arguments.part, arguments.output / f"{arguments.dataset}-{arguments.part}", arguments.limit)


def _hear_options(settings: Settings, hearing: EngineInfo) -> HearOptions:
    """As a session hears."""
    return HearOptions(language=settings.language, hotwords=hotwords(settings, settings.language, hearing))


def _options(options: HearOptions, arguments: Namespace) -> How:
    return {"language": options.language, "hotwords": ", ".join(options.hotwords), "fold": arguments.fold}


def _named(info: EngineInfo) -> str:
    return f"{info.model} ({info.engine}, {info.version})"


def _leave(folder: Path, report: str, errors: Sequence[float] = ()) -> None:
    """The report and its picture in the folder; what stands above the picture, or the lists, on standard output."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / REPORT).write_text(report, encoding="utf-8")
        if errors:
            picture = histogram(errors, "samples by errors a letter", top=1.0)
            (folder / PICTURE).write_text(picture, encoding="utf-8")
    except OSError as error:
        raise BadCorpus(f"{folder} cannot be written: {error}") from None
    print(report.partition("![")[0].partition("\n## ")[0].strip())
    print(f"\nall of it: {folder / REPORT}")


def _tell(report: StageReport) -> None:
    sys.stderr.write(f"{report.stage}: {report.state} {report.detail}\n")
