"""GPT-2's way to write any bytes in letters that can be seen, backwards. Pure.

Radford et al. 2019: a byte that is a visible Latin-1 letter is itself, the others are the letters from U+0100 on.
"""

from collections.abc import Mapping
from typing import Final


def _letters() -> dict[str, int]:
    seen = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in seen]
    return {chr(byte): byte for byte in seen} | {chr(256 + place): byte for place, byte in enumerate(hidden)}


_BYTES: Final[Mapping[str, int]] = _letters()


def token_bytes(token: str) -> bytes:
    """What the token stands for. KeyError for a letter that stands for none."""
    return bytes(_BYTES[letter] for letter in token)
