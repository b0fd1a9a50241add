"""Ed25519 keys in PEM files, ours and openssl's."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

import inzwa
from inzwa.errors import BadKey
from inzwa.models.signing.keys import read_private_key, read_public_keys, write_key_pair

ROOT = Path(inzwa.__file__).parents[1]


def pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, how: KeySerializationEncryption) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def test_a_new_key_signs_and_its_public_half_knows_the_signature(tmp_path: Path) -> None:
    public = write_key_pair(tmp_path / "key")
    private = read_private_key(tmp_path / "key")
    assert read_public_keys(tmp_path / "key.pub") == (public,) == (private.public,)
    signature = private.sign(b"message")
    assert public.verifies(signature, b"message")
    assert not public.verifies(signature, b"another")
    assert not public.verifies(b"short", b"message")


def test_a_private_key_is_its_owner_s_alone_and_is_never_shown(tmp_path: Path) -> None:
    write_key_pair(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    private = read_private_key(tmp_path / "key")
    assert repr(private) == "PrivateKey()"


@pytest.mark.parametrize("there", ["key", "key.pub"])
def test_no_key_is_overwritten(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    with pytest.raises(BadKey, match="File exists; no key is overwritten"):
        write_key_pair(tmp_path / "key")
    assert (tmp_path / there).read_text() == "mine"


def test_a_file_may_hold_several_public_keys_and_a_folder_several_files(tmp_path: Path) -> None:
    keys = {write_key_pair(tmp_path / name) for name in ("a", "b")}
    both = tmp_path / "both.pem"
    both.write_text("ours\n" + (tmp_path / "a.pub").read_text() + (tmp_path / "b.pub").read_text())
    assert set(read_public_keys(both)) == keys
    assert set(read_public_keys(tmp_path)) == keys


def test_a_folder_without_a_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match=r"expected a file of \.pem or \.pub, found none"):
        read_public_keys(tmp_path)


def test_a_private_key_among_the_trusted_ones_is_refused(tmp_path: Path) -> None:
    write_key_pair(tmp_path / "key.pem")
    with pytest.raises(BadKey, match=r"key\.pem: expected public keys in PEM and nothing else"):
        read_public_keys(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"ssh-ed25519 AAAA", b"-----BEGIN PUBLIC KEY-----\nAAAA\n"])
def test_what_is_no_public_key_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.pub"
    path.write_bytes(content)
    with pytest.raises(BadKey, match=r"bad\.pub"):
        read_public_keys(path)


def test_a_public_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    (tmp_path / "ec.pub").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(BadKey, match="expected public Ed25519 keys, found another kind"):
        read_public_keys(tmp_path / "ec.pub")


@pytest.mark.parametrize(
    "content",
    [
        pem(ec.generate_private_key(ec.SECP256R1()), NoEncryption()),
        pem(ed25519.Ed25519PrivateKey.generate(), BestAvailableEncryption(b"secret")),
        b"nothing of the kind",
    ],
    ids=["another kind", "with a password", "no key"],
)
def test_what_cannot_sign_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(BadKey, match=r"key: expected"):
        read_private_key(tmp_path / "key")


def test_a_key_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="none cannot be read: No such file"):
        read_private_key(tmp_path / "none")


def test_without_the_package_that_checks_them_no_signature_passes(tmp_path: Path) -> None:
    write_key_pair(tmp_path / "key")
    read = f"read_public_keys(Path({str(tmp_path / 'key.pub')!r}))"
    code = f"import sys; sys.modules['cryptography'] = None\nfrom inzwa.models.signing.keys import *\n{read}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "BadKey: signatures need the package cryptography: pip install -r requirements-signing.txt" in done.stderr
