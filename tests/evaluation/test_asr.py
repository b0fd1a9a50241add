"""Recordings through a scripted recogniser: the figures, what is resumed, what is left out."""

from pathlib import Path

import numpy as np
import pytest

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.errors import BadAudio, EngineError
from inzwa.evaluation.asr import AsrRow, transcribe_recording
from inzwa.evaluation.corpus import Recording
from inzwa.evaluation.journal import Journal, measure_all
from inzwa.protocols import HearOptions, Transcript

OPTIONS = HearOptions(hotwords=("Harare",))
RECORDINGS = [Recording(Path(f"{name}.wav"), said, name) for name, said in (("a", "vari kuHarare"), ("b", "ehe"))]


def one_second(path: Path):
    if path.name == "broken.wav":
        raise BadAudio("broken.wav is no sound.")
    return np.zeros(16_000, dtype=np.float32)


def ticking():
    """A clock on which every look takes half a second."""
    times = iter(range(100))
    return lambda: next(times) / 2


async def run(path, asr, recordings=RECORDINGS):
    with Journal(path, AsrRow, {"recogniser": "scripted"}) as journal:
        return await measure_all(
            recordings,
            lambda one: (one.name, one.said),
            lambda one: transcribe_recording(one, asr, OPTIONS, one_second, clock=ticking()),
            journal,
            "hearing",
        )


async def test_a_recording_is_heard_with_the_options_and_its_edits_counted():
    asr = ScriptedTranscriber([Transcript("Varikuharare!", confidence=-0.5)])
    row = await transcribe_recording(RECORDINGS[0], asr, OPTIONS, one_second, clock=ticking())
    assert row == AsrRow(
        name="a",
        said="vari kuHarare",
        heard="Varikuharare!",
        words=2,
        word_edits=2,
        undivided_edits=0,
        letters=13,
        letter_edits=1,
        sound_s=1.0,
        took_s=0.5,
        confidence=-0.5,
    )
    assert asr.calls[0][1] is OPTIONS


async def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path):
    stopped = ScriptedTranscriber(["vari kuharare", EngineError("asr", "The script says so.")])
    with pytest.raises(EngineError):
        await run(tmp_path / "j.tsv", stopped)
    again = ScriptedTranscriber(["ehe"])
    measured = await run(tmp_path / "j.tsv", again)
    assert len(again.calls) == 1
    assert measured.resumed == 1
    assert [row.heard for row in measured.rows] == ["vari kuharare", "ehe"]


async def test_a_recording_whose_text_was_corrected_is_heard_again(tmp_path):
    await run(tmp_path / "j.tsv", ScriptedTranscriber(["ehe"]))
    corrected = [RECORDINGS[0], Recording(Path("b.wav"), "ehe ehe", "b")]
    measured = await run(tmp_path / "j.tsv", ScriptedTranscriber(["ehe ehe"]), corrected)
    assert measured.resumed == 1
    assert [row.said for row in measured.rows] == ["vari kuHarare", "ehe ehe"]


async def test_a_recording_that_is_no_sound_is_left_out_and_told(tmp_path):
    recordings = [*RECORDINGS, Recording(Path("broken.wav"), "aiwa", "broken")]
    measured = await run(tmp_path / "j.tsv", ScriptedTranscriber(["ehe"]), recordings)
    assert len(measured.rows) == 2
    assert measured.left_out == ["broken: broken.wav is no sound."]
