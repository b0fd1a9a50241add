"""The image that a Dockerfile describes, made in root file systems from debootstrap instead of by a builder."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from tests.container.dockerfile import Instruction, Stage, stages
from tests.container.rootfs import Root, bootstrap, copy

BASE: Final = "debian:12-slim"


class Built:
    """Every stage's root file system, below one folder."""

    def __init__(self, context: Path, folder: Path, arguments: Mapping[str, str]) -> None:
        """`context` is the folder that COPY copies from; `arguments` are what --build-arg gives."""
        self.stages = {stage.name: stage for stage in stages(context / "Dockerfile")}
        self.ran: list[str] = []
        """The scripts that were run, in order."""
        self._context, self._folder, self._arguments = context, folder, arguments
        self._work = "/"

    def root(self, stage: str) -> Root:
        """The root of a stage that was made."""
        return Root(self._folder / stage)

    def make(self) -> None:
        """Make every stage, in order."""
        bootstrap(self._folder / "base")
        for stage in self.stages.values():
            copy(self._folder / ("base" if stage.base == BASE else stage.base), self.root(stage.name).path)
            self._follow(stage)

    def _follow(self, stage: Stage) -> None:
        root, (environ, self._work) = self.root(stage.name), self._inherited(stage)
        steps: dict[str, Callable[[Instruction], object]] = {
            "ARG": lambda line: environ.update(line.pairs | _chosen(line.pairs, self._arguments)),
            "ENV": lambda line: environ.update(line.pairs),
            "WORKDIR": lambda line: self._enter(root, line.rest),
            "COPY": lambda line: self._copy(root, line),
            "RUN": lambda line: self._run(root, line.rest, environ),
        }
        for line in stage.instructions:
            if line.word in steps:
                steps[line.word](line)

    def _inherited(self, stage: Stage) -> tuple[dict[str, str], str]:
        """Environment and folder that a stage takes over from the one it begins with; ARG is not among it."""
        if stage.base not in self.stages:
            return {}, "/"
        before = self.stages[stage.base]
        environ, folder = self._inherited(before)
        folders = [line.rest for line in before.all("WORKDIR")]
        return environ | before.environ, folders[-1] if folders else folder

    def _enter(self, root: Root, folder: str) -> None:
        root.at(folder).mkdir(parents=True, exist_ok=True)
        self._work = folder

    def _run(self, root: Root, script: str, environ: Mapping[str, str]) -> None:
        began_s = time.monotonic()
        root.build(script, environ, self._work)
        self.ran.append(script)
        sys.stderr.write(f"{script}: {time.monotonic() - began_s:.0f} s\n")

    def _copy(self, root: Root, line: Instruction) -> None:
        *sources, target = line.words
        origin = self.root(line.options["from"]).path if "from" in line.options else self._context
        for source in sources:
            place = root.at(target if target.startswith("/") else f"{self._work}/{target}")
            _copy(origin / source.lstrip("/"), place / source if target.endswith("/") else place, origin)
            subprocess.run(["chown", "-R", line.options.get("chown", "0:0"), place], check=True)


def _copy(source: Path, target: Path, origin: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__") if (origin / ".dockerignore").exists() else None
        shutil.copytree(source, target, symlinks=True, ignore=ignored, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)


def _chosen(known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    return {name: given[name] for name in known if name in given}


def let_through(dockerignore: Iterable[str], path: str) -> bool:
    """Whether a path goes to the builder: the last line that fits it, or a folder above it, decides."""
    parts = path.split("/")
    above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    passed = True
    for line in (line.strip() for line in dockerignore):
        pattern = line.removeprefix("!").removeprefix("**/")
        names = parts if "**/" in line else above
        if line and not line.startswith("#") and any(fnmatch(name, pattern) for name in names):
            passed = line.startswith("!")
    return passed
