"""What is signed of a model comes back as it was signed; nothing else is a manifest."""

import pytest

from inzwa.models.signing.dsse import NotSigned, sign
from inzwa.models.signing.keys import PrivateKey
from inzwa.models.signing.manifest import TYPE, Manifest
from inzwa.protocols import FileInfo

MANIFEST = Manifest("tiny", "wheel tiny==1", (FileInfo("a/b.json", 2, "cd" * 32), FileInfo("model.gguf", 7, "ab" * 32)))


def test_what_was_signed_comes_out_again_with_who_signed(key: PrivateKey, other: PrivateKey) -> None:
    assert Manifest.verify(MANIFEST.sign(key).encode(), (other.public, key.public)) == (MANIFEST, key.public)


def test_another_s_manifest_is_refused(key: PrivateKey, other: PrivateKey) -> None:
    with pytest.raises(NotSigned, match=f"found one by {other.public.name}"):
        Manifest.verify(MANIFEST.sign(other).encode(), (key.public,))


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
    with pytest.raises(NotSigned, match="expected a manifest of a model's files, found no manifest"):
        Manifest.verify(sign(TYPE, payload, key).encode(), (key.public,))
