"""Whisper's tokenizer and the names of its tokens, whichever files a checkpoint has them in."""

from collections.abc import Mapping
from typing import Any, Final

from inzwa.errors import NotConvertible
from inzwa.models.convert.checkpoint import Checkpoint

_START: Final = "<|startoftranscript|>"
_TRANSLATE: Final = "<|translate|>"
_TIMESTAMP_STEP_S: Final = 0.02

_BYTE_LEVEL: Final[Mapping[str, Any]] = {
    "type": "ByteLevel",
    "add_prefix_space": False,
    "trim_offsets": True,
    "use_regex": True,
}
_SPECIAL: Final[Mapping[str, Any]] = {
    "single_word": False,
    "lstrip": False,
    "rstrip": False,
    "normalized": False,
    "special": True,
}


def read_tokenizer(checkpoint: Checkpoint) -> dict[str, Any]:
    """tokenizer.json; older checkpoints have vocab.json, merges.txt and added_tokens.json instead."""
    if tokenizer := checkpoint.json("tokenizer.json"):
        return tokenizer
    vocab, added = checkpoint.json("vocab.json"), checkpoint.json("added_tokens.json")
    merges = _merges(checkpoint)
    if not vocab or not merges:
        raise NotConvertible(f"{checkpoint.name}: expected tokenizer.json, or vocab.json and merges.txt; found neither")
    special = {token: number for token, number in vocab.items() if token.startswith("<|") and token.endswith("|>")}
    numbered = sorted((special | added).items(), key=lambda item: item[1])
    return {
        "version": "1.0",
        "added_tokens": [{"id": number, "content": token, **_SPECIAL} for token, number in numbered],
        "pre_tokenizer": dict(_BYTE_LEVEL),
        "decoder": dict(_BYTE_LEVEL),
        "model": {"type": "BPE", "vocab": vocab, "merges": merges},
    }


def token_names(tokenizer: Mapping[str, Any], size: int) -> list[str]:
    """The tokens by id, `size` of them: timestamps that the tokenizer lacks are added."""
    try:
        ids: dict[str, int] = dict(tokenizer["model"]["vocab"])
        ids |= {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    except (KeyError, TypeError, ValueError) as error:
        raise NotConvertible("tokenizer.json: expected a vocabulary and added tokens, found another layout") from error
    names = {number: token for token, number in ids.items()}
    if set(names) != set(range(len(ids))) or not {_START, _TRANSLATE} <= ids.keys():
        raise NotConvertible("tokenizer.json: expected Whisper's tokens, numbered without a gap; found others")
    steps = range(max(0, size - len(names)))
    return [names[number] for number in range(min(len(names), size))] + [
        f"<|{number * _TIMESTAMP_STEP_S:.2f}|>" for number in steps
    ]


def language_ids(names: list[str]) -> list[int]:
    """The languages are between the start and the tasks; an English-only model has the same tokens, unused."""
    return list(range(names.index(_START) + 1, names.index(_TRANSLATE)))


def _merges(checkpoint: Checkpoint) -> list[str]:
    path = checkpoint.path("merges.txt")
    lines = path.read_text(encoding="utf-8").splitlines() if path else []
    return [line for line in lines if " " in line and not line.startswith("#version")]


def token_bytes(token: str) -> bytes:
    """A token of GPT-2's byte-level alphabet decoded. KeyError for a letter outside the alphabet."""
    return bytes(_BYTES[letter] for letter in token)


def _alphabet() -> dict[str, int]:
    """A visible Latin-1 letter is its byte, letters from U+0100 on are the others (Radford et al. 2019)."""
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {chr(byte): byte for byte in visible} | {chr(256 + place): byte for place, byte in enumerate(hidden)}


_BYTES: Final[Mapping[str, int]] = _alphabet()
