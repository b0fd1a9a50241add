"""GPT-2's byte-level alphabet, decoded: a visible Latin-1 letter is its byte, letters from U+0100 on are the others."""

from collections.abc import Mapping
from typing import Final


def _letters() -> dict[str, int]:
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {chr(byte): byte for byte in visible} | {chr(256 + place): byte for place, byte in enumerate(hidden)}


_BYTES: Final[Mapping[str, int]] = _letters()


def token_bytes(token: str) -> bytes:
    """KeyError for a letter outside the alphabet."""
    return bytes(_BYTES[letter] for letter in token)
