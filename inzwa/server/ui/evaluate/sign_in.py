"""Sign-in with the Hub's OAuth, where a Space offers it (`hf_oauth: true` in its README): the same contributor on every
device. Of the account only a keyed hash is used, never the name."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from anyio import to_thread
from gradio.utils import get_space

from inzwa.feedback.codes import ALPHABET, GROUP, GROUPS
from inzwa.feedback.store.folder import make_folder, sync_folder

SECRET_FILE: Final = "sign-in.key"
"""In the data folder: whoever has it can tell which contributor an account of the Hub is."""
SECRET_BYTES: Final = 32


def sign_in_offered() -> bool:
    """Whether this is a Space with OAuth: the Hub sets these variables."""
    return get_space() is not None and "OAUTH_CLIENT_ID" in os.environ


async def signed_in_code(folder: Path, subject: str) -> str:
    """The withdrawal code of the account whose OpenID `sub` this is, with the secret of the data folder `folder`."""
    return code_of(await to_thread.run_sync(_secret, folder), subject)


def code_of(secret: bytes, subject: str) -> str:
    """HMAC-SHA256 of the account's `sub`, written as a withdrawal code: 122 of its bits."""
    number = int.from_bytes(hmac.digest(secret, f"inzwa sign-in {subject}".encode(), hashlib.sha256))
    letters = []
    for _ in range(GROUPS * GROUP):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, len(letters), GROUP))


def _secret(folder: Path) -> bytes:
    """Made at random the first time; the first of two who make it at once wins."""
    path = folder / SECRET_FILE
    if not path.exists():
        make_folder(folder)
        unfinished = folder / f"{SECRET_FILE}.{secrets.token_hex(4)}"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(SECRET_BYTES)))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
        sync_folder(folder)
    return base64.b64decode(path.read_bytes())
