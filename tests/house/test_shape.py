"""The size rules count to the line."""

import pytest

from tests.house import shape
from tests.house.source import House, Source


def house(text: str) -> House:
    return House((Source("inzwa/long.py", text),))


def block(head: str, lines: int, indent: str = "") -> str:
    """A definition of exactly this many lines."""
    return f"{indent}{head}\n" + f"{indent}    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(("head", "bound"), [("def f():", 50), ("async def f():", 50), ("class C:", 150)])
def test_a_definition_may_have_its_bound_and_not_one_line_more(head: str, bound: int) -> None:
    assert not list(shape.definitions_are_short(house(block(head, bound))))
    said = [str(violation) for violation in shape.definitions_are_short(house("\n" + block(head, bound + 1)))]
    assert len(said) == 1
    assert said[0].startswith("inzwa/long.py:2: ")
    assert f"has {bound + 1} lines" in said[0]


def test_a_long_method_and_a_long_inner_function_are_found() -> None:
    text = "class C:\n" + block("def method(self):", 51, "    ") + "def g():\n" + block("def inner():", 49, "    ")
    assert [violation.line for violation in shape.definitions_are_short(house(text))] == [2]


def test_a_module_may_have_its_bound_and_not_one_line_more() -> None:
    assert not list(shape.modules_are_short(house("x = 1\n" * 250)))
    assert len(list(shape.modules_are_short(house("x = 1\n" * 251)))) == 1
