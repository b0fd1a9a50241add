"""Where what evaluators give is kept on this machine."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from inzwa.settings import Settings

PERSISTENT: Final = Path("/data")
"""Where a Space's persistent storage is mounted, when it has some; its own disk is emptied at each restart."""

DATABASE: Final = "feedback.sqlite3"
"""The database's file in the folder."""

UNFINISHED: Final = ".part"
"""How the name of a file ends that is being written."""


def data_folder(settings: Settings, environ: Mapping[str, str] = os.environ, persistent: Path = PERSISTENT) -> Path:
    """INZWA_DATA, else a Space's persistent storage (SPACE_ID is set), else `inzwa` in the user's data directory.

    That is below XDG_DATA_HOME where it is set, else below ~/.local/share. Nothing is made here.
    """
    if settings.data is not None:
        return settings.data.expanduser()
    if "SPACE_ID" in environ and persistent.is_dir() and os.access(persistent, os.W_OK | os.X_OK):
        return persistent / "inzwa-feedback"
    base = Path(environ.get("XDG_DATA_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local" / "share") / "inzwa"


def make_folder(folder: Path) -> None:
    """Make it, for its owner alone (0700); a folder that exists keeps its mode. OSError where that cannot be."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """The whole file or none, on disk when this returns; its folder is made. OSError."""
    make_folder(path.parent)
    unfinished = path.with_name(f"{path.stem}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
