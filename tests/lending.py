"""A cache of a test's own whose models are the real ones, lent by links. Knows no test."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from inzwa.engines.selection import EMBEDDED
from inzwa.models.store import Store, default_cache


def lend(models: Store, folder: Path, names: Iterable[str] = EMBEDDED.values()) -> Path:
    """The folder, with these models in it: what a test brings in besides leaves nothing in the real cache."""
    (folder / "models").mkdir(parents=True)
    for name in names:
        (folder / "models" / name).symlink_to(models.fetch(name).folder)
    lend_verdicts(folder)
    return folder


def lend_verdicts(folder: Path) -> None:
    """What self-tests found on this machine, and the llama.cpp that was built for it: nothing is tried out twice."""
    if (known := default_cache() / "selftest").exists():
        shutil.copytree(known, folder / "selftest", dirs_exist_ok=True)
    if (tuned := default_cache() / "llama.cpp").exists():
        (folder / "llama.cpp").symlink_to(tuned)
