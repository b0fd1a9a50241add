"""Chooses what a Whisper's network runs on: ONNX Runtime where its weights allow it, CTranslate2 elsewhere.

Only one of the two is loaded: CTranslate2's library takes 30 MB even while it does nothing.
"""

import logging
from pkgutil import resolve_name
from typing import Final

from inzwa.engines.asr.decoder_graph import EMBEDDINGS
from inzwa.engines.asr.network import Network
from inzwa.engines.asr.onnx_network import OnnxNetwork
from inzwa.engines.asr.tokenizer import WhisperTokenizer
from inzwa.errors import EngineError, NotConvertible
from inzwa.formats.ct2_file import Ct2File
from inzwa.models.local_model import LocalModel

log = logging.getLogger(__name__)

_ENGLISH_TOKENS: Final = 51_864
"""The vocabulary of a Whisper for English only; the others' are larger."""


def open_network(model: LocalModel, *, threads: int) -> tuple[Network, WhisperTokenizer]:
    """Of CTranslate2's files. EngineError where they are no Whisper."""
    file = model.path("model.bin")
    try:
        weights = Ct2File(file)
        multilingual = len(weights.weights(EMBEDDINGS)) > _ENGLISH_TOKENS
        tokenizer = WhisperTokenizer(model.path("tokenizer.json"), multilingual=multilingual)
        return OnnxNetwork(file.parent, weights, tokenizer.special_tokens, threads=threads), tokenizer
    except (EngineError, NotConvertible) as error:  # weights in INT8, an unknown layout or tokenizer
        log.info("%s runs on CTranslate2, token by token: %s", model.name, error.message)
    network = resolve_name("inzwa.engines.asr.ct2_network:Ct2Network")(file.parent, threads=threads)
    return network, WhisperTokenizer(model.path("tokenizer.json"), multilingual=network.multilingual)
