"""What is handed out is what was signed: hashes, signature, and nothing besides."""

import subprocess
from pathlib import Path

import pytest

from inzwa.models.signing.keys import PublicKey, read_private_key, read_public_keys, write_key_pair
from release.sums import KEY, SIGNATURE, SUMS, BadRelease, sign, verified


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A private key, its public half beside it."""
    write_key_pair(tmp_path / "key")
    return tmp_path / "key"


@pytest.fixture
def trusted(key: Path) -> tuple[PublicKey, ...]:
    return read_public_keys(key.with_name("key.pub"))


@pytest.fixture
def folder(tmp_path: Path, key: Path) -> Path:
    """A signed release of two files."""
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "a.whl").write_bytes(b"wheel")
    (folder / "sbom.json").write_bytes(b"{}")
    sign(folder, read_private_key(key))
    return folder


def test_what_was_signed_is_verified_and_told_by_name(folder: Path, trusted: tuple[PublicKey, ...]) -> None:
    sums, signer = verified(folder, trusted)
    assert list(sums) == ["a.whl", "sbom.json"]
    assert signer == trusted[0]


def test_the_public_half_lies_beside_it_as_the_key_s_maker_wrote_it(folder: Path, key: Path) -> None:
    assert (folder / KEY).read_text() == key.with_name("key.pub").read_text()


def test_sha256sum_reads_the_sums(folder: Path) -> None:
    done = subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.whl", b"other", "not the file that was signed"),
        (SUMS, b"", "other lines than those that were signed"),
        (SIGNATURE, b"{}", "expected a signed manifest, found a damaged one"),
        ("b.whl", b"more", "nobody has signed for it"),
    ],
)
def test_what_was_changed_or_added_is_named(
    folder: Path, trusted: tuple[PublicKey, ...], name: str, content: bytes, said: str
) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(BadRelease, match=said):
        verified(folder, trusted)


@pytest.mark.parametrize("name", ["a.whl", SUMS, SIGNATURE])
def test_what_is_missing_is_named(folder: Path, trusted: tuple[PublicKey, ...], name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BadRelease, match=name):
        verified(folder, trusted)


def test_another_s_signature_is_none(folder: Path, tmp_path: Path) -> None:
    other = write_key_pair(tmp_path / "other")
    with pytest.raises(BadRelease, match=f"expected a signature by {other.name}"):
        verified(folder, (other,))
