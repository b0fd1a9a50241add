"""A cache of a test's own whose models are the real ones, lent by links. Knows no test."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from inzwa.engines.llm.llama.requantise import with_fast_weights
from inzwa.engines.selection import EMBEDDED
from inzwa.models.local_model import LocalModel
from inzwa.models.store import Store, default_cache


def lend(models: Store, folder: Path, names: Iterable[str] = EMBEDDED.values(), *, derived: bool = True) -> Path:
    """The folder, with these models in it: what a test brings in besides leaves nothing in the real cache.

    With `derived` also the language model's weights as requantised for this machine, which takes some seconds once.
    """
    (folder / "models").mkdir(parents=True)
    for name in names:
        model = models.fetch(name)
        (folder / "models" / name).symlink_to(model.folder)
        if derived and name == EMBEDDED["llm"]:
            _lend_derived(models, model, folder / "derived" / name)
    lend_verdicts(folder)
    return folder


def _lend_derived(models: Store, model: LocalModel, folder: Path) -> None:
    fast = with_fast_weights(models, model, "auto", "auto")
    if fast.folder != model.folder:
        folder.mkdir(parents=True)
        (folder / fast.folder.name).symlink_to(fast.folder)


def lend_verdicts(folder: Path) -> None:
    """What self-tests found on this machine, and the llama.cpp that was built for it: nothing is tried out twice."""
    if (known := default_cache() / "selftest").exists():
        shutil.copytree(known, folder / "selftest", dirs_exist_ok=True)
    if (tuned := default_cache() / "llama.cpp").exists():
        (folder / "llama.cpp").symlink_to(tuned)
