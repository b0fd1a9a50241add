"""The envelope, and everything that may be wrong with it."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from inzwa.models.signing.dsse import NotSigned, sign, verify
from inzwa.models.signing.keys import PrivateKey

TYPE = "text/x-list"
PAYLOAD = b"model.gguf 7\n"


def sealed(key: PrivateKey) -> str:
    return sign(TYPE, PAYLOAD, key)


def test_what_was_signed_comes_out_again_with_who_signed(key: PrivateKey, other: PrivateKey) -> None:
    assert verify(TYPE, sealed(key).encode(), (other.public, key.public)) == (PAYLOAD, key.public)


def test_one_signature_that_counts_is_enough_among_others(key: PrivateKey, other: PrivateKey) -> None:
    envelope = json.loads(sealed(other))
    envelope["signatures"] += json.loads(sealed(key))["signatures"]
    assert verify(TYPE, json.dumps(envelope).encode(), (key.public,))[1] == key.public


def test_another_s_signature_is_refused_with_both_names(key: PrivateKey, other: PrivateKey) -> None:
    with pytest.raises(NotSigned, match=f"expected a signature by {key.public.name}, found one by {other.public.name}"):
        verify(TYPE, sealed(other).encode(), (key.public,))


def test_a_name_that_a_signature_gives_itself_is_not_believed(key: PrivateKey, other: PrivateKey) -> None:
    forged = sealed(other).replace(other.public.name, key.public.name)
    with pytest.raises(NotSigned, match="found a manifest that was changed since"):
        verify(TYPE, forged.encode(), (key.public,))


def test_a_changed_payload_is_refused(key: PrivateKey) -> None:
    envelope = json.loads(sealed(key))
    envelope["payload"] = base64.b64encode(PAYLOAD.replace(b"7", b"8")).decode()
    with pytest.raises(NotSigned, match="a manifest that was changed since"):
        verify(TYPE, json.dumps(envelope).encode(), (key.public,))


def test_every_truncation_is_refused(key: PrivateKey) -> None:
    whole = sealed(key).encode()
    for length in range(0, len(whole), 7):
        with pytest.raises(NotSigned):
            verify(TYPE, whole[:length], (key.public,))


@pytest.mark.parametrize(
    "change",
    [
        lambda envelope: envelope.pop("payload"),
        lambda envelope: envelope.update(payloadType="text/plain"),
        lambda envelope: envelope.update(signatures=[]),
        lambda envelope: envelope.update(signatures=envelope["signatures"] * 17),
        lambda envelope: envelope.update(signatures=[{"sig": 7}]),
        lambda envelope: envelope.update(signatures={"sig": "AA=="}),
        lambda envelope: envelope.update(payload="%%%"),
    ],
)
def test_an_envelope_of_another_shape_is_refused(key: PrivateKey, change: Callable[[dict[str, Any]], object]) -> None:
    envelope = json.loads(sealed(key))
    change(envelope)
    with pytest.raises(NotSigned):
        verify(TYPE, json.dumps(envelope).encode(), (key.public,))


@pytest.mark.parametrize("envelope", [b"", b"[]", b"7", b"\xff\xfe\x00", b"[" * 100_000, b'{"payload": 1e999}'])
def test_what_is_no_envelope_is_refused(key: PrivateKey, envelope: bytes) -> None:
    with pytest.raises(NotSigned, match="a damaged one"):
        verify(TYPE, envelope, (key.public,))


def test_the_signature_is_over_what_dsse_says(key: PrivateKey) -> None:
    signature = base64.b64decode(json.loads(sealed(key))["signatures"][0]["sig"])
    assert key.public.verifies(signature, b"DSSEv1 11 text/x-list 13 " + PAYLOAD)
