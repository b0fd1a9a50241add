"""Who may import whom. A module that has no layer is a violation."""

from collections.abc import Iterator
from typing import Final

from tests.code_rules.source import CodeBase, Source, Violation

LAYERS: Final = {
    "inzwa": 0,
    "inzwa.errors": 0,
    "inzwa.process": 0,
    "inzwa.settings": 0,
    "inzwa.protocols": 0,
    "inzwa.events": 0,
    "inzwa.audio": 0,  # beside events, which carry Sound
    "inzwa.shona": 1,
    "inzwa.hardware": 1,
    "inzwa.formats": 1,
    "inzwa.models": 1,
    "inzwa.engines.worker": 1,
    "inzwa.engines.onnx_session": 1,
    "inzwa.engines.vad": 2,
    "inzwa.engines.asr": 2,
    "inzwa.engines.llm": 2,
    "inzwa.engines.tts": 2,
    "inzwa.engines": 3,
    "inzwa.conversation": 4,
    "inzwa.feedback": 4,
    "inzwa.server": 5,
    "inzwa.cli": 6,
    "inzwa.evaluation": 6,
    "inzwa.evaluation.rates": 1,  # with these two, pure: the report on feedback counts errors, too
    "inzwa.evaluation.comparison": 1,
    "inzwa.evaluation.distance": 1,
    "inzwa.export": 6,
    "inzwa.__main__": 6,
    "app": 6,
}
"""Package or module to layer; the longest name that fits decides."""

ENGINES: Final = 2
"""The layer of the engine families, which import neither each other nor the web."""

BEHIND_PROTOCOLS: Final = (4, 5)
"""The layers (conversation and server) that reach engines through inzwa.protocols only."""

HEAVY: Final = {
    "faster_whisper": ("inzwa.engines.asr", "inzwa.engines.vad"),
    "pywhispercpp": ("inzwa.engines.asr",),
    "_pywhispercpp": ("inzwa.engines.asr",),
    "ctranslate2": ("inzwa.engines.asr", "inzwa.models.convert"),
    "llama_cpp": ("inzwa.engines.llm",),
    "onnxruntime": ("inzwa.engines.onnx_session", "inzwa.engines.vad", "inzwa.engines.asr", "inzwa.engines.tts"),
    "onnx": ("inzwa.formats",),
    "gradio": ("inzwa.server.ui",),
    "sqlalchemy": ("inzwa.feedback",),
    "alembic": ("inzwa.feedback.store",),
    "psycopg": (),
    "torch": ("inzwa.export",),
    "TTS": ("inzwa.export",),
}
"""A heavy library to the packages that need it."""

WEB: Final = ("fastapi", "starlette", "uvicorn", "websockets", "gradio", "gradio_client")
WEB_LAYERS: Final = (5, 6)

PURE: Final = (
    "inzwa.audio.mel",
    "inzwa.audio.pcm",
    "inzwa.shona",
    "inzwa.conversation.output.safety",
    "inzwa.conversation.input.endpointing",
    "inzwa.conversation.input.partials",
    "inzwa.conversation.input.prosody",
    "inzwa.conversation.input.turn_end",
    "inzwa.conversation.history",
    "inzwa.conversation.output.playout_clock",
    "inzwa.conversation.output.phrase_spans",
    "inzwa.conversation.overlap",
    "inzwa.conversation.load_shedding",
)
"""Logic without a clock, a task, a thread or a model."""

IMPURE: Final = ("time", "asyncio", "anyio", "threading", "random", "socket", "subprocess", *HEAVY)


def imports_point_down(code: CodeBase) -> Iterator[Violation]:
    """A layer imports its own and lower ones; conversation and server reach engines through the protocols alone."""
    for source, line, target in _own_imports(code):
        here, there = layer(source.module), layer(target)
        if here is None or there is None:
            continue
        if there > here:
            yield source.violation(line, f"layer {here} imports {target} from layer {there}: imports point down")
        elif _within(target, "inzwa.engines") and here in BEHIND_PROTOCOLS:
            yield source.violation(line, f"layer {here} imports {target}: use inzwa.protocols")
        elif here == there == ENGINES and family(source.module) != family(target):
            yield source.violation(line, f"an engine of {family(source.module)} imports {target}, another engine")


def every_module_has_a_layer(code: CodeBase) -> Iterator[Violation]:
    """A new module gets a layer before it is used."""
    for source in _ours(code):
        if layer(source.module) is None:
            yield source.violation(1, f"{source.module} has no layer: add it to LAYERS")


def no_import_cycles(code: CodeBase) -> Iterator[Violation]:
    """No module imports itself by way of others."""
    targets: dict[str, set[str]] = {}
    for source, _, target in _own_imports(code):
        targets.setdefault(source.module, set()).add(target)
    for source, line, target in _own_imports(code):
        if target != source.module and source.module in _reach(target, targets):
            yield source.violation(line, f"{source.module} and {target} import each other")


def own_modules_are_imported_at_the_top(code: CodeBase) -> Iterator[Violation]:
    """An import inside a function hides a dependency; so does one by a computed name."""
    for source in _ours(code):
        for found in source.imports:
            if found.late and code.module_of(found.target):
                yield source.violation(
                    found.line, f"{found.target} is imported inside a definition: move it to the top"
                )
        for call in source.calls():
            if source.resolve(call.func) in ("importlib.import_module", "__import__"):
                yield source.violation(call, "an import by a computed name hides a dependency")


def heavy_libraries_stay_in_their_packages(code: CodeBase) -> Iterator[Violation]:
    """A heavy library is imported only where an engine, or the page, is made of it."""
    for source in _ours(code):
        for found in source.imports:
            allowed = HEAVY.get(found.target.split(".")[0])
            if allowed is not None and not any(_within(source.module, place) for place in allowed):
                yield source.violation(found.line, f"{found.target} belongs to {', '.join(allowed) or 'nobody'} only")


def only_server_and_cli_know_the_web(code: CodeBase) -> Iterator[Violation]:
    """Below the server nothing imports a web framework."""
    for source in _ours(code):
        for found in source.imports:
            if found.target.split(".")[0] in WEB and layer(source.module) not in WEB_LAYERS:
                yield source.violation(found.line, f"{source.module} imports {found.target}: only server and cli may")


def pure_modules_stay_pure(code: CodeBase) -> Iterator[Violation]:
    """No await, no clock, no task and no model in what is pure."""
    for source in _ours(code):
        if not any(_within(source.module, place) for place in PURE):
            continue
        for found in source.imports:
            if found.target.split(".")[0] in IMPURE:
                yield source.violation(found.line, f"{source.module} is pure and imports {found.target}")
        for function in source.functions():
            if type(function).__name__.startswith("Async"):
                yield source.violation(function, f"{source.module} is pure and {function.name} is async")


def layer(module: str) -> int | None:
    """The layer's number; None where LAYERS has none. Only a package lends its layer to what it holds."""
    if module in LAYERS:
        return LAYERS[module]
    parent = module.rpartition(".")[0]
    return layer(parent) if parent not in ("", "inzwa") else None


def family(module: str) -> str:
    """`inzwa.engines.asr` for `inzwa.engines.asr.whisper`."""
    return ".".join(module.split(".")[:3])


def _ours(code: CodeBase) -> Iterator[Source]:
    return (source for source in code.sources if source.module.split(".")[0] in ("inzwa", "app"))


def _own_imports(code: CodeBase) -> Iterator[tuple[Source, int, str]]:
    for source in _ours(code):
        for found in source.imports:
            if target := code.module_of(found.target):
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
