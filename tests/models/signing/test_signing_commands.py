"""python -m inzwa models keygen, sign, verify; and what a start does with the signatures. With the real detector."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import inzwa
from inzwa.engines.registry import open_stage
from inzwa.errors import BadKey, ModelUntrusted
from inzwa.models.store import Store
from inzwa.protocols import StageReport
from tests.models.signing.signing import Signer
from tests.serving import settings

pytestmark = pytest.mark.processes


def models(folder: Path, *arguments: str, **ours: str) -> "subprocess.CompletedProcess[str]":
    environ = {key: value for key, value in os.environ.items() if not key.startswith("INZWA_")}
    return subprocess.run(
        [sys.executable, "-m", "inzwa", "models", *arguments],
        env={**environ, "INZWA_CACHE": str(folder / "cache"), **ours},
        cwd=Path(inzwa.__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_operator_fetches_verifies_signs_and_requires_it(tmp_path: Path) -> None:
    key, required = tmp_path / "key", {"INZWA_MODELS_REQUIRE_SIGNATURE": str(tmp_path / "key.pub")}
    made = models(tmp_path, "keygen", str(key))
    assert made.returncode == 0, made.stderr
    fetched = models(tmp_path, "fetch", "silero-v6", **required)
    assert fetched.returncode == 0, fetched.stderr
    assert "silero-v6 is not used, because signatures are required" in fetched.stderr
    unsigned = models(tmp_path, "verify", "silero-v6", **required)
    assert unsigned.returncode == 1
    assert "model_untrusted: silero-v6 is not used" in unsigned.stderr
    signed = models(tmp_path, "sign", "silero-v6", "--key", str(key), **required)
    assert signed.returncode == 0, signed.stderr
    verified = models(tmp_path, "verify", "silero-v6", **required)
    assert verified.returncode == 0, verified.stderr
    assert "signed by ed25519:" in verified.stdout
    assert models(tmp_path, "verify", "silero-v6", "--keys", str(key)).stderr.startswith("bad_key: ")


def test_a_folder_is_named_as_it_lies_and_signed_for_where_it_will_lie(tmp_path: Path) -> None:
    signer, folder = Signer.called("key", tmp_path), tmp_path / "voice"
    folder.mkdir()
    (folder / "voice.onnx").write_bytes(b"graph")
    here = models(tmp_path, "sign", str(folder), "--key", str(signer.file))
    assert here.stdout.startswith(f"file:{folder}: signed by {signer.name} in {tmp_path}")
    there = models(tmp_path, "sign", str(folder), "--key", str(signer.file), "--name", "file:/srv/voice")
    assert there.stdout.startswith(f"file:/srv/voice: signed by {signer.name} in ")
    two = models(tmp_path, "sign", str(folder), "silero-v6", "--key", str(signer.file), "--name", "x")
    assert "--name x is the name of one model, and 2 are given" in two.stderr


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.called("key", tmp_path)


def strict(tmp_path: Path, signer: Signer, **changes: object):
    """Settings that require the signature."""
    return settings(cache=tmp_path / "cache", models_require_signature=signer.public_file, **changes)


async def test_a_start_opens_the_real_detector_once_it_is_signed_and_not_before(tmp_path: Path, signer: Signer) -> None:
    store = Store(tmp_path / "cache")
    store.fetch("silero-v6")
    with pytest.raises(ModelUntrusted, match="silero-v6 is not used"):
        async with open_stage(strict(tmp_path, signer), "vad", lambda _: None):
            pass
    store.sign("silero-v6", signer.key)
    async with open_stage(strict(tmp_path, signer), "vad", lambda _: None) as detector:
        assert detector.info.source.endswith(f"signed by {signer.name}")


async def test_an_unsigned_model_gives_way_to_a_signed_one_and_says_so(tmp_path: Path, signer: Signer) -> None:
    store, reports = Store(tmp_path / "cache"), []
    mine = store.fetch("silero-v6").path(".onnx").rename(tmp_path / "mine.onnx")
    store.fetch("silero-v6")
    store.sign("silero-v6", signer.key)
    async with open_stage(strict(tmp_path, signer, vad_model=f"file:{mine}"), "vad", reports.append) as detector:
        assert detector.info.model == "silero-v6"
    failed: list[StageReport] = [report for report in reports if report.state == "failed"]
    assert "mine.onnx is not used, because signatures are required" in failed[0].detail


async def test_no_start_goes_on_with_keys_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text("nothing")
    keyless = settings(cache=tmp_path / "cache", models_require_signature=tmp_path / "key.pub")
    with pytest.raises(BadKey, match=r"key\.pub: expected public keys"):
        async with open_stage(keyless, "vad", lambda _: None):
            pass
