"""A cache of a test's own whose models are the real ones, lent by links. Knows no test."""

from collections.abc import Iterable
from pathlib import Path

from inzwa.choice import EMBEDDED
from inzwa.models.store import Store


def lend(models: Store, folder: Path, names: Iterable[str] = EMBEDDED.values()) -> Path:
    """The folder, with these models in it: what a test brings in besides leaves nothing in the real cache."""
    (folder / "models").mkdir(parents=True)
    for name in names:
        (folder / "models" / name).symlink_to(models.fetch(name).folder)
    return folder
