"""Which models may be used where signatures are required: those over whose files a trusted key has signed.

Hashes nothing: what the files are is what the store has just proven. Whoever may write to the cache may also write the
record of what was proven, so the cache belongs to somebody else than the server; `models verify` hashes anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from inzwa.errors import ModelUntrusted
from inzwa.models.checksums import Digest
from inzwa.models.local_model import LocalModel
from inzwa.models.signing.keys import PublicKey, read_public_keys
from inzwa.models.signing.signatures import MOST_BYTES, Manifest, opened
from inzwa.protocols import FileInfo


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """The keys that count."""

    keys: tuple[PublicKey, ...]

    @classmethod
    def in_keys_at(cls, path: Path) -> Self:
        """In the public keys of a file or a folder. BadKey when there is none, or another thing among them."""
        return cls(read_public_keys(path))

    def vouched(self, name: str, signature: Path) -> tuple[Manifest, PublicKey]:
        """What was signed for the model of this name, and by whom, whether its files are here or not.

        ModelUntrusted when nothing was, or by nobody who counts.
        """

        def refusal(expected: str, found: str) -> ModelUntrusted:
            return _refusal(name, f"{signature}: expected {expected}, found {found}")

        try:
            with signature.open("rb") as file:
                envelope = file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            expected = " or ".join(key.name for key in self.keys)
            raise refusal(f"a signature by {expected}", "no file") from None
        except OSError as error:
            raise refusal("a signed manifest", f"a file that cannot be read ({error.strerror})") from None
        if len(envelope) > MOST_BYTES:
            raise refusal(f"at most {MOST_BYTES} bytes", "more")
        manifest, signer = opened(envelope, self.keys, refusal)
        if manifest.name != name:
            raise refusal(f"the manifest of {name}", f"that of {manifest.name}")
        return manifest, signer

    def approved(self, model: LocalModel, signature: Path, strays: Sequence[str]) -> LocalModel:
        """The same model, its source naming who signed, if its files are those that were signed and no other.

        `strays` are files in its folder that nobody asked for. ModelUntrusted names the first file that differs.
        """
        manifest, signer = self.vouched(model.name, signature)
        signed, found = _by_name(manifest.files), _by_name(model.files)
        for name in sorted(signed.keys() | found.keys()):
            if signed.get(name) != found.get(name):
                said = f"expected {_what(signed.get(name))} as was signed, found {_what(found.get(name))}"
                raise _refusal(model.name, f"{name}: {said}")
        if strays:
            raise _refusal(model.name, f"{strays[0]}: expected no such file in {model.folder}, found one")
        return replace(model, source=f"{model.source}, signed by {signer.name}")


def _by_name(files: Sequence[FileInfo]) -> dict[str, FileInfo]:
    return {file.name: file for file in files}


def _what(file: FileInfo | None) -> str:
    return str(Digest(file.size, file.sha256)) if file else "no file"


def _refusal(name: str, why: str) -> ModelUntrusted:
    return ModelUntrusted(
        f"{name} is not used, because signatures are required. {why}. Whoever trusts these files signs them: "
        f"`python -m inzwa models sign {name} --key KEY`"
    )
