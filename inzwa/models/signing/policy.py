"""Where signatures are required, only models are used whose files a trusted key has signed.

No file is hashed here: the store has just verified them, or remembers that it did. Whoever may write to the cache may
also write that record, so the cache belongs to another user than the server's; `models verify` hashes anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from inzwa.errors import ModelUntrusted
from inzwa.models.checksums import Digest
from inzwa.models.local_model import LocalModel
from inzwa.models.signing.dsse import MAX_BYTES, NotSigned
from inzwa.models.signing.keys import PublicKey, read_public_keys
from inzwa.models.signing.manifest import Manifest
from inzwa.protocols import FileInfo


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """The keys that are trusted."""

    keys: tuple[PublicKey, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The public keys of a file or a folder. BadKey when there is none, or anything else among them."""
        return cls(read_public_keys(path))

    def manifest(self, name: str, signature: Path) -> tuple[Manifest, PublicKey]:
        """What was signed for the model of this name, and by which key. ModelUntrusted when nothing was."""
        try:
            manifest, signer = Manifest.verify(self._envelope(signature), self.keys)
            if manifest.name != name:
                raise NotSigned(f"the manifest of {name}", f"that of {manifest.name}")
        except NotSigned as error:
            raise _refusal(name, f"{signature}: {error}") from None
        return manifest, signer

    def approve(self, model: LocalModel, signature: Path, extra_files: Sequence[str]) -> LocalModel:
        """The model with the signer in its `source`, if its files are exactly those that were signed.

        `extra_files` are in its folder and not among its files. ModelUntrusted names the first file that differs.
        """
        manifest, signer = self.manifest(model.name, signature)
        signed, found = _by_name(manifest.files), _by_name(model.files)
        for name in sorted(signed.keys() | found.keys()):
            if signed.get(name) != found.get(name):
                difference = f"expected {_digest(signed.get(name))} as was signed, found {_digest(found.get(name))}"
                raise _refusal(model.name, f"{name}: {difference}")
        if extra_files:
            raise _refusal(model.name, f"{extra_files[0]}: expected no such file in {model.folder}, found one")
        return replace(model, source=f"{model.source}, signed by {signer.name}")

    def _envelope(self, signature: Path) -> bytes:
        try:
            with signature.open("rb") as file:
                envelope = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            raise NotSigned(f"a signature by {' or '.join(key.name for key in self.keys)}", "no file") from None
        except OSError as error:
            raise NotSigned("a signed manifest", f"a file that cannot be read ({error.strerror})") from None
        if len(envelope) > MAX_BYTES:
            raise NotSigned(f"at most {MAX_BYTES} bytes", "more")
        return envelope


def _by_name(files: Sequence[FileInfo]) -> dict[str, FileInfo]:
    return {file.name: file for file in files}


def _digest(file: FileInfo | None) -> str:
    return str(Digest(file.size, file.sha256)) if file else "no file"


def _refusal(name: str, why: str) -> ModelUntrusted:
    return ModelUntrusted(
        f"{name} is not used, because signatures are required. {why}. Whoever trusts these files signs them: "
        f"`python -m inzwa models sign {name} --key KEY`"
    )
