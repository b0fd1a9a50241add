"""What can be typed, and that each command is where the parser says."""

import argparse
import inspect
from collections.abc import Iterator
from pkgutil import resolve_name

import pytest

from inzwa import protocols
from inzwa.cli.parser import STAGES, parser


def commands(of: argparse.ArgumentParser) -> Iterator[str]:
    """Where each command below this parser is implemented."""
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield command.get_default("run")
                yield from commands(command)


@pytest.mark.parametrize("run", sorted(set(commands(parser()))))
def test_every_command_is_a_function_of_what_was_typed_and_the_settings(run: str) -> None:
    signature = inspect.signature(resolve_name(run))
    assert [parameter.annotation.__name__ for parameter in signature.parameters.values()] == ["Namespace", "Settings"]
    assert signature.return_annotation in (None, int)


def test_the_stages_are_those_of_the_protocols() -> None:
    assert STAGES == protocols.STAGES
