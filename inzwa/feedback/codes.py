"""The withdrawal code: all that a contributor needs to see, change or delete what they gave.

Only the contributor has it. What is stored and published is the contributor's id, a hash of the code, from which the
code cannot be found: it has 120 random bits.
"""

import hashlib
import secrets
from typing import Final

from inzwa.errors import ConsentNeeded

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or digit that looks like another."""
GROUPS: Final = 5
GROUP: Final = 5
"""Characters: 5 groups of 5 are 122 bits."""


def new_code() -> str:
    """`XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`, at random."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def contributor_id(code: str) -> str:
    """32 hexadecimal digits. Case, spaces and hyphens of the code do not matter. ConsentNeeded for what is no code."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    if len(plain) != GROUPS * GROUP or set(plain) - set(ALPHABET):
        raise ConsentNeeded("That is no withdrawal code: it has 25 letters and digits, in groups of 5.")
    return hashlib.sha256(f"inzwa contributor {plain}".encode()).hexdigest()[:32]
