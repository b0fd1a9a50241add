"""Keys for tests that sign, and the trust in them."""

from dataclasses import dataclass
from pathlib import Path

from inzwa.models.signing.keys import PrivateKey, read_private_key, write_key_pair
from inzwa.models.signing.policy import SignaturePolicy


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody with a key."""

    file: Path
    key: PrivateKey

    @classmethod
    def called(cls, name: str, folder: Path) -> "Signer":
        """A new key in that folder, its public half beside it."""
        write_key_pair(folder / name)
        return cls(folder / name, read_private_key(folder / name))

    @property
    def public_file(self) -> Path:
        return self.file.with_name(f"{self.file.name}.pub")

    @property
    def name(self) -> str:
        return self.key.public.name

    @property
    def trust(self) -> SignaturePolicy:
        """In this one and nobody else."""
        return SignaturePolicy.read(self.public_file)
