"""Who may import whom. The rooms are those of the map in README; a module that has no room is a violation."""

from collections.abc import Iterator
from typing import Final

from tests.house.source import House, Source, Violation

ROOMS: Final = {
    "inzwa": 0,
    "inzwa.errors": 0,
    "inzwa.mel": 0,
    "inzwa.audio": 0,  # beside events, which carry Sound
    "inzwa.events": 0,
    "inzwa.listed": 0,
    "inzwa.settings": 0,
    "inzwa.values": 0,
    "inzwa.protocols": 1,
    "inzwa.stages": 1,
    "inzwa.worker": 1,
    "inzwa.groups": 1,
    "inzwa.slots": 1,
    "inzwa.slotted": 1,
    "inzwa.shona": 1,
    "inzwa.models": 1,
    "inzwa.processor": 1,
    "inzwa.safety": 1,
    "inzwa.vad": 2,
    "inzwa.asr": 2,
    "inzwa.llm": 2,
    "inzwa.tts": 2,
    "inzwa.endpoint": 3,
    "inzwa.interruption": 3,
    "inzwa.options": 3,
    "inzwa.loudspeaker": 3,
    "inzwa.floor": 3,
    "inzwa.load": 3,
    "inzwa.partials": 3,
    "inzwa.history": 3,
    "inzwa.playback": 3,
    "inzwa.ear": 3,
    "inzwa.utterance": 3,
    "inzwa.manuscript": 3,
    "inzwa.pipeline": 3,
    "inzwa.turns": 3,
    "inzwa.session": 3,
    "inzwa.metrics": 3,
    "inzwa.api": 4,
    "inzwa.engines": 5,
    "inzwa.openers": 5,
    "inzwa.selftest": 5,
    "inzwa.selftest_child": 5,
    "inzwa.keeper": 5,
    "inzwa.choice": 5,
    "inzwa.client": 5,
    "inzwa.commands": 5,
    "inzwa.evaluation": 5,
    "inzwa.export": 5,
    "inzwa.check": 5,
    "inzwa.serve": 5,
    "inzwa.cli": 5,
    "inzwa.__main__": 5,
    "app": 5,
}
"""Package or module to room; the longest name that fits decides."""

ENGINES: Final = 2
"""The room whose families know neither each other nor the web, and which rooms 3 and 4 reach by the contracts only."""

HEAVY: Final = {
    "faster_whisper": ("inzwa.asr", "inzwa.vad"),
    "pywhispercpp": ("inzwa.asr",),
    "_pywhispercpp": ("inzwa.asr",),
    "ctranslate2": ("inzwa.asr", "inzwa.models.convert"),
    "llama_cpp": ("inzwa.llm",),
    "onnxruntime": ("inzwa.vad", "inzwa.asr", "inzwa.tts"),
    "gradio": ("inzwa.api.ui",),
    "torch": ("inzwa.export",),
    "TTS": ("inzwa.export",),
}
"""A heavy library to the rooms that need it."""

WEB: Final = ("fastapi", "starlette", "uvicorn", "websockets", "gradio", "gradio_client")
WEB_ROOMS: Final = (4, 5)

PURE: Final = (
    "inzwa.mel",
    "inzwa.audio",
    "inzwa.shona",
    "inzwa.safety",
    "inzwa.endpoint",
    "inzwa.partials",
    "inzwa.history",
    "inzwa.playback",
    "inzwa.manuscript",
    "inzwa.interruption",
    "inzwa.load",
)
"""Logic without a clock, a task, a thread or a model."""

IMPURE: Final = ("time", "asyncio", "anyio", "threading", "random", "socket", "subprocess", *HEAVY)


