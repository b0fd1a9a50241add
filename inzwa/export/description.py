"""A Coqui VITS's config.json, and the names of speakers and languages beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from inzwa.errors import NotConvertible

_TRAINING: Final = {
    "init_discriminator": False,
    "use_speaker_encoder_as_loss": False,
    "speaker_encoder_model_path": "",
    "speaker_encoder_config_path": "",
    "speakers_file": None,
}
"""Arguments that only training needs, or that are paths where the model was trained."""

_CHARACTERS: Final = "TTS.tts."
"""The only package that a config may name a class of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Of one voice."""

    config: Mapping[str, Any]
    """config.json."""
    speakers: Mapping[str, int] = field(default_factory=dict)
    """Name to id; empty where neither the config nor a file names them."""
    languages: Mapping[str, int] = field(default_factory=dict)

    def for_coqui(self, language_ids: Path) -> dict[str, Any]:
        """The config for coqui-tts, without a phonemiser; the file `language_ids` has `languages` in it."""
        args = {**(self.config.get("model_args") or {}), **_TRAINING, "language_ids_file": str(language_ids)}
        return {
            **self.config,
            "characters": {**self.config["characters"], "characters_class": self._characters_class()},
            "use_phonemes": False,
            "text_cleaner": None,
            "datasets": [],
            "test_sentences": [],
            "speakers_file": None,
            "language_ids_file": str(language_ids),
            "speakers": sorted(self.speakers, key=self.speakers.__getitem__),
            "model_args": args,
        }

    def _characters_class(self) -> str:
        named = self.config["characters"].get("characters_class") or ""
        if named and not named.startswith(_CHARACTERS):
            raise NotConvertible(f"The config names {named} for its characters; only those of coqui-tts are supported.")
        plain = "IPAPhonemes" if self.config.get("use_phonemes") else "Graphemes"
        return named or f"{_CHARACTERS}utils.text.characters.{plain}"


def read_description(path: Path) -> Description:
    """From a config.json, and speakers.json and language_ids.json beside it. NotConvertible where it is no VITS."""
    config = _object(path)
    args = config.get("model_args") or {}
    if config.get("model") != "vits" or not isinstance(config.get("characters"), dict):
        raise NotConvertible(f"{path.name} does not describe a Coqui VITS: expected model vits and its characters.")
    if config.get("use_d_vector_file") or args.get("use_d_vector_file"):
        raise NotConvertible("The voice takes speaker vectors of another network; only speaker ids are supported.")
    return Description(
        config=config,
        speakers=_names(path.parent, "speakers.json", "speaker_ids.json") or _numbered(config.get("speakers")),
        languages=_names(path.parent, "language_ids.json"),
    )


def _names(folder: Path, *files: str) -> dict[str, int]:
    found = next((folder / name for name in files if (folder / name).is_file()), None)
    names = _object(found) if found else {}
    if sorted(names.values(), key=str) != sorted(range(len(names)), key=str):
        raise NotConvertible(f"{found} does not number its names from 0 on.")
    return names


def _numbered(names: Any) -> dict[str, int]:
    """Newer configs list the names in the order of ids."""
    return {str(name): number for number, name in enumerate(names)} if isinstance(names, list) else {}


def _object(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotConvertible(f"{path} cannot be read as JSON.") from error
    if not isinstance(content, dict):
        raise NotConvertible(f"{path} has no JSON object.")
    return content
