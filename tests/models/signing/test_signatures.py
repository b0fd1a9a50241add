"""The manifest and its envelope, and everything that may be wrong with them."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from inzwa.models.signing.keys import PrivateKey, read_private_key, write_key_pair
from inzwa.models.signing.signatures import TYPE, Manifest, opened, sealed
from inzwa.protocols import FileInfo

MANIFEST = Manifest("tiny", "wheel tiny==1", (FileInfo("model.gguf", 7, "ab" * 32), FileInfo("a/b.json", 2, "cd" * 32)))


class Refused(Exception):
    """What stands in for the error of whoever asked."""


def refuse(expected: str, found: str) -> Refused:
    return Refused(f"expected {expected}, found {found}")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    path = tmp_path_factory.mktemp("keys") / "key"
    write_key_pair(path)
    return read_private_key(path)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    path = tmp_path_factory.mktemp("keys") / "other"
    write_key_pair(path)
    return read_private_key(path)


def test_what_was_signed_comes_out_again_with_who_signed(key: PrivateKey, other: PrivateKey) -> None:
    manifest, signer = opened(sealed(MANIFEST, key).encode(), (other.public, key.public), refuse)
    assert sorted(manifest.files, key=lambda file: file.name) == sorted(MANIFEST.files, key=lambda file: file.name)
    assert (manifest.name, manifest.revision, signer) == ("tiny", "wheel tiny==1", key.public)


def test_one_signature_that_counts_is_enough_among_others(key: PrivateKey, other: PrivateKey) -> None:
    said = json.loads(sealed(MANIFEST, other))
    said["signatures"] += json.loads(sealed(MANIFEST, key))["signatures"]
    assert opened(json.dumps(said).encode(), (key.public,), refuse)[1] == key.public


def test_another_s_signature_is_refused_with_both_names(key: PrivateKey, other: PrivateKey) -> None:
    with pytest.raises(Refused, match=f"expected a signature by {key.public.name}, found one by {other.public.name}"):
        opened(sealed(MANIFEST, other).encode(), (key.public,), refuse)


def test_a_name_that_a_signature_gives_itself_is_not_believed(key: PrivateKey, other: PrivateKey) -> None:
    forged = sealed(MANIFEST, other).replace(other.public.name, key.public.name)
    with pytest.raises(Refused, match="found a manifest that was changed since"):
        opened(forged.encode(), (key.public,), refuse)


def test_a_changed_manifest_is_refused(key: PrivateKey) -> None:
    said = json.loads(sealed(MANIFEST, key))
    payload = base64.b64decode(said["payload"]).replace(b"ab" * 32, b"ef" * 32)
    said["payload"] = base64.b64encode(payload).decode()
    with pytest.raises(Refused, match="a manifest that was changed since"):
        opened(json.dumps(said).encode(), (key.public,), refuse)


def test_every_truncation_is_refused(key: PrivateKey) -> None:
    whole = sealed(MANIFEST, key).encode()
    for length in range(0, len(whole), 7):
        with pytest.raises(Refused):
            opened(whole[:length], (key.public,), refuse)


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.pop("payload"),
        lambda said: said.update(payloadType="text/plain"),
        lambda said: said.update(signatures=[]),
        lambda said: said.update(signatures=said["signatures"] * 17),
        lambda said: said.update(signatures=[{"sig": 7}]),
        lambda said: said.update(signatures={"sig": "AA=="}),
        lambda said: said.update(payload="%%%"),
    ],
)
def test_an_envelope_of_another_shape_is_refused(key: PrivateKey, change: Callable[[dict[str, Any]], object]) -> None:
    said = json.loads(sealed(MANIFEST, key))
    change(said)
    with pytest.raises(Refused):
        opened(json.dumps(said).encode(), (key.public,), refuse)


@pytest.mark.parametrize("envelope", [b"", b"[]", b"7", b"\xff\xfe\x00", b"[" * 100_000, b'{"payload": 1e999}'])
def test_what_is_no_envelope_is_refused(key: PrivateKey, envelope: bytes) -> None:
    with pytest.raises(Refused, match="a damaged one"):
        opened(envelope, (key.public,), refuse)


@pytest.mark.parametrize(
    "payload",
    [
        b"[]",
        b'{"name": "tiny", "revision": "", "files": {}}',
        b'{"name": 7, "revision": "", "files": {"a": {"size": 1, "sha256": "x"}}}',
        b'{"name": "tiny", "revision": "", "files": {"a": {"size": true, "sha256": "x"}}}',
        b'{"name": "tiny", "revision": "", "files": {"../a": {"size": 1, "sha256": "x"}}}',
    ],
)
def test_even_what_was_signed_must_be_a_manifest(key: PrivateKey, payload: bytes) -> None:
    said = json.loads(sealed(MANIFEST, key))
    covered = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
    signature = base64.b64encode(key.signature(covered)).decode()
    said |= {"payload": base64.b64encode(payload).decode(), "signatures": [{"sig": signature}]}
    with pytest.raises(Refused, match="expected a manifest of a model's files, found no manifest"):
        opened(json.dumps(said).encode(), (key.public,), refuse)


def test_the_signature_is_over_what_dsse_says(key: PrivateKey) -> None:
    said = json.loads(sealed(MANIFEST, key))
    payload, signature = base64.b64decode(said["payload"]), base64.b64decode(said["signatures"][0]["sig"])
    assert key.public.made(signature, f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} ".encode() + payload)
