"""Whisper in ONNX Runtime: graphs made at start of the weights in CTranslate2's file. Each weight is held once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import onnxruntime

from inzwa.audio.mel import LogMel
from inzwa.audio.pcm import Sound
from inzwa.engines.asr.beam_search import decode_in_beam
from inzwa.engines.asr.decoder import Decoder, read_rules
from inzwa.engines.asr.decoder_graph import Graphs
from inzwa.engines.asr.encoder_graph import encoder_graph
from inzwa.engines.asr.layers import Weights
from inzwa.engines.asr.network import END_STATES, Decoded, Encoded, Search, States, padded_mel
from inzwa.engines.asr.onnx_run import run
from inzwa.engines.asr.silent_window import FOLDER, silent_window
from inzwa.engines.asr.speculative_decoder import decode_greedily
from inzwa.engines.asr.tokenizer import SpecialTokens
from inzwa.engines.onnx_session import open_session
from inzwa.models.store import default_cache


class OnnxNetwork:
    """Encoder and decoder, and the states of 30 s of silence."""

    version: Final = f"onnxruntime {onnxruntime.__version__}"

    def __init__(self, folder: Path, model: Weights, special: SpecialTokens, *, threads: int) -> None:
        """`folder` has the config.json beside `model`, of which nothing is kept.

        NotConvertible where the weights are INT8 or of another network, or the token rules cannot be read.
        """
        rules = read_rules(folder / "config.json", special)
        graphs, encoder = Graphs.of(model, rules), encoder_graph(model)
        self._encoder = open_session(encoder, threads=threads, lean=True)
        self.mel = LogMel(model.weights("encoder/conv1/weight").shape[1])
        width = model.weights("encoder/conv1/weight").shape[0]
        quiet = silent_window(self._states, encoder, width, default_cache() / FOLDER)
        self.decoder = Decoder(model, graphs, rules, quiet, threads=threads)

    def encode(self, sound: Sound) -> Encoded:
        """The sound and the silence behind it, as far as the window reaches. Shape (samples,), 16 kHz."""
        states = self._states(sound)
        return Encoded(states, self.decoder.cross(states))

    def decode(
        self, encoded: Encoded, prompt: Sequence[int], search: Search, max_tokens: int, draft: Sequence[int] = ()
    ) -> Decoded:
        """The likeliest tokens behind the prompt, at most so many."""
        cross = encoded.cross
        if cross is None or search.end_states != END_STATES:
            cross = self.decoder.cross(encoded.states, search.end_states)
        if search.beam > 1:
            return decode_in_beam(self.decoder, cross, prompt, search.beam, max_tokens)
        return decode_greedily(self.decoder, cross, prompt, max_tokens, draft)

    def _states(self, sound: Sound) -> States:
        (states,) = run(self._encoder, ["states"], {"mel": padded_mel(self.mel, sound)[None]})
        encoded: States = states[0]
        return encoded
