"""Other revisions of Inzwa, each with an environment of its own, to be measured beside this tree.

A revision lies in CACHE/<commit>, as a git worktree; its own `make setup` and `make models` prepare it, and find
nothing to do the second time. pip's cache is left out: it knows a built llama.cpp by name and version alone, and
revisions build it by different settings.
"""

import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import ENVIRONMENT
from benchmarks.rig.server import ROOT, Tree
from inzwa.engines.llm.llama.tuning import NO_AMX
from inzwa.hardware.processor import this_processor
from inzwa.models.store import default_cache

CACHE: Final = default_cache().parent / "inzwa-bench"
OF_MAKE: Final = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "VIRTUAL_ENV")
"""Variables of the `make` that we may be called by, which are none of the other one's business."""


class RevisionUnusable(Exception):
    """There is no such revision, or it cannot be set up. The message is for people."""


@dataclass(frozen=True, slots=True)
class SetUpTime:
    """How long a set-up took."""

    wall_s: float
    cpu_s: float


def commit_of(revision: str) -> str:
    """Its 40 hexadecimal digits. RevisionUnusable where this clone has none of that name."""
    done = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if done.returncode:
        raise RevisionUnusable(
            f"there is no revision {revision} here; a shallow clone may lack it: git fetch --unshallow"
        )
    return done.stdout.strip()


def tree_of(revision: str, cache: Path = CACHE) -> Tree:
    """The revision, ready to run. RevisionUnusable where it cannot be made so. Minutes the first time."""
    commit = commit_of(revision)
    folder = cache / commit[:12]
    if not folder.exists():
        _add_worktree(folder, commit)
    for target in ("setup", "models"):
        _make(folder, target, {"PIP_NO_CACHE_DIR": "1"})
    return Tree(commit[:7], folder, folder / ".venv" / "bin" / "python")


def set_up_time(revision: str, cache: Path = CACHE) -> SetUpTime:
    """Of `make setup` and `make models` as on a bare machine: nothing built, cached or fetched before."""
    with _bare(commit_of(revision), cache) as (folder, caches):
        began, before = time.monotonic(), _children_s()
        for target in ("setup", "models"):
            _make(folder, target, {"XDG_CACHE_HOME": str(caches)})
        return SetUpTime(time.monotonic() - began, _children_s() - before)


@contextmanager
def _bare(commit: str, cache: Path) -> Iterator[tuple[Path, Path]]:
    """A fresh worktree and an empty folder for caches, both removed with the block."""
    cache.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="bare-", dir=cache))
    try:
        _add_worktree(scratch / "tree", commit)
        yield scratch / "tree", scratch / "caches"
    finally:
        shutil.rmtree(scratch)
        _git("worktree", "prune")


def _add_worktree(folder: Path, commit: str) -> None:
    _git("worktree", "prune")  # one whose folder was deleted would be in the way
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = _git("worktree", "add", "--detach", str(folder), commit)
    if done.returncode:
        raise RevisionUnusable(f"git could not make a worktree in {folder}: {done.stderr.strip()}")


def _make(folder: Path, target: str, variables: Mapping[str, str]) -> None:
    """Runs the revision's own target; its output goes to a log beside the folder."""
    log = folder.with_name(f"{folder.name}-{target}.log")
    print(f"make {target} in {folder}; log: {log}", flush=True)
    surroundings = make_environment(ENVIRONMENT, this_processor().features) | variables
    with log.open("wb") as output:
        command = ["make", target]
        done = subprocess.run(
            command, cwd=folder, env=surroundings, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        raise RevisionUnusable(f"make {target} of the revision in {folder} failed; {log} says why")


def make_environment(environment: Mapping[str, str], features: frozenset[str]) -> dict[str, str]:
    """What another revision's `make` is run with.

    Revisions that build llama.cpp for the machine at hand have it without AMX: with it, code of GCC before 14 ends the
    process at the first matrix product. Later ones set their own flags and pass over this variable.
    """
    found = {name: value for name, value in environment.items() if name not in OF_MAKE}
    if "amx_tile" in features:
        found.setdefault("CMAKE_ARGS", f'-DCMAKE_C_FLAGS="{NO_AMX}" -DCMAKE_CXX_FLAGS="{NO_AMX}"')
    return found


def _children_s() -> float:
    """Processor seconds of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
