"""python -m release: make, sign and verify a release (`make release`)."""

import shutil
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Final

from inzwa.errors import InzwaError
from inzwa.models.signing.keys import read_private_key, read_public_keys, write_key_pair
from release.artefacts import build, try_wheel
from release.sums import KEY, SUMS, BadRelease, sign, verified

TEMPORARY_KEY: Final = (
    "No RELEASE_KEY was named: signed with a temporary key, which is deleted now. "
    "It shows that signing works, and proves nothing about the origin."
)


def main() -> int:
    """Exit status: 0, or 1 with the reason on stderr."""
    parser = ArgumentParser(prog="python -m release", description="Make, sign and verify a release.")
    parser.add_argument("action", choices=["make", "verify"])
    parser.add_argument("-o", "--folder", type=Path, default=Path("out", "release"))
    parser.add_argument("--key", type=Path, help="the private Ed25519 key that signs; a temporary one by default")
    parser.add_argument("--keys", type=Path, help="public keys to trust; the folder's own by default")
    arguments = parser.parse_args()
    try:
        if arguments.action == "make":
            _make(arguments.folder, arguments.key)
        _verify(arguments.folder, arguments.keys or arguments.folder / KEY)
    except (InzwaError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _make(folder: Path, key: Path | None) -> None:
    if folder.exists():
        if any(folder.iterdir()) and not (folder / SUMS).exists():
            raise BadRelease(f"{folder} holds other files than a release: name another folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    folder = folder.resolve()
    build(folder)
    with tempfile.TemporaryDirectory() as scratch:
        if key is None:
            key = Path(scratch, "key")
            write_key_pair(key)
            sys.stdout.write(f"{TEMPORARY_KEY}\n")
        sign(folder, read_private_key(key))


def _verify(folder: Path, keys: Path) -> None:
    sums, signer = verified(folder, read_public_keys(keys))
    for name, sha256 in sums.items():
        sys.stdout.write(f"{sha256}  {name}\n")
    sys.stdout.write(f"{folder}: signed by {signer.name}; the wheel says {try_wheel(folder)}\n")


if __name__ == "__main__":
    sys.exit(main())
