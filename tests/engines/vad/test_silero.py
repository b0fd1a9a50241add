"""The real detector: where speech is, and that one frame at a time tells the same as all at once."""

from types import SimpleNamespace

import numpy as np
import pytest
from faster_whisper.vad import get_vad_model

from benchmarks.spoken import SentenceVoice, read_sentences
from inzwa.audio.pcm import Framer
from inzwa.engines.vad.silero import FRAME_SAMPLES, QUIET_FRAMES, SURELY_QUIET, WAITING_FRAMES, open_silero
from inzwa.errors import EngineError
from inzwa.models.local_model import LocalModel
from inzwa.protocols import FileInfo
from tests.sounds import quiet

pytestmark = pytest.mark.weights

LEAD_MS = 960


@pytest.fixture(scope="module")
def detector(models):
    with open_silero(models.fetch("silero-v6")) as opened:
        yield opened


@pytest.fixture(scope="module")
def spoken(models):
    return SentenceVoice(models.fetch("joe-medium")).say(read_sentences()[0])


@pytest.fixture(scope="module")
def recording(spoken):
    """Silence, a sentence, silence, in whole frames."""
    sound = np.concatenate((quiet(LEAD_MS), spoken, quiet(LEAD_MS)))
    return sound[: sound.size // FRAME_SAMPLES * FRAME_SAMPLES]


def probabilities(stream, sound):
    return np.array([stream.probability(frame) for frame in Framer(FRAME_SAMPLES).push(sound)])


def test_speech_is_found_between_silences(detector, recording, spoken):
    speech = probabilities(detector.open_stream(), recording) > 0.5
    lead, length = LEAD_MS * 16 // FRAME_SAMPLES, spoken.size // FRAME_SAMPLES
    assert not speech[:lead].any()
    assert speech[lead : lead + length].mean() > 0.7
    assert not speech[-lead // 2 :].any()


def test_frame_by_frame_equals_the_whole_recording_at_once(detector, recording):
    ours, whole = probabilities(detector.open_stream(), recording), get_vad_model()(recording.copy())
    waited = ours == 0.0
    assert np.abs(ours - whole)[~waited].max() < 1e-5
    assert whole[waited].max() < SURELY_QUIET


@pytest.mark.parametrize("gain_db", [0, -20, -40])
@pytest.mark.parametrize("noise_dbfs", [-200, -75])
def test_no_frame_of_speech_is_lost_in_silences_that_wait(detector, spoken, gain_db, noise_dbfs):
    room = np.concatenate([quiet(LEAD_MS), spoken * 10 ** (gain_db / 20), quiet(2 * LEAD_MS), spoken, quiet(LEAD_MS)])
    room = room + 10 ** (noise_dbfs / 20) * np.random.default_rng(3).standard_normal(room.size)
    sound = np.float32(room[: room.size // FRAME_SAMPLES * FRAME_SAMPLES])
    ours, whole = probabilities(detector.open_stream(), sound), get_vad_model()(sound.copy())
    assert np.array_equal(ours >= 0.35, whole >= 0.35)


def test_frames_of_silence_are_run_together(detector):
    runs = []
    stream = detector.open_stream()
    session = stream._session
    stream._session = SimpleNamespace(run=lambda *given: runs.append(given[1]["input"].shape[0]) or session.run(*given))
    for _ in range(QUIET_FRAMES + 2 * WAITING_FRAMES):
        stream.probability(quiet(32))
    assert runs == [1] * QUIET_FRAMES + [WAITING_FRAMES] * 2


def test_streams_do_not_hear_each_other(detector, recording):
    alone = probabilities(detector.open_stream(), recording)
    speaking, silent = detector.open_stream(), detector.open_stream()
    together = []
    for frame in Framer(FRAME_SAMPLES).push(recording):
        together.append(speaking.probability(frame))
        silent.probability(quiet(32))
    assert together == alone.tolist()


def test_a_frame_of_broken_samples_does_not_deafen_the_stream(detector, recording):
    stream = detector.open_stream()
    assert stream.probability(np.full(FRAME_SAMPLES, np.nan, dtype=np.float32)) == 0.0
    assert probabilities(stream, recording).max() > 0.9


@pytest.mark.parametrize("samples", [0, 1, 511, 1024])
def test_a_frame_of_another_length_is_refused(detector, samples):
    with pytest.raises(EngineError, match="shape"):
        detector.open_stream().probability(np.zeros(samples, dtype=np.float32))


def test_it_says_what_it_is(detector):
    assert detector.info.engine == "silero"
    assert detector.info.model == "silero-v6"
    assert [file.name for file in detector.info.files] == ["silero_vad_v6.onnx"]


def test_a_file_that_is_no_graph_is_refused(tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"not a graph")
    broken = LocalModel(name="broken", folder=tmp_path, files=(FileInfo("broken.onnx", 11, ""),))
    with pytest.raises(EngineError, match="broken"), open_silero(broken):
        pass
