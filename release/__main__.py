"""python -m release: make, sign and verify what is handed out. `make release` does."""

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

THROW_AWAY: Final = (
    "No RELEASE_KEY was named: signed with a key that was made for this and is gone now. "
    "It shows that signing works, and vouches for nothing."
)


def main() -> int:
    """0 when all went well, 1 with the reason when not."""
    parser = ArgumentParser(prog="python -m release", description="Make, sign and verify what is handed out.")
    parser.add_argument("action", choices=["make", "verify"])
    parser.add_argument("-o", "--folder", type=Path, default=Path("out", "release"))
    parser.add_argument("--key", type=Path, help="the private Ed25519 key that signs; one that is thrown away if none")
    parser.add_argument("--keys", type=Path, help="public keys to believe; the folder's own if none")
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
            raise BadRelease(f"{folder} holds other things than a release: name a folder of its own")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    folder = folder.resolve()
    build(folder)
    with tempfile.TemporaryDirectory() as scratch:
        if key is None:
            key = Path(scratch, "key")
            write_key_pair(key)
            sys.stdout.write(f"{THROW_AWAY}\n")
        sign(folder, read_private_key(key))


def _verify(folder: Path, keys: Path) -> None:
    sums, signer = verified(folder, read_public_keys(keys))
    for name, sha256 in sums.items():
        sys.stdout.write(f"{sha256}  {name}\n")
    sys.stdout.write(f"{folder}: signed by {signer.name}; the wheel says {try_wheel(folder)}\n")


if __name__ == "__main__":
    sys.exit(main())
