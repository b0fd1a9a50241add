"""DSSE envelopes (github.com/secure-systems-lab/dsse): bytes of a type, and signatures over exactly these bytes."""

import base64
import json
from collections.abc import Sequence
from typing import Any, Final

from inzwa.models.signing.keys import PrivateKey, PublicKey

MAX_BYTES: Final = 1 << 20
"""A longer envelope is not read."""
MAX_SIGNATURES: Final = 16


class NotSigned(ValueError):
    """What was expected of an envelope, and what was found."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")


def sign(payload_type: str, payload: bytes, key: PrivateKey) -> str:
    """The envelope around the payload."""
    signature = {"keyid": key.public.name, "sig": _encoded(key.sign(_signed_bytes(payload_type, payload)))}
    envelope = {"payloadType": payload_type, "payload": _encoded(payload), "signatures": [signature]}
    return json.dumps(envelope, indent=1)


def verify(payload_type: str, envelope: bytes, trusted: Sequence[PublicKey]) -> tuple[bytes, PublicKey]:
    """The payload and which of these keys signed it. NotSigned when none did, or it is of another type."""
    try:
        payload, signatures, key_ids = _parts(payload_type, envelope)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotSigned("a signed manifest", f"a damaged one ({type(error).__name__})") from None
    message = _signed_bytes(payload_type, payload)
    signer = next((key for key in trusted for each in signatures if key.verifies(each, message)), None)
    if signer is None:
        names = {key.name for key in trusted}
        changed = names & set(key_ids)
        found = "a manifest that was changed since" if changed else f"one by {', '.join(key_ids) or 'nobody'}"
        raise NotSigned(f"a signature by {' or '.join(sorted(names))}", found)
    return payload, signer


def _parts(payload_type: str, envelope: bytes) -> tuple[bytes, list[bytes], list[str]]:
    """Payload, signatures, and the ids of keys that they claim, which only messages use."""
    content: dict[str, Any] = json.loads(envelope)
    signatures = content["signatures"]
    if content["payloadType"] != payload_type or len(signatures) > MAX_SIGNATURES:
        raise ValueError
    key_ids = [str(each.get("keyid", "nobody"))[:80] for each in signatures]
    return _decoded(content["payload"]), [_decoded(each["sig"]) for each in signatures], key_ids


def _signed_bytes(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    encoded = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(encoded), encoded, len(payload), payload)


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
