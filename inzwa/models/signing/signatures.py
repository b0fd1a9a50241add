"""What is signed of a model, and the envelope that the signature comes in. Knows no store and no disk.

The envelope is DSSE's (github.com/secure-systems-lab/dsse): JSON with the manifest's bytes and signatures over these
very bytes and their type, so that nothing has to be written the same way twice to be checked.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from inzwa.models.signing.keys import PrivateKey, PublicKey
from inzwa.models.toml_table import is_file_name
from inzwa.protocols import FileInfo

TYPE: Final = "application/vnd.inzwa.model-manifest.v1+json"
MOST_BYTES: Final = 1 << 20
"""A longer envelope is not read."""
MOST_SIGNATURES: Final = 16

Refuse = Callable[[str, str], Exception]
"""An error from what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What whoever signs vouches for."""

    name: str
    """The model's name, as the catalogue or its user says it. A signature over one model is none over another."""
    revision: str
    """Where the bytes came from, for people: the hashes decide."""
    files: tuple[FileInfo, ...]

    def encoded(self) -> bytes:
        """As JSON."""
        files = {file.name: {"size": file.size, "sha256": file.sha256} for file in self.files}
        said = {"name": self.name, "revision": self.revision, "files": files}
        return json.dumps(said, indent=1, sort_keys=True).encode()

    @classmethod
    def decoded(cls, payload: bytes) -> Self:
        """ValueError when it is none."""
        try:
            said = json.loads(payload)
            files = tuple(FileInfo(name, one["size"], one["sha256"]) for name, one in said["files"].items())
            manifest = cls(said["name"], said["revision"], files)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"no manifest ({error!r})") from None
        texts = (manifest.name, manifest.revision, *(file.sha256 for file in files))
        sizes = (type(file.size) is int for file in files)
        if not files or not all(isinstance(text, str) for text in texts) or not all(sizes):
            raise ValueError("no manifest (a field of the wrong kind)")
        if bad := [file.name for file in files if not is_file_name(file.name)]:
            raise ValueError(f"no manifest ({bad[0]!r} leads out of the folder)")
        return manifest


def sealed(manifest: Manifest, key: PrivateKey) -> str:
    """The envelope around a manifest."""
    return enveloped(TYPE, manifest.encoded(), key)


def opened(envelope: bytes, trusted: Sequence[PublicKey], refuse: Refuse) -> tuple[Manifest, PublicKey]:
    """The manifest that one of these keys signed, and which. `refuse`'s error when there is none such."""
    payload, signer = payload_of(TYPE, envelope, trusted, refuse)
    try:
        return Manifest.decoded(payload), signer
    except ValueError as error:
        raise refuse("a manifest of a model's files", str(error)) from None


def enveloped(kind: str, payload: bytes, key: PrivateKey) -> str:
    """The envelope around any bytes of this kind."""
    signature = {"keyid": key.public.name, "sig": _coded(key.signature(_covered(kind, payload)))}
    return json.dumps({"payloadType": kind, "payload": _coded(payload), "signatures": [signature]}, indent=1)


def payload_of(kind: str, envelope: bytes, trusted: Sequence[PublicKey], refuse: Refuse) -> tuple[bytes, PublicKey]:
    """The bytes of this kind that one of these keys signed, and which. `refuse`'s error when there are none such."""
    try:
        payload, signatures, names = _parts(kind, envelope)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refuse("a signed manifest", f"a damaged one ({type(error).__name__})") from None
    covered = _covered(kind, payload)
    signer = next((key for key in trusted for each in signatures if key.made(each, covered)), None)
    if signer is None:
        known = {key.name for key in trusted}
        found = "a manifest that was changed since" if known & set(names) else f"one by {', '.join(names) or 'nobody'}"
        raise refuse(f"a signature by {' or '.join(sorted(known))}", found)
    return payload, signer


def _parts(kind: str, envelope: bytes) -> tuple[bytes, list[bytes], list[str]]:
    """Payload, signatures, and whose they say they are, which nobody believes."""
    said: dict[str, Any] = json.loads(envelope)
    if said["payloadType"] != kind or len(said["signatures"]) > MOST_SIGNATURES:
        raise ValueError
    signatures = [_decoded(each["sig"]) for each in said["signatures"]]
    return _decoded(said["payload"]), signatures, [str(each.get("keyid", "nobody"))[:80] for each in said["signatures"]]


def _covered(kind: str, payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding of type and payload."""
    coded = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(coded), coded, len(payload), payload)


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
