"""What turns a file's bytes into code: forbidden in the product, whatever the file is."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.code_rules.source import CodeBase, Source, Violation

MODULES: Final = (
    "pickle",
    "cPickle",
    "dill",
    "cloudpickle",
    "joblib",
    "shelve",
    "marshal",
    "torch",
    "yaml",
    "runpy",
    "code",
)
CALLS: Final = ("eval", "exec", "compile", "builtins.eval", "builtins.exec", "builtins.compile")
ARRAYS: Final = ("numpy.load", "numpy.lib.npyio.NpzFile", "numpy.lib.format.read_array")
"""They read pickles when told to, and nothing of ours is kept so."""
TEMPLATES: Final = ("jinja2.Template", "jinja2.Environment", "jinja2.sandbox.SandboxedEnvironment")
"""A model's file brings a template of its own: only ImmutableSandboxedEnvironment may read it."""


WEIGHTS_ALONE: Final = "inzwa.export.coqui"
"""The one module that opens checkpoints of torch: as weights alone, which torch reads without running anything."""


def nothing_runs_code_out_of_a_file(code: CodeBase) -> Iterator[Violation]:
    """No pickle, no marshalled code, no eval, and no template outside the sandbox; torch as weights alone."""
    for source in code.sources:
        allowed = ("torch",) if source.module == WEIGHTS_ALONE else ()
        for found in source.imports:
            if found.target.split(".")[0] in MODULES and found.target not in allowed:
                yield source.violation(found.line, f"{found.target} makes code of data")
        yield from _calls(source)
        if allowed:
            yield from _loads(source)


def _loads(source: Source) -> Iterator[Violation]:
    for call in source.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr == "load":
            alone = next((key.value for key in call.keywords if key.arg == "weights_only"), None)
            if not isinstance(alone, ast.Constant) or alone.value is not True:
                yield source.violation(call, "a checkpoint is opened as more than weights")


def _calls(source: Source) -> Iterator[Violation]:
    for call in source.calls():
        name = source.resolve(call.func)
        if name in (*CALLS, *ARRAYS, *TEMPLATES):
            yield source.violation(call, f"{name} makes code of data")
        if any(key.arg == "allow_pickle" and not _is_false(key.value) for key in call.keywords):
            yield source.violation(call, f"{name} is told to open pickles")


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
