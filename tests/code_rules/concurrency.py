"""Bounds, owners and endings: queues that cannot grow, tasks that somebody waits for, errors that are named."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.code_rules.source import CodeBase, FunctionNode, Source, Violation

MAX_BOUND: Final = 8
"""Items that any queue may hold."""

QUEUES: Final = {
    "anyio.create_memory_object_stream": ("max_buffer_size", 0, 0),
    "collections.deque": ("maxlen", 1, 0),
    **{
        f"{home}.{name}": ("maxsize", 0, 1)
        for home in ("asyncio", "asyncio.queues", "queue", "multiprocessing")
        for name in ("Queue", "LifoQueue", "PriorityQueue", "JoinableQueue")
    },
}
"""Constructor to the name, the position and the least value of its bound (0 means no bound where the least is 1)."""

BOUNDLESS: Final = (
    "queue.SimpleQueue",
    "multiprocessing.SimpleQueue",
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor",
)
"""These take no bound at all; an executor keeps its jobs in one of them."""

EXECUTORS: Final = "concurrent.futures."

NOT_QUEUES: Final = {
    "inzwa.engines.llm.scripted": "a fake's script and its notes for the tests: nothing waits at either end",
}
"""Modules whose deques carry nothing from one task to another, and why."""

HAND_MADE: Final = {
    "inzwa.engines.worker": "inzwa.engines.worker.MAX_WAITING",
    "inzwa.models.parallel": "inzwa.models.parallel.AT_ONCE",
}
"""A module that keeps a heap as its queue, or counts the jobs that it gives an executor, to the constant that bounds
it."""

UNOWNED: Final = ("asyncio.create_task", "asyncio.ensure_future", "asyncio.run_coroutine_threadsafe")

GROUPS: Final = ("anyio.create_task_group", "asyncio.TaskGroup")
SCOPES: Final = (*GROUPS, "anyio.CancelScope", "anyio.fail_after", "anyio.move_on_after", "asyncio.timeout")
MANAGERS: Final = ("contextlib.asynccontextmanager", "contextlib.contextmanager", "pytest.fixture")

BROAD: Final = ("Exception", "BaseException", "builtins.Exception", "builtins.BaseException")

BROAD_ALLOWED: Final = {
    "inzwa.engines.worker:_Job.run": "whatever a job raises belongs to its caller; the thread must live on",
    "inzwa.feedback.store.writer:_outcome": "whatever a change raises belongs to its caller",
    "inzwa.feedback.store.writer:Writer._write": "what ends a transaction belongs to its callers; the thread lives on",
    "inzwa.protocols.failures:stage_errors": "the one place where an engine's own exceptions get a type",
    "inzwa.conversation.speculation:SpeculativeReply.run": "whatever it is belongs to the turn that takes the reply",
    "inzwa.conversation.turn_taking:_outcome": "the edge of a session: a failure ends the turn only",
}
"""Where a broad except may stand, and why: the session's and the socket's edge, and the worker's door."""


def every_queue_is_bounded(code: CodeBase) -> Iterator[Violation]:
    """Each queue says its bound where it is made: a number, or a module's constant, of at most MAX_BOUND."""
    for source in code.sources:
        for call in source.calls():
            if what := _unbounded(code, source, call):
                yield source.violation(call, f"{source.resolve(call.func)} {what}")
            for passed in _passed(source, call):
                if source.resolve(passed) in (*QUEUES, *BOUNDLESS):
                    yield source.violation(passed, f"{source.resolve(passed)} is made out of sight, without a bound")


def heaps_name_their_bound(code: CodeBase) -> Iterator[Violation]:
    """A heap used as a queue stands in HAND_MADE, with the constant that bounds it; so does an executor there."""
    for source in code.sources:
        if not _imports_heapq(source) and source.module not in HAND_MADE:
            continue
        home, _, name = HAND_MADE.get(source.module, "").rpartition(".")
        bound = code.modules[home].constants.get(name) if home in code.modules else None
        if bound is None or not 1 <= bound <= MAX_BOUND:
            yield source.violation(1, f"{source.module} keeps a heap whose bound HAND_MADE does not name, or {bound}")


def every_task_has_a_group(code: CodeBase) -> Iterator[Violation]:
    """Tasks are started by a group that waits for them."""
    for source in code.sources:
        groups = set(_group_names(source))
        for call in source.calls():
            starts = isinstance(call.func, ast.Attribute) and call.func.attr in ("create_task", "ensure_future")
            owned = starts and source.resolve(call.func.value) in groups
            if source.resolve(call.func) in UNOWNED or (starts and not owned):
                yield source.violation(call, f"{ast.unparse(call.func)} starts a task that no group owns")


