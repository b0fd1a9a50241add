"""Ed25519 keys in PEM files: made, read, used. Knows nothing of what is signed.

The package `cryptography` does the work, and is loaded when a key is first needed: who wants no signatures needs none.
"""

import base64
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from inzwa.errors import BadKey

SUFFIXES: Final = (".pem", ".pub")
"""What files of keys are called in a folder of them."""
MOST_BYTES: Final = 1 << 16
_BEGIN: Final = "-----BEGIN "
_END: Final = "-----END PUBLIC KEY-----"
_SPKI_HEAD: Final = bytes.fromhex("302a300506032b6570032100")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Who may be believed."""

    raw: bytes
    """32 bytes."""

    @property
    def name(self) -> str:
        """What it is called in signatures and messages: the kind, and how its sha256 begins."""
        return f"ed25519:{hashlib.sha256(self.raw).hexdigest()[:16]}"

    @property
    def pem(self) -> str:
        """As files have it: SubjectPublicKeyInfo by RFC 8410, a fixed head and the 32 bytes."""
        coded = base64.b64encode(_SPKI_HEAD + self.raw).decode()
        return f"{_BEGIN}PUBLIC KEY-----\n{coded}\n{_END}\n"

    def made(self, signature: bytes, message: bytes) -> bool:
        """Whether it was this key that signed the message."""
        library = _library()
        try:
            library.ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except library.InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """Who signs."""

    raw: bytes = field(repr=False)
    """32 bytes. A secret."""

    @property
    def public(self) -> PublicKey:
        return PublicKey(self._key().public_key().public_bytes_raw())

    def signature(self, message: bytes) -> bytes:
        return self._key().sign(message)

    def _key(self) -> Any:
        return _library().ed25519.Ed25519PrivateKey.from_private_bytes(self.raw)


def write_key_pair(path: Path) -> PublicKey:
    """A new private key at `path`, readable by its owner alone, and its public half beside it with `.pub` added.

    BadKey when one of them is there already: no key is ever overwritten.
    """
    library = _library()
    key, coding = library.ed25519.Ed25519PrivateKey.generate(), library.serialization
    secret = key.private_bytes(coding.Encoding.PEM, coding.PrivateFormat.PKCS8, coding.NoEncryption())
    public = key.public_key().public_bytes(coding.Encoding.PEM, coding.PublicFormat.SubjectPublicKeyInfo)
    beside = path.with_name(f"{path.name}.pub")
    for each, content, mode in ((beside, public, 0o644), (path, secret, 0o600)):
        try:
            with os.fdopen(os.open(each, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(content)
        except OSError as error:
            raise BadKey(f"the key {each} cannot be written: {error.strerror}; no key is overwritten") from error
    return PublicKey(key.public_key().public_bytes_raw())


def read_private_key(path: Path) -> PrivateKey:
    """The key that signs. BadKey says what the file is instead."""
    key = _loaded(path, partial(_library().serialization.load_pem_private_key, _text(path).encode(), password=None))
    if not isinstance(key, _library().ed25519.Ed25519PrivateKey):
        raise BadKey(f"the key {path}: expected a private Ed25519 key, found another kind")
    return PrivateKey(key.private_bytes_raw())


def read_public_keys(path: Path) -> tuple[PublicKey, ...]:
    """The keys of a file, or of every .pem and .pub file in a folder: one at least. BadKey names what is wrong."""
    try:
        files = [each for each in sorted(path.iterdir()) if each.suffix in SUFFIXES] if path.is_dir() else [path]
    except OSError as error:
        raise BadKey(f"the folder of keys {path} cannot be read: {error.strerror}") from error
    if not files:
        raise BadKey(f"the folder of keys {path}: expected a file of {' or '.join(SUFFIXES)}, found none")
    return tuple(dict.fromkeys(key for file in files for key in _public_keys(file)))


def _public_keys(path: Path) -> list[PublicKey]:
    *blocks, rest = _text(path).split(_END)
    if not blocks or _BEGIN in rest or any(block.count(_BEGIN) != 1 for block in blocks):
        raise BadKey(
            f"the key {path}: expected public keys in PEM and nothing else; a private one stays with who signs"
        )
    load = _library().serialization.load_pem_public_key
    keys = [_loaded(path, partial(load, (block + _END).encode())) for block in blocks]
    if not all(isinstance(key, _library().ed25519.Ed25519PublicKey) for key in keys):
        raise BadKey(f"the key {path}: expected public Ed25519 keys, found another kind")
    return [PublicKey(key.public_bytes_raw()) for key in keys]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("ascii")
    except OSError as error:
        raise BadKey(f"the key {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise BadKey(f"the key {path}: expected a key in PEM, found other bytes") from None


def _loaded(path: Path, load: Callable[[], Any]) -> Any:
    try:
        return load()
    except (ValueError, TypeError, _library().UnsupportedAlgorithm) as error:  # TypeError: it wants a password
        raise BadKey(
            f"the key {path}: expected an Ed25519 key in PEM without a password, found none ({error})"
        ) from None


@cache
def _library() -> SimpleNamespace:
    """What is used of `cryptography`. BadKey tells how to get it."""
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise BadKey("signatures need the package cryptography: pip install -r requirements-signing.txt") from None
    return SimpleNamespace(
        InvalidSignature=InvalidSignature,
        UnsupportedAlgorithm=UnsupportedAlgorithm,
        serialization=serialization,
        ed25519=ed25519,
    )
