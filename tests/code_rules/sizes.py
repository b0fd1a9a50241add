"""How long things may be, in lines as they stand in the file, docstrings and comments included."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.code_rules.source import CodeBase, FunctionNode, Violation

FUNCTION_LINES: Final = 50
CLASS_LINES: Final = 150
MODULE_LINES: Final = 250


def definitions_are_short(code: CodeBase) -> Iterator[Violation]:
    """A function within FUNCTION_LINES, a class within CLASS_LINES."""
    for source in code.sources:
        for node in ast.walk(source.tree):
            if not isinstance(node, FunctionNode | ast.ClassDef):
                continue
            bound = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > bound:
                yield source.violation(node, f"{node.name} has {lines} lines, {lines - bound} more than {bound}")


def modules_are_short(code: CodeBase) -> Iterator[Violation]:
    """A module within MODULE_LINES."""
    for source in code.sources:
        lines = len(source.text.splitlines())
        if lines > MODULE_LINES:
            yield source.violation(
                lines, f"{source.module} has {lines} lines, {lines - MODULE_LINES} over {MODULE_LINES}"
            )
