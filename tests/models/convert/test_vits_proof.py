"""The graph that is written without torch against transformers' VitsModel: same weights, same noise, same sound."""

import numpy as np
import pytest

from inzwa.engines.tts.chunked_voice import ChunkedVoice
from inzwa.engines.tts.text.detect import open_frontend
from inzwa.engines.tts.text.frontend import SynthesisConfig
from inzwa.models.convert import CONVERTERS
from inzwa.models.progress import silent
from tests.models.convert import small_vits
from tests.models.convert.small_whisper import local

pytestmark = pytest.mark.convert

SMALL = {
    "hidden_size": 48,
    "num_attention_heads": 3,
    "num_hidden_layers": 2,
    "window_size": 6,
    "ffn_dim": 40,
    "ffn_kernel_size": 5,
    "flow_size": 20,
    "wavenet_dilation_rate": 2,
    "wavenet_kernel_size": 3,
    "prior_encoder_num_flows": 3,
    "duration_predictor_flow_bins": 7,
    "duration_predictor_tail_bound": 3.0,
    "duration_predictor_num_flows": 3,
    "upsample_initial_channel": 64,
    "upsample_rates": [6, 4],
    "upsample_kernel_sizes": [12, 8],
    "posterior_encoder_num_wavenet_layers": 1,
}
SLOW = {"speaking_rate": 0.5, "noise_scale": 1.0, "noise_scale_duration": 1.5}


@pytest.fixture
def reference():
    """What needs torch, imported only when these tests run."""
    from tests.models.convert import torch_vits

    return torch_vits


@pytest.mark.parametrize("changes", [{}, SMALL, SMALL | SLOW], ids=["as MMS-TTS", "other sizes", "slow and varied"])
def test_the_sound_is_that_of_transformers(tmp_path, reference, changes):
    model = reference.make(tmp_path / "in", **changes)
    (tmp_path / "out").mkdir()
    CONVERTERS["mms-vits"](local(tmp_path / "in"), tmp_path / "out", silent)
    voice = ChunkedVoice(tmp_path / "out" / "model.onnx", threads=2)
    config = model.config
    synthesis = SynthesisConfig(config.noise_scale, 1 / config.speaking_rate, config.noise_scale_duration)
    for count in (1, 2, 5, 30, 121):
        ids = np.random.default_rng(count).integers(0, config.vocab_size, (1, count))
        expected = reference.say(model, ids)
        sound = voice.say_whole(ids, synthesis, reference.SameNoise())
        assert sound.shape == expected.shape
        difference = np.abs(sound - expected).max()
        loudest = np.abs(expected).max()
        print(f"{count} symbols, {sound.size} samples up to {loudest:.3f}: largest difference {difference:.1e}")
        assert 0.01 < loudest < 0.99
        assert difference <= 1e-5


def test_the_ids_are_those_of_transformers_tokenizer(tmp_path, reference):
    model = small_vits.write(tmp_path / "voice", small_vits.weights())
    reader = open_frontend(model)
    for text in ("Mhoro, shamwari!", "n'anga", "  ZVAKANAKA sei?  ", "Tapiwa 3 Xoliswa", "Ehe."):
        assert reader.ids(text)[0].tolist() == reference.ids(model.folder, text)
