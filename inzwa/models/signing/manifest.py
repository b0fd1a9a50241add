"""The list of a model's files that is signed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from inzwa.models.signing import dsse
from inzwa.models.signing.keys import PrivateKey, PublicKey
from inzwa.models.toml_table import is_file_name
from inzwa.protocols import FileInfo

TYPE: Final = "application/vnd.inzwa.model-manifest.v1+json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a signature covers."""

    name: str
    """The model's, as the catalogue or its user has it: a signature over one model is none over another."""
    revision: str
    """Where the bytes came from, for people: the hashes decide."""
    files: tuple[FileInfo, ...]

    def sign(self, key: PrivateKey) -> str:
        """The envelope around it."""
        files = {file.name: {"size": file.size, "sha256": file.sha256} for file in self.files}
        content = {"name": self.name, "revision": self.revision, "files": files}
        return dsse.sign(TYPE, json.dumps(content, indent=1, sort_keys=True).encode(), key)

    @classmethod
    def verify(cls, envelope: bytes, trusted: Sequence[PublicKey]) -> tuple[Self, PublicKey]:
        """The manifest that one of these keys signed, and which. NotSigned when there is none."""
        payload, signer = dsse.verify(TYPE, envelope, trusted)
        try:
            return cls._decoded(payload), signer
        except ValueError as error:
            raise dsse.NotSigned("a manifest of a model's files", f"no manifest ({error})") from None

    @classmethod
    def _decoded(cls, payload: bytes) -> Self:
        """ValueError when it is none."""
        try:
            content = json.loads(payload)
            files = tuple(FileInfo(name, each["size"], each["sha256"]) for name, each in content["files"].items())
            manifest = cls(content["name"], content["revision"], files)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(repr(error)) from None
        texts = (manifest.name, manifest.revision, *(file.sha256 for file in files))
        sizes = (type(file.size) is int for file in files)
        if not files or not all(isinstance(text, str) for text in texts) or not all(sizes):
            raise ValueError("a field of the wrong kind")
        if bad := [file.name for file in files if not is_file_name(file.name)]:
            raise ValueError(f"{bad[0]!r} leads out of the folder")
        return manifest
