"""A model in types of weights that are fast on this machine: found in the cache, else requantised, once, by llama.cpp.

The original file stays: it is what is fetched, verified, signed and locked. What is made of it is found again by the
original's hash, the type and the version of llama.cpp. Whatever goes wrong, the original serves.
"""

import json
import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from inzwa.engines.llm.llama.library import Library, bindings_version, libraries
from inzwa.engines.llm.llama.requantise_child import Job
from inzwa.engines.llm.llama.requantise_process import run_child
from inzwa.engines.llm.llama.requantise_types import AUTO, Plan, is_as_planned, plan
from inzwa.errors import EngineError, ModelError, NotConvertible
from inzwa.formats.gguf import Header, read_header
from inzwa.hardware.processor import Processor, this_processor, usable_cores
from inzwa.models.cache.derivation import Derivation
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import Progress, ProgressCallback
from inzwa.models.store import Store

log = logging.getLogger(__name__)

ORIGINAL: Final = "original"
RULE: Final = "3"
"""Changes with the rule in requantise_types.py, so that files of an older one are made again."""
MOST_LOSS: Final = 0.1
"""Nats a token by which `auto` may change what a model says next, at most."""
SUFFIX: Final = ".gguf"
_LOSS: Final = "loss.json"


@dataclass(frozen=True, slots=True)
class Requantiser:
    """Makes of a GGUF file one of other types; where it would lose too much, only a note of that."""

    wanted: str
    """`auto`, or the type of the whole file."""
    processor: Processor
    library: Library
    most_loss: float = MOST_LOSS

    @property
    def name(self) -> str:
        """What it is called in the record of what it made."""
        return f"requantise to {self.wanted} for {self.processor.architecture}"

    @property
    def version(self) -> str:
        """Another llama.cpp or another rule makes the file again."""
        return f"llama.cpp {bindings_version()} rule {RULE}"

    def plan(self, header: Header) -> Plan | None:
        """What it makes of such a file; None when that would change nothing."""
        return plan(header, self.wanted, self.processor)

    def __call__(self, source: LocalModel, out: Path, report: ProgressCallback) -> None:
        """Fill the empty folder `out`. EngineError or NotConvertible, with the reason, when it cannot be made."""
        original = source.path(SUFFIX)
        header, size = read_header(original), original.stat().st_size
        todo = self.plan(header)
        if todo is None:
            raise NotConvertible(f"{original.name}: nothing in it is to be requantised")
        target = out / f"{original.stem}-to-{todo.made_as.replace(' and ', '-')}{SUFFIX}"

        def on_tensor(begun: int) -> None:
            done_bytes = size * begun // len(header.shapes)
            report(Progress(source.name, original.name, done_bytes, size, "converting"))

        job = Job(str(original), str(target), todo.mixture, todo.types, str(self.library.file), usable_cores())
        loss = run_child(job, on_tensor)
        if not is_as_planned(read_header(target), header, todo) or target.stat().st_size < todo.least_bytes:
            raise NotConvertible(
                f"{target.name} is not whole: expected every tensor of {original.name} in its new type"
            )
        if self.wanted == AUTO and not loss["divergence"] <= self.most_loss:  # not a number is too much, too
            target.unlink()
        (out / _LOSS).write_text(json.dumps(loss), encoding="utf-8")


def with_fast_weights(store: Store, model: LocalModel, wanted: str, library: str) -> LocalModel:
    """The model in types that are fast here; as it came where nothing is gained or it cannot be made, which is logged.

    `wanted` is `auto`, `original` or the type for all; `library` names a build of llama.cpp as the setting does.
    Blocking: the first time all weights are read and made anew, some seconds for each 100 MB.
    """
    if wanted == ORIGINAL or sum(file.name.endswith(SUFFIX) for file in model.files) != 1:
        return model
    try:
        found = libraries(library, store.folder)
        for build in found:
            try:
                return _requantised(store, model, Requantiser(wanted, this_processor(), build))
            except EngineError as error:
                log.warning("%s with the %s build: %s", model.name, build.name, error.message)
    except (ModelError, EngineError, OSError, ValueError) as error:
        reason = getattr(error, "message", error)
        log.warning("%s cannot be requantised and is used as it came: %s", model.name, reason)
    return model


def _requantised(store: Store, model: LocalModel, requantiser: Requantiser) -> LocalModel:
    derivation = store.derivation(model, requantiser.name, requantiser)
    made = derivation.find() or _make(derivation, model, requantiser)
    if made is None:
        return model
    files = tuple(file for file in made.files if file.name.endswith(SUFFIX))
    if not files:
        log.info("%s is used as it came: requantised, it would say something else", model.name)
    return replace(made, files=files) if files else model


def _make(derivation: Derivation, model: LocalModel, requantiser: Requantiser) -> LocalModel | None:
    """What is made; None when nothing is to be gained."""
    todo = requantiser.plan(read_header(model.path(SUFFIX)))
    if todo is None:
        return None
    what = f"{todo.came_as} requantised to {todo.made_as}"
    log.info("%s: %s once, %d MB", model.name, what, todo.most_bytes / 1e6)
    began = time.monotonic()
    made = derivation.make(f"{model.source}, {what} by llama.cpp {bindings_version()}", todo.most_bytes)
    log.info("%s: %s in %.1f s", model.name, what, time.monotonic() - began)
    return made
