"""Which models serve each stage, the best first, and the store that has them. Loads no engine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from inzwa.hardware.machine import Machine, this_machine
from inzwa.models.catalogue import Catalogue, Entry, load_catalogue
from inzwa.models.progress import ProgressCallback, silent
from inzwa.models.signing.policy import SignaturePolicy
from inzwa.models.sources.direct import is_direct
from inzwa.models.sources.hub.client import Hub
from inzwa.models.sources.hub.source import UnpinnedHub
from inzwa.models.store import Store, default_cache
from inzwa.protocols import Stage
from inzwa.settings import Settings

EMBEDDED: Final[Mapping[Stage, str]] = {
    "vad": "silero-v6",
    "asr": "whisper-base",
    "llm": "smollm2-135m",
    "tts": "joe-medium",
}
"""The small models, which come from PyPI: what `auto` falls back to where nothing better is available."""

GGML: Final = "whisper-base-ggml"
"""What whisper.cpp opens when no model is named: the small one in its own format."""

SERVED_FIRST: Final[tuple[Stage, ...]] = ("vad", "tts", "asr", "llm")
"""The order in which stages get memory: the language model, which comes in most sizes, gets the rest."""
RESERVED_MIB: Final = 800
"""Mebibytes for the page, the server, the sound of sessions and the system."""
CORES_FOR_SLOW: Final = 4
PROBE_S: Final = 3.0
"""Seconds that the Hub has to answer before a start goes on without it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to serve a stage."""

    model: str
    lora: str = ""
    """The adapter to add to it, if any."""
    engine: str = ""
    """What runs it, where that is not the stage's own engine."""

    def __str__(self) -> str:
        if self.engine:
            return f"{self.model} ({self.engine})"
        return f"{self.model} with {self.lora}" if self.lora else self.model


def attempts(settings: Settings, machine: Machine) -> dict[Stage, tuple[Attempt, ...]]:
    """What to try for each stage, in this order. Never empty.

    An adapter is tried on the base that was named for it, else on each candidate. Without it the stage goes on only
    where a stage may go on with another model too: in `auto`.
    """
    found = {stage: tuple(map(Attempt, names)) for stage, names in candidates(settings, machine).items()}
    found["llm"] = _with_adapter(settings, found["llm"])
    if settings.asr_engine == "whisper-cpp":
        first, *others = found["asr"]
        found["asr"] = (replace(first, engine="whisper-cpp"), *others)
    elif settings.models == "auto" and machine.whisper_cpp:
        found["asr"] = (*found["asr"], Attempt(GGML, engine="whisper-cpp"))
    if settings.llm_engine == "openai":
        served = Attempt(settings.openai_model, engine="openai")
        found["llm"] = (served, *(found["llm"] if settings.models == "auto" else ()))
    return found


def adapter(settings: Settings) -> str:
    """The adapter for the language model; empty for none."""
    return _pair(settings)[1]


def candidates(settings: Settings, machine: Machine) -> dict[Stage, tuple[str, ...]]:
    """The models to try for each stage, in this order. Never empty.

    A model that was named comes first; `auto` puts the small one after it, `hub` and `embedded` nothing.
    """
    ranked = ranking(catalogue_of(settings), machine, settings.models)
    return {stage: _after(name, stage, ranked, settings.models) for stage, name in _named(settings).items()}


def ranking(catalogue: Catalogue, machine: Machine, mode: str) -> dict[Stage, tuple[str, ...]]:
    """What each stage may try when nobody named a model. Pure: everything about the world is in `machine`.

    `embedded`: the small models. `hub`: those of the Hub that this machine carries, whether it answers or not, and
    the lightest where it carries none. `auto`: those that can be had now, then the small ones.
    """
    if mode == "embedded":
        return {stage: (name,) for stage, name in EMBEDDED.items()}
    found: dict[Stage, tuple[str, ...]] = {}
    left_mib = machine.memory_mib - RESERVED_MIB
    for stage in SERVED_FIRST:
        wanted = [entry for entry in catalogue.values() if entry.auto and entry.stage == stage]
        fitting = [entry for entry in wanted if _fits(entry, machine.cores, left_mib)]
        if mode == "auto":
            names = *(entry.name for entry in fitting if machine.hub or entry.name in machine.here), EMBEDDED[stage]
        else:
            names = tuple(entry.name for entry in fitting or _lightest(wanted)) or (EMBEDDED[stage],)
        found[stage] = names
        left_mib -= catalogue[names[0]].memory_mib if names[0] in catalogue else 0
    return found


