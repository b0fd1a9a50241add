"""Ed25519 keys in PEM files. The package `cryptography` is optional, and imported when a key is first used."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from inzwa.errors import BadKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SUFFIXES: Final = (".pem", ".pub")
"""Of key files in a folder."""
MAX_BYTES: Final = 1 << 16
_BEGIN: Final = "-----BEGIN "
_END: Final = "-----END PUBLIC KEY-----"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Verifies signatures."""

    raw: bytes
    """32 bytes."""

    @property
    def name(self) -> str:
        """The key's id in signatures and messages: its type and the beginning of its sha256."""
        return f"ed25519:{hashlib.sha256(self.raw).hexdigest()[:16]}"

    @property
    def pem(self) -> str:
        """As files have it: SubjectPublicKeyInfo by RFC 8410."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this key's, over the message."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key().verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def _key(self) -> "Ed25519PublicKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        return Ed25519PublicKey.from_public_bytes(self.raw)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """Signs."""

    raw: bytes = field(repr=False)
    """32 bytes. A secret."""

    @property
    def public(self) -> PublicKey:
        return PublicKey(self._key().public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The signature over the message, 64 bytes."""
        return self._key().sign(message)

    def _key(self) -> "Ed25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.raw)


def write_key_pair(path: Path) -> PublicKey:
    """A new private key at `path`, readable by its owner alone, and the public key beside it with `.pub` added.

    BadKey when one of them exists already: no key is ever overwritten.
    """
    _require_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    public = PublicKey(key.public_key().public_bytes_raw())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public_path = path.with_name(f"{path.name}.pub")
    for each, content, mode in ((public_path, public.pem.encode(), 0o644), (path, secret, 0o600)):
        try:
            with os.fdopen(os.open(each, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(content)
        except OSError as error:
            raise BadKey(f"the key {each} cannot be written: {error.strerror}; no key is overwritten") from error
    return public


def read_private_key(path: Path) -> PrivateKey:
    """BadKey says what the file is instead."""
    _require_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    text = _text(path)
    with _load_errors(path):
        key = load_pem_private_key(text.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"the key {path}: expected a private Ed25519 key, found another kind")
    return PrivateKey(key.private_bytes_raw())


def read_public_keys(path: Path) -> tuple[PublicKey, ...]:
    """The keys of a file, or of every .pem and .pub file in a folder: one at least. BadKey names what is wrong."""
    _require_cryptography()
    try:
        files = [each for each in sorted(path.iterdir()) if each.suffix in SUFFIXES] if path.is_dir() else [path]
    except OSError as error:
        raise BadKey(f"the folder of keys {path} cannot be read: {error.strerror}") from error
    if not files:
        raise BadKey(f"the folder of keys {path}: expected a file of {' or '.join(SUFFIXES)}, found none")
    return tuple(dict.fromkeys(key for file in files for key in _public_keys(file)))


def _public_keys(path: Path) -> Iterator[PublicKey]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    *blocks, rest = _text(path).split(_END)
    if not blocks or _BEGIN in rest or any(block.count(_BEGIN) != 1 for block in blocks):
        raise BadKey(f"the key {path}: expected public keys in PEM and nothing else, never a private one")
    for block in blocks:
        with _load_errors(path):
            key = load_pem_public_key((block + _END).encode())
        if not isinstance(key, Ed25519PublicKey):
            raise BadKey(f"the key {path}: expected public Ed25519 keys, found another kind")
        yield PublicKey(key.public_bytes_raw())


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES).decode("ascii")
    except OSError as error:
        raise BadKey(f"the key {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise BadKey(f"the key {path}: expected a key in PEM, found other bytes") from None


@contextmanager
def _load_errors(path: Path) -> Iterator[None]:
    """What `cryptography` raises, as BadKey."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        yield
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it has a password
        raise BadKey(
            f"the key {path}: expected an Ed25519 key in PEM without a password, found none ({error})"
        ) from None


def _require_cryptography() -> None:
    if find_spec("cryptography") is None:
        raise BadKey("signatures need the package cryptography: pip install -r requirements-signing.txt")
