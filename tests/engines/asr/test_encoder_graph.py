"""The encoder's graph: what it computes, over windows of any length."""

import numpy as np
import pytest

from inzwa.engines.asr.encoder_graph import encoder_graph
from inzwa.engines.onnx_session import open_session
from inzwa.errors import NotConvertible
from tests.engines.asr.small_encoder import BANDS, PLACES, WIDTH, SmallEncoder


@pytest.fixture(scope="module")
def small():
    return SmallEncoder()


@pytest.fixture(scope="module")
def session(small):
    return open_session(encoder_graph(small))


@pytest.mark.parametrize("frames", [1, 2, 7, 40, 2 * PLACES])
def test_it_computes_what_whispers_encoder_computes(small, session, frames):
    mel = np.random.default_rng(frames).normal(0, 1, (BANDS, frames)).astype(np.float32)
    (states,) = session.run(["states"], {"mel": mel[None]})
    expected = small.states(mel)
    assert states.shape == (1, (frames + 1) // 2, WIDTH)
    assert np.linalg.norm(states[0] - expected) < 0.05 * np.linalg.norm(expected)


def test_an_encoder_that_is_laid_out_otherwise_is_refused():
    class Odd(SmallEncoder):
        def number(self, name):
            return 3 if name == "encoder/num_heads" else super().number(name)

    with pytest.raises(NotConvertible, match="an encoder of Whisper's"):
        encoder_graph(Odd())
