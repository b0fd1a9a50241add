"""A Whisper checkpoint of transformers to CTranslate2 in INT8, with NumPy.

The result is byte for byte that of CTranslate2's own converter, which needs torch, for a float32 checkpoint.
"""

import json
from itertools import product
from pathlib import Path
from typing import Any, Final

from ctranslate2.specs import WhisperSpec

from inzwa.models.convert.checkpoint import Checkpoint
from inzwa.models.convert.whisper_network import Sizes, fill
from inzwa.models.convert.whisper_tokens import language_ids, read_tokenizer, token_names
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import ProgressCallback

_FEATURES: Final = "preprocessor_config.json"
_TOKENIZER: Final = "tokenizer.json"


def convert(source: LocalModel, out: Path, report: ProgressCallback) -> None:
    """Write model.bin, config.json, vocabulary.json, tokenizer.json and preprocessor_config.json into `out`."""
    checkpoint = Checkpoint(source, "model.bin", report)
    sizes = Sizes.read(checkpoint.config("whisper"))
    tokenizer = read_tokenizer(checkpoint)
    names = token_names(tokenizer, sizes.vocabulary)
    spec = WhisperSpec(sizes.encoder_layers, sizes.encoder_heads, sizes.decoder_layers, sizes.decoder_heads)
    fill(spec, checkpoint, sizes)
    _configure(spec, checkpoint, sizes, names)
    spec.register_vocabulary(names)
    spec.validate()
    spec.optimize()  # without a type it only finds weights that are stored twice: they are INT8 already
    spec.save(str(out))
    _write(checkpoint, _TOKENIZER, tokenizer, out)
    _write(checkpoint, _FEATURES, _features(sizes), out)
    checkpoint.finish()


def _configure(spec: WhisperSpec, checkpoint: Checkpoint, sizes: Sizes, names: list[str]) -> None:
    """Suppressed tokens, languages and alignment heads: from generation_config.json, else config.json."""
    config: dict[str, Any] = checkpoint.json("generation_config.json") or checkpoint.json("config.json")
    upper_layers = range(sizes.decoder_layers // 2, sizes.decoder_layers)
    spec.config.suppress_ids = config.get("suppress_tokens") or []
    spec.config.suppress_ids_begin = config.get("begin_suppress_tokens") or []
    spec.config.lang_ids = sorted(config.get("lang_to_id", {}).values()) or language_ids(names)
    spec.config.alignment_heads = config.get("alignment_heads") or list(  # CTranslate2's default
        product(upper_layers, range(sizes.decoder_heads))
    )


def _features(sizes: Sizes) -> dict[str, Any]:
    """preprocessor_config.json: the same for every Whisper but for the number of mel bands."""
    return {
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": sizes.bands,
        "sampling_rate": 16_000,
        "n_fft": 400,
        "hop_length": 160,
        "chunk_length": 30,
    }


def _write(checkpoint: Checkpoint, name: str, default: dict[str, Any], out: Path) -> None:
    """The checkpoint's own file, byte for byte; where it has none, `default`."""
    own = checkpoint.path(name)
    (out / name).write_bytes(own.read_bytes() if own else json.dumps(default, ensure_ascii=False).encode())
