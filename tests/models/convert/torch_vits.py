"""A VITS with random weights that transformers made and saved, and the sound it makes of given noise. Needs torch."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import VitsConfig, VitsModel, VitsTokenizer

SEED = 11
_QUIET = 0.02


def make(folder: Path, **changes: Any) -> VitsModel:
    """A model of MMS-TTS's configuration, or of one changed, saved with a vocabulary."""
    torch.manual_seed(0)
    model = VitsModel(VitsConfig(**changes)).eval()
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if name.endswith(("translate", "log_scale", "bias")):  # zero until trained
                tensor.normal_(std=0.1)
        model.text_encoder.project.weight.mul_(0.1)  # keeps spreads near 1
        model.decoder.conv_post.weight.mul_(_QUIET)  # keeps the sound where tanh hides no difference
    model.save_pretrained(folder)
    letters = {chr(97 + number): number for number in range(model.config.vocab_size)}
    (folder / "vocab.json").write_text(json.dumps(letters), encoding="utf-8")
    return model


def say(model: VitsModel, ids: np.ndarray) -> np.ndarray:
    """The sound of ids, (1, symbols), with the noise that the seed gives."""
    torch.manual_seed(SEED)
    with torch.no_grad():
        return model(torch.from_numpy(ids)).waveform[0].numpy()


class SameNoise:
    """In the place of NumPy's generator: the numbers that `say` drew, in the order that it drew them."""

    def __init__(self) -> None:
        torch.manual_seed(SEED)

    def standard_normal(self, shape: tuple[int, ...], dtype: type) -> np.ndarray:
        """Frames were drawn like a tensor that had been turned: torch fills those in another order."""
        like = torch.empty(shape) if shape[1] == 2 else torch.empty((shape[0], shape[2], shape[1])).transpose(1, 2)
        return torch.randn_like(like).contiguous().numpy().astype(dtype)


def ids(folder: Path, text: str) -> list[int]:
    """What transformers' tokenizer makes of a text."""
    return VitsTokenizer.from_pretrained(folder)(text)["input_ids"]
