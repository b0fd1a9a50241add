"""Commands that measure: eval asr, eval tts, eval text. Full reports go to a folder, the figures to standard output."""

from argparse import Namespace
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
from tqdm import tqdm

from inzwa.cli.progress import show_progress
from inzwa.cli.sound_files import read_sound
from inzwa.engines.registry import open_stage
from inzwa.errors import BadCorpus
from inzwa.evaluation.asr import AsrRow, transcribe_recording
from inzwa.evaluation.corpus import Recording, read_lines, read_manifest, read_sentences
from inzwa.evaluation.feedback import exported_recordings, stored_recordings
from inzwa.evaluation.fleurs import fetch_fleurs
from inzwa.evaluation.histogram import histogram
from inzwa.evaluation.journal import Journal, Measured, measure_all
from inzwa.evaluation.report import PICTURE, How, asr_report, letter_rates, text_report, tts_report
from inzwa.evaluation.text import measure_text
from inzwa.evaluation.tts import TtsRow, speak_and_transcribe
from inzwa.protocols import EngineInfo, HearOptions, VoiceOptions
from inzwa.server.request_options import hotwords
from inzwa.settings import Settings

REPORT, JOURNAL = "report.md", "samples.tsv"


def eval_asr(arguments: Namespace, settings: Settings) -> None:
    """The recogniser, on recordings."""
    recordings = _recordings(arguments, settings)

    async def measure() -> tuple[Measured[AsrRow], How]:
        async with open_stage(settings, "asr", show_progress) as asr:
            options = _hear_options(settings, asr.info)
            how = {"recogniser": _named(asr.info), **_options(options, arguments)}
            with Journal(arguments.output / JOURNAL, AsrRow, how, fresh=arguments.fresh) as journal:
                return await measure_all(
                    recordings,
                    lambda one: (one.name, one.said),
                    lambda one: transcribe_recording(one, asr, options, read_sound, fold=arguments.fold),
                    journal,
                    "hearing",
                ), how

    measured, how = anyio.run(measure)
    report = asr_report(measured, how, seed=arguments.seed, fold=arguments.fold)
    _write_report(arguments.output, report, letter_rates(measured.rows))


def eval_tts(arguments: Namespace, settings: Settings) -> None:
    """The voice, as the recogniser hears it."""
    sentences = list(enumerate(read_sentences(arguments.file, arguments.limit), 1))
    voice = VoiceOptions(speed=settings.speed)

    async def measure() -> tuple[Measured[TtsRow], How]:
        async with AsyncExitStack() as stack:
            asr = await stack.enter_async_context(open_stage(settings, "asr", show_progress))
            tts = await stack.enter_async_context(open_stage(settings, "tts", show_progress))
            options = _hear_options(settings, asr.info)
            how = {"voice": _named(tts.info), "recogniser": _named(asr.info), "speed": settings.speed}
            how |= _options(options, arguments)
            with Journal(arguments.output / JOURNAL, TtsRow, how, fresh=arguments.fresh) as journal:
                return await measure_all(
                    sentences,
                    lambda one: (str(one[0]), one[1]),
                    lambda one: speak_and_transcribe(
                        str(one[0]), one[1], tts, asr, voice, options, fold=arguments.fold
                    ),
                    journal,
                    "speaking",
                ), how

    measured, how = anyio.run(measure)
    _write_report(arguments.output, tts_report(measured, how, seed=arguments.seed), letter_rates(measured.rows))


def eval_text(arguments: Namespace, settings: Settings) -> None:
    """The normaliser and the conversion to IPA, on a text."""
    lines = tqdm(read_lines(arguments.file)[: arguments.limit], desc="reading", disable=None)
    figures = measure_text(lines, language=settings.language)
    _write_report(arguments.output, text_report(figures, {"text": arguments.file.name}))


def _recordings(arguments: Namespace, settings: Settings) -> list[Recording]:
    named = [name for name in (arguments.manifest, arguments.dataset, arguments.feedback) if name is not None]
    if len(named) != 1:
        raise BadCorpus("Name a manifest, or a dataset with --dataset, or give --feedback, and not two of them.")
    if arguments.manifest:
        return read_manifest(arguments.manifest, arguments.limit)
    if arguments.feedback:
        return exported_recordings(Path(arguments.feedback), settings.language, arguments.limit)
    if arguments.feedback is not None:
        return stored_recordings(settings, arguments.limit)
    return fetch_fleurs(arguments.part, arguments.output / f"{arguments.dataset}-{arguments.part}", arguments.limit)


def _hear_options(settings: Settings, asr: EngineInfo) -> HearOptions:
    """Those of a session."""
    return HearOptions(language=settings.language, hotwords=hotwords(settings, settings.language, asr))


def _options(options: HearOptions, arguments: Namespace) -> How:
    return {"language": options.language, "hotwords": ", ".join(options.hotwords), "fold": arguments.fold}


def _named(info: EngineInfo) -> str:
    return f"{info.model} ({info.engine}, {info.version})"


def _write_report(folder: Path, report: str, errors: Sequence[float] = ()) -> None:
    """The report and its picture in the folder; its part above the picture, or the lists, on standard output."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / REPORT).write_text(report, encoding="utf-8")
        if errors:
            histogram(errors, "samples by errors a letter", top=1.0).savefig(folder / PICTURE)
    except OSError as error:
        raise BadCorpus(f"{folder} cannot be written: {error}") from None
    print(report.partition("![")[0].partition("\n## ")[0].strip())
    print(f"\nall of it: {folder / REPORT}")
