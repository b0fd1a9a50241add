"""SHA256SUMS of a folder, as sha256sum reads it, and the signature over it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from inzwa.errors import InzwaError
from inzwa.models.checksums import digest_of
from inzwa.models.signing import dsse
from inzwa.models.signing.keys import PrivateKey, PublicKey

SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.dsse.json"
KEY: Final = "release.pub"
"""The public key, for convenience: whoever verifies has it from elsewhere."""
TYPE: Final = "application/vnd.inzwa.release.v1+sha256sums"

_LINE: Final = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<name>[^/\n]+)")


class BadRelease(InzwaError):
    """Not what was signed."""

    code = "bad_release"


def sign(folder: Path, key: PrivateKey) -> None:
    """Write the hashes of all files in the folder, their signature, and the public key beside them."""
    names = sorted(path.name for path in folder.iterdir() if path.name not in (SUMS, SIGNATURE, KEY))
    text = "".join(f"{digest_of(folder / name).sha256}  {name}\n" for name in names)
    (folder / SUMS).write_text(text, encoding="utf-8")
    (folder / KEY).write_text(key.public.pem, encoding="ascii")
    (folder / SIGNATURE).write_text(dsse.sign(TYPE, text.encode(), key), encoding="utf-8")


def verified(folder: Path, trusted: Sequence[PublicKey]) -> tuple[Mapping[str, str], PublicKey]:
    """The sha256 of each file by its name, and which key signed them. BadRelease names what differs."""
    try:
        payload, signer = dsse.verify(TYPE, _read(folder / SIGNATURE), trusted)
    except dsse.NotSigned as error:
        raise BadRelease(f"{folder / SIGNATURE}: {error}") from None
    if payload != _read(folder / SUMS):
        raise BadRelease(f"{folder / SUMS}: other lines than those that were signed")
    sums = _lines(payload.decode())
    for name, sha256 in sums.items():
        if not (folder / name).is_file() or digest_of(folder / name).sha256 != sha256:
            raise BadRelease(f"{folder / name}: not the file that was signed")
    if strays := {path.name for path in folder.iterdir()} - sums.keys() - {SUMS, SIGNATURE, KEY}:
        raise BadRelease(f"{folder / min(strays)}: nobody has signed for it")
    return sums, signer


def _lines(text: str) -> dict[str, str]:
    found = [_LINE.fullmatch(line) for line in text.splitlines()]
    if not found or None in found:
        raise BadRelease(f"{SUMS}: expected lines of sha256 and name")
    return {line["name"]: line["sha256"] for line in found if line}


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(dsse.MAX_BYTES)
    except OSError as error:
        raise BadRelease(f"{path} cannot be read: {error.strerror}") from None
