"""A small Whisper that transformers made and saved, and CTranslate2's own conversion of it. Needs torch."""

import json
from pathlib import Path

import numpy as np
import torch
from ctranslate2.converters import TransformersConverter
from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration

from tests.models.convert.small_whisper import CONFIG, GENERATION, tokenizer


def make(folder: Path, dtype: str, shard_bytes: int) -> WhisperForConditionalGeneration:
    """A model with random weights, saved with its tokenizer in shards of at most so many bytes."""
    torch.manual_seed(0)
    model = WhisperForConditionalGeneration(WhisperConfig(**CONFIG, pad_token_id=0)).to(getattr(torch, dtype)).eval()
    for tensor in model.parameters():  # transformers draws them so small that every state comes out alike
        torch.nn.init.normal_(tensor, std=0.2)
    model.generation_config = GenerationConfig(**GENERATION)
    model.save_pretrained(folder, max_shard_size=shard_bytes)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer()), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"}))
    return model


def convert(folder: Path, out: Path) -> None:
    """CTranslate2's own converter, INT8."""
    TransformersConverter(str(folder)).convert(str(out), quantization="int8")


def states(model: WhisperForConditionalGeneration, features: np.ndarray) -> np.ndarray:
    """What the encoder makes of features, shape (1, bands, 3000)."""
    with torch.no_grad():
        return model.model.encoder(torch.from_numpy(features)).last_hidden_state.numpy()