def survey(settings: Settings, environ: Mapping[str, str] = os.environ) -> Machine:
    """This machine, and what it can reach. Blocks, for PROBE_S where the Hub is silent; asks nobody needlessly."""
    machine = replace(this_machine(), whisper_cpp=find_spec("pywhispercpp") is not None)
    if settings.models != "auto" or "auto" not in _named(settings).values():
        return machine
    store = open_store(settings)
    wanted = [entry for entry in store.catalogue.values() if entry.auto]
    here = frozenset(entry.name for entry in wanted if _is_here(store, entry, environ))
    hub = len(here) < len(wanted) and Hub.of(environ).answers(PROBE_S)
    return replace(machine, hub=hub, here=here)


def catalogue_of(settings: Settings) -> Catalogue:
    """The user's entries, where INZWA_CATALOGUE names a file, before those that come with Inzwa."""
    return load_catalogue(*([settings.catalogue] if settings.catalogue else []))


def cache_folder(settings: Settings) -> Path:
    """Where models lie, and what belongs to them."""
    return settings.cache or default_cache()


def open_store(settings: Settings, report: ProgressCallback = silent) -> Store:
    """The models on this disk, where the settings say that they lie. BadKey when the keys that must sign cannot be."""
    keys = settings.models_require_signature
    return Store(
        cache_folder(settings),
        catalogue=catalogue_of(settings),
        report=report,
        trust=SignaturePolicy.read(keys) if keys else None,
    )


def _with_adapter(settings: Settings, plan: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    base, lora = _pair(settings)
    if not lora:
        return plan
    paired = tuple(replace(attempt, lora=lora) for attempt in (plan if base == "auto" else plan[:1]))
    return (*paired, *plan) if settings.models == "auto" else paired


def _named(settings: Settings) -> dict[Stage, str]:
    return {
        "vad": settings.vad_model,
        "asr": GGML if settings.asr_engine == "whisper-cpp" and settings.asr_model == "auto" else settings.asr_model,
        "llm": _pair(settings)[0],
        "tts": settings.tts_model,
    }


def _pair(settings: Settings) -> tuple[str, str]:
    """The base and the adapter. Whoever names an adapter as the model means its base with it; a path is a file."""
    known = catalogue_of(settings)
    base, lora = settings.llm_model, settings.llm_lora
    if base in known and known[base].stage == "lora" and lora in ("", base):
        base, lora = "auto", base
    if base == "auto" and lora in known:
        base = known[lora].facts.get("base", "auto")
    if "/" in lora and not is_direct(lora):
        lora = f"file:{Path(lora).expanduser().absolute()}"
    return base, lora


def _after(name: str, stage: Stage, ranked: Mapping[Stage, tuple[str, ...]], mode: str) -> tuple[str, ...]:
    if name == "auto":
        return ranked[stage]
    return (name, EMBEDDED[stage]) if mode == "auto" and name != EMBEDDED[stage] else (name,)


def _fits(entry: Entry, cores: int, memory_mib: int) -> bool:
    return entry.memory_mib <= memory_mib and (entry.speed != "slow" or cores >= CORES_FOR_SLOW)


def _lightest(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.memory_mib)[:1]


def _is_here(store: Store, entry: Entry, environ: Mapping[str, str]) -> bool:
    """Whether it is in our cache, or in that of huggingface_hub."""
    if store.state(entry.name) == "ready":
        return True
    return isinstance(entry.unpinned, UnpinnedHub) and entry.unpinned.is_cached(environ)
