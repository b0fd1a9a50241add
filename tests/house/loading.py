"""What turns a file's bytes into code: forbidden in the product, whatever the file is."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.house.source import House, Source, Violation

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


def nothing_runs_code_out_of_a_file(house: House) -> Iterator[Violation]:
    """No pickle, no marshalled code, no eval, and no template outside the sandbox."""
    for source in house.sources:
        for found in source.imports:
            if found.target.split(".")[0] in MODULES:
                yield source.violation(found.line, f"{found.target} makes code of data")
        yield from _calls(source)


def _calls(source: Source) -> Iterator[Violation]:
    for call in source.calls():
        name = source.resolve(call.func)
        if name in (*CALLS, *ARRAYS, *TEMPLATES):
            yield source.violation(call, f"{name} makes code of data")
        if any(key.arg == "allow_pickle" and not _is_false(key.value) for key in call.keywords):
            yield source.violation(call, f"{name} is told to open pickles")


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