def arrows_point_down(house: House) -> Iterator[Violation]:
    """A room imports its own and lower ones; conversation and web reach engines through the contracts alone."""
    for source, line, target in _own_imports(house):
        here, there = room(source.module), room(target)
        if here is None or there is None:
            continue
        if there > here:
            yield source.violation(line, f"room {here} imports {target} from room {there}: arrows point down")
        elif there == ENGINES and here in (3, 4):
            yield source.violation(line, f"room {here} imports the engine {target}: use protocols.py")
        elif here == there == ENGINES and family(source.module) != family(target):
            yield source.violation(line, f"an engine of {family(source.module)} imports {target}, another engine")


def every_module_has_a_room(house: House) -> Iterator[Violation]:
    """A new module is put on the map before it is used."""
    for source in _ours(house):
        if room(source.module) is None:
            yield source.violation(1, f"{source.module} has no room: add it to the map")


def no_circles(house: House) -> Iterator[Violation]:
    """No module imports itself by way of others."""
    targets: dict[str, set[str]] = {}
    for source, _, target in _own_imports(house):
        targets.setdefault(source.module, set()).add(target)
    for source, line, target in _own_imports(house):
        if target != source.module and source.module in _reach(target, targets):
            yield source.violation(line, f"{source.module} and {target} import each other")


def own_modules_are_imported_at_the_top(house: House) -> Iterator[Violation]:
    """An import inside a function hides an arrow; so does one by a computed name."""
    for source in _ours(house):
        for found in source.imports:
            if found.late and house.module_of(found.target):
                yield source.violation(
                    found.line, f"{found.target} is imported inside a definition: move it to the top"
                )
        for call in source.calls():
            if source.resolve(call.func) in ("importlib.import_module", "__import__"):
                yield source.violation(call, "an import by a computed name hides an arrow")


def heavy_libraries_stay_in_their_rooms(house: House) -> Iterator[Violation]:
    """A heavy library is imported only where an engine, or the page, is made of it."""
    for source in _ours(house):
        for found in source.imports:
            allowed = HEAVY.get(found.target.split(".")[0])
            if allowed is not None and not any(_within(source.module, place) for place in allowed):
                yield source.violation(found.line, f"{found.target} belongs to {', '.join(allowed)} only")


def the_web_stays_upstairs(house: House) -> Iterator[Violation]:
    """Below room 4 nothing knows that there is a web."""
    for source in _ours(house):
        for found in source.imports:
            if found.target.split(".")[0] in WEB and room(source.module) not in WEB_ROOMS:
                yield source.violation(found.line, f"{source.module} imports {found.target}: the web begins in room 4")


def pure_modules_stay_pure(house: House) -> Iterator[Violation]:
    """No await, no clock, no task and no model in what is pure."""
    for source in _ours(house):
        if not any(_within(source.module, place) for place in PURE):
            continue
        for found in source.imports:
            if found.target.split(".")[0] in IMPURE:
                yield source.violation(found.line, f"{source.module} is pure and imports {found.target}")
        for function in source.functions():
            if type(function).__name__.startswith("Async"):
                yield source.violation(function, f"{source.module} is pure and {function.name} is async")


def room(module: str) -> int | None:
    """The room's number; None where the map has none. Only a package lends its room to what it holds."""
    if module in ROOMS:
        return ROOMS[module]
    parent = module.rpartition(".")[0]
    return room(parent) if parent not in ("", "inzwa") else None


def family(module: str) -> str:
    """`inzwa.asr` for `inzwa.asr.whisper`."""
    return ".".join(module.split(".")[:2])


def _ours(house: House) -> Iterator[Source]:
    return (source for source in house.sources if source.module.split(".")[0] in ("inzwa", "app"))


def _own_imports(house: House) -> Iterator[tuple[Source, int, str]]:
    for source in _ours(house):
        for found in source.imports:
            if target := house.module_of(found.target):
                yield source, found.line, target


def _reach(start: str, targets: dict[str, set[str]]) -> set[str]:
    seen, ahead = set[str](), [start]
    while ahead:
        for target in targets.get(ahead.pop(), set()) - seen:
            seen.add(target)
            ahead.append(target)
    return seen


def _within(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")
