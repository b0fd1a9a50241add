"""The size rules count to the line."""

import pytest

from tests.code_rules import sizes
from tests.code_rules.source import CodeBase, Source


def code_base(text: str) -> CodeBase:
    return CodeBase((Source("inzwa/long.py", text),))


def block(head: str, lines: int, indent: str = "") -> str:
    """A definition of exactly this many lines."""
    return f"{indent}{head}\n" + f"{indent}    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(("head", "bound"), [("def f():", 50), ("async def f():", 50), ("class C:", 150)])
def test_a_definition_may_have_its_bound_and_not_one_line_more(head: str, bound: int) -> None:
    assert not list(sizes.definitions_are_short(code_base(block(head, bound))))
    said = [str(violation) for violation in sizes.definitions_are_short(code_base("\n" + block(head, bound + 1)))]
    assert len(said) == 1
    assert said[0].startswith("inzwa/long.py:2: ")
    assert f"has {bound + 1} lines" in said[0]


def test_a_long_method_and_a_long_inner_function_are_found() -> None:
    text = "class C:\n" + block("def method(self):", 51, "    ") + "def g():\n" + block("def inner():", 49, "    ")
    assert [violation.line for violation in sizes.definitions_are_short(code_base(text))] == [2]


def test_a_module_may_have_its_bound_and_not_one_line_more() -> None:
    assert not list(sizes.modules_are_short(code_base("x = 1\n" * 250)))
    assert len(list(sizes.modules_are_short(code_base("x = 1\n" * 251)))) == 1
