"""The front end for a model by its own metadata: Piper, MMS-TTS or Coqui."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

from inzwa.engines.tts.text.coqui import CoquiFrontend
from inzwa.engines.tts.text.frontend import TextFrontend
from inzwa.engines.tts.text.mms import MmsFrontend
from inzwa.engines.tts.text.piper import PiperFrontend, read_piper_config
from inzwa.errors import EngineError
from inzwa.models.local_model import LocalModel


def open_frontend(model: LocalModel) -> TextFrontend:
    """The voice's front end. EngineError where its files describe none of the three kinds."""
    paths = {PurePosixPath(file.name).name: model.folder / file.name for file in model.files}
    described = [path for name, path in paths.items() if name.endswith(".onnx.json") or name == "config.json"]
    if not described:
        raise EngineError("tts", f"{model.name} has neither a .onnx.json nor a config.json that describes a voice.")
    path = min(described, key=lambda path: path.name == "config.json")
    try:
        return _frontend(path, _json(path), paths)
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise EngineError("tts", f"{path.name} of {model.name} does not describe a voice: {error!r}.") from error


def _frontend(path: Path, content: dict[str, Any], paths: dict[str, Path]) -> TextFrontend:
    if "phoneme_id_map" in content:
        return PiperFrontend(read_piper_config(path))
    if content.get("model_type") == "vits":
        return MmsFrontend(content, _json(paths["vocab.json"]), _optional(paths, "tokenizer_config.json"))
    if content.get("model") == "vits" and "characters" in content:
        speakers = _optional(paths, "speakers.json", "speaker_ids.json")
        return CoquiFrontend(content, speakers, _optional(paths, "language_ids.json"))
    raise ValueError("expected phoneme_id_map (Piper), model_type vits (MMS-TTS) or model vits (Coqui)")


def _optional(paths: dict[str, Path], *names: str) -> dict[str, Any]:
    """The first of these files that is there; empty where none is."""
    return next((_json(paths[name]) for name in names if name in paths), {})


def _json(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError(f"{path.name} holds no object")
    return content
