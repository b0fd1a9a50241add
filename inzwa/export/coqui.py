"""A Coqui VITS in torch: its weights, its ONNX graph, its sound from given noise. Blocking.

torch and coqui-tts are imported when a checkpoint is opened and nowhere else.
"""

import json
import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from inzwa.audio.pcm import Sound
from inzwa.engines.tts.text.frontend import SynthesisConfig
from inzwa.errors import NotConvertible
from inzwa.export.description import Description

REMEDY: Final = "In an environment of its own: pip install -r requirements-export.txt"

_TRAINING_ONLY: Final = ("disc.", "speaker_encoder.", "audio_resampler.", "audio_transform.")
"""Prefixes of a checkpoint's weights."""


class CoquiCheckpoint:
    """A loaded voice."""

    def __init__(self, path: Path, description: Description, language_ids: Path) -> None:
        """NotConvertible where the file is not the description's weights, or holds anything beside weights."""
        self._torch, vits, config = _libraries()
        weights = self._weights(path)
        self._speakers, self._languages = description.speakers, description.languages
        _check_names(weights, "emb_g.weight", self._speakers, "speakers", "speakers.json")
        _check_names(weights, "emb_l.weight", self._languages, "languages", "language_ids.json")
        try:
            self._model = vits.Vits(config.VitsConfig.new_from_dict(description.for_coqui(language_ids))).eval()
            self._model.load_state_dict(weights)
        except (RuntimeError, TypeError, ValueError, KeyError, AttributeError, AssertionError) as error:
            lines = str(error).strip().splitlines()
            raise NotConvertible(f"The config does not fit the weights: {' '.join(lines[:3])[:300]}") from error

    def write_graph(self, path: Path) -> None:
        """ONNX, batch 1, with the inputs input, input_lengths, scales, sid, langid."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the tracer's, about shapes that are the same for every text
            self._model.export_onnx(str(path), verbose=False)

    def say(self, ids: npt.NDArray[np.int64], config: SynthesisConfig, seed: int) -> Sound:
        """The sound of ids, shape (1, ids), with noise drawn by torch from `seed`."""
        torch, model = self._torch, self._model
        model.inference_noise_scale, model.inference_noise_scale_dp = config.noise_scale, config.noise_w
        model.length_scale = config.length_scale
        torch.manual_seed(seed)
        inputs = {
            "x_lengths": torch.tensor([ids.shape[1]]),
            "d_vectors": None,
            "speaker_ids": torch.tensor([config.speaker]) if self._speakers else None,
            "language_ids": torch.tensor([config.language]) if self._languages else None,
            "durations": None,
        }
        with torch.no_grad():
            sound: Sound = model.inference(torch.from_numpy(ids), inputs)["model_outputs"].reshape(-1).numpy()
        return sound

    def noise(self, seed: int) -> "TorchNoise":
        """The noise that `say` draws from the same seed, with the interface of NumPy's generator."""
        return TorchNoise(self._torch, seed)

    def _weights(self, path: Path) -> dict[str, Any]:
        if not path.is_file():
            raise NotConvertible(f"There is no file {path}.")
        more = self._torch.serialization.pickle.UnpicklingError
        try:
            loaded = self._torch.load(path, map_location="cpu", weights_only=True)
        except (more, RuntimeError, ValueError, TypeError, KeyError, EOFError, OSError) as error:
            raise NotConvertible(
                f"{path.name} cannot be loaded as weights alone ({type(error).__name__}). A checkpoint that holds more "
                'may run code and is not opened; save {"model": weights} where it was trained.'
            ) from error
        weights = loaded.get("model", loaded) if isinstance(loaded, dict) else None
        if not isinstance(weights, dict) or not all(isinstance(each, self._torch.Tensor) for each in weights.values()):
            raise NotConvertible(f"{path.name} has no model's weights.")
        return {name: each for name, each in weights.items() if not name.startswith(_TRAINING_ONLY)}


class TorchNoise:
    """Noise as torch draws it after `manual_seed`, in the network's order."""

    def __init__(self, torch: ModuleType, seed: int) -> None:
        self._torch = torch
        torch.manual_seed(seed)

    def standard_normal(self, shape: tuple[int, ...], /, dtype: type[np.float32]) -> npt.NDArray[np.float32]:
        """Of durations, shape (1, 2, ids); of frames, drawn like a transposed tensor, as the network does."""
        batch, channels, count = shape
        empty = self._torch.empty
        like = empty(shape) if channels == 2 else empty((batch, count, channels)).transpose(1, 2)
        noise: npt.NDArray[np.float32] = self._torch.randn_like(like).contiguous().numpy().astype(dtype)
        return noise


def _check_names(weights: dict[str, Any], name: str, names: Mapping[str, int], what: str, file: str) -> None:
    count = len(weights[name]) if name in weights else 0
    if count != len(names):
        raise NotConvertible(
            f"The checkpoint has {count} {what} and {len(names)} are named: put {file} beside the config."
        )


def write_names(path: Path, names: Mapping[str, int]) -> None:
    """Name to id, as Inzwa's front end takes it."""
    path.write_text(json.dumps(dict(names), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _libraries() -> tuple[ModuleType, ModuleType, ModuleType]:
    """torch, and of coqui-tts its VITS and its config. NotConvertible says how to get them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import torch
            from TTS.tts.configs import vits_config
            from TTS.tts.models import vits
    except ImportError as error:
        raise NotConvertible(f"{error.name or 'A package'} is not installed. {REMEDY}") from error
    logging.getLogger("TTS").setLevel(logging.ERROR)
    return torch, vits, vits_config