def nothing_is_yielded_from_inside_a_group(code: CodeBase) -> Iterator[Violation]:
    """A generator that pauses inside a task group or a cancel scope is resumed, or dropped, in another one."""
    for source in code.sources:
        for function in source.functions():
            if any(source.resolve(_called(mark)) in MANAGERS for mark in function.decorator_list):
                continue
            for scope in (node for node in _own_nodes(function) if isinstance(node, ast.With | ast.AsyncWith)):
                if any(source.resolve(_called(item.context_expr)) in SCOPES for item in scope.items):
                    for node in _own_nodes(scope):
                        if isinstance(node, ast.Yield | ast.YieldFrom):
                            yield source.violation(node, f"{function.name} yields from inside a group or a scope")


def no_broad_excepts(code: CodeBase) -> Iterator[Violation]:
    """Errors are caught by their type; the places that may catch all are listed with their reasons.

    A handler that ends in a bare `raise` catches nothing: it cleans up.
    """
    for source, node in _broad(code):
        if source.place(node) not in BROAD_ALLOWED:
            yield source.violation(node, f"{source.place(node)} catches everything: name the type")


def no_stale_exemptions(code: CodeBase) -> Iterator[Violation]:
    """An excuse that no code needs is removed."""
    used = {source.place(node) for source, node in _broad(code)}
    used |= {source.module for source in code.sources if "collections.deque" in source.names.values()}
    used |= {source.module for source in code.sources if _imports_heapq(source) or _has_executor(source)}
    for place in {*BROAD_ALLOWED, *NOT_QUEUES, *HAND_MADE} - used:
        yield Violation("tests/code_rules/concurrency.py", 1, f"{place} is exempt from a rule that it does not break")


def _unbounded(code: CodeBase, source: Source, call: ast.Call) -> str:
    """What is wrong with the queue that this call makes; empty when it makes none, or a good one."""
    name = source.resolve(call.func)
    if name in BOUNDLESS:
        return "" if name.startswith(EXECUTORS) and source.module in HAND_MADE else "has no bound"
    if name not in QUEUES or (name == "collections.deque" and source.module in NOT_QUEUES):
        return ""
    keyword, position, least = QUEUES[name]
    given = next((word.value for word in call.keywords if word.arg == keyword), None)
    if given is None and len(call.args) > position:
        given = call.args[position]
    if given is None:
        return f"does not say its bound ({keyword})"
    bound = code.number(source, given)
    if bound is None:
        return f"is bounded by {ast.unparse(given)}, which is no number or constant of a module"
    return "" if least <= bound <= MAX_BOUND else f"is bounded by {bound}, not by {least} to {MAX_BOUND}"


def _passed(source: Source, call: ast.Call) -> list[ast.expr]:
    """What a call is given that it might call in turn."""
    asks = source.resolve(call.func) in ("isinstance", "issubclass", "typing.cast")
    return [] if asks else [*call.args, *(keyword.value for keyword in call.keywords)]


def _has_executor(source: Source) -> bool:
    return any(name.startswith(EXECUTORS) for name in source.names.values())


def _imports_heapq(source: Source) -> bool:
    return any(found.target.split(".")[0] == "heapq" for found in source.imports)


def _group_names(source: Source) -> Iterator[str]:
    """Names that a `with` binds to a task group in this module."""
    for node in ast.walk(source.tree):
        for item in node.items if isinstance(node, ast.With | ast.AsyncWith) else ():
            if source.resolve(_called(item.context_expr)) in GROUPS and isinstance(item.optional_vars, ast.Name):
                yield item.optional_vars.id


def _broad(code: CodeBase) -> Iterator[tuple[Source, ast.AST]]:
    return ((source, node) for source in code.sources for node in ast.walk(source.tree) if _is_broad(source, node))


def _is_broad(source: Source, node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return _catches_all(source, node.type) and not _only_cleans_up(node)
    suppresses = isinstance(node, ast.Call) and source.resolve(node.func) == "contextlib.suppress"
    return suppresses and any(_catches_all(source, kind) for kind in node.args)


def _catches_all(source: Source, kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(one is None or source.resolve(one) in BROAD for one in kinds)


def _only_cleans_up(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    leaves = any(isinstance(node, ast.Return | ast.Break | ast.Continue) for node in _own_nodes(handler))
    return isinstance(last, ast.Raise) and last.exc is None and not leaves


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _own_nodes(outer: ast.AST) -> Iterator[ast.AST]:
    """What stands in a definition or a block, but not in the definitions inside it."""
    for child in ast.iter_child_nodes(outer):
        yield child
        if not isinstance(child, FunctionNode | ast.Lambda | ast.ClassDef):
            yield from _own_nodes(child)
