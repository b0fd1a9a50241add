"""Chooses what a Whisper's network runs on: ONNX Runtime where its weights allow it, CTranslate2 elsewhere.

Only one of the two is loaded: CTranslate2's library takes 30 MB even while it does nothing.
"""

import logging
from pathlib import Path
from pkgutil import resolve_name
from typing import Final

from inzwa.engines.asr.decoder_graph import EMBEDDINGS
from inzwa.engines.asr.network import Network
from inzwa.engines.asr.onnx_network import OnnxNetwork
from inzwa.engines.asr.tokenizer import WhisperTokenizer
from inzwa.errors import EngineError, NotConvertible
from inzwa.formats.ct2_file import Ct2File

log = logging.getLogger(__name__)

_ENGLISH_TOKENS: Final = 51_864
"""The vocabulary of a Whisper for English only; the others' are larger."""


def open_network(folder: Path, tokenizer_file: Path, *, threads: int) -> tuple[Network, WhisperTokenizer]:
    """Of CTranslate2's files in `folder`. EngineError where they are no Whisper."""
    try:
        model = Ct2File(folder / "model.bin")
        multilingual = len(model.weights(EMBEDDINGS)) > _ENGLISH_TOKENS
        tokenizer = WhisperTokenizer(tokenizer_file, multilingual=multilingual)
        return OnnxNetwork(folder, model, tokenizer.special_tokens, threads=threads), tokenizer
    except (EngineError, NotConvertible) as error:  # weights in INT8, an unknown layout or tokenizer
        log.info("%s runs on CTranslate2, token by token: %s", folder.name, error.message)
    network = resolve_name("inzwa.engines.asr.ct2_network:Ct2Network")(folder, threads=threads)
    return network, WhisperTokenizer(tokenizer_file, multilingual=network.multilingual)
