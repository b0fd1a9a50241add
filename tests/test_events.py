"""Every message is frozen, slotted, named, and says what its fields hold."""

import ast
import inspect
from dataclasses import FrozenInstanceError, fields, is_dataclass
from itertools import pairwise
from typing import get_args

import pytest

from inzwa import events
from inzwa.events import ClientEvent, LlmPartial, MicrophoneFrame, ServerEvent, TtsAudio, TurnEvent

MESSAGES = [*get_args(ClientEvent), *get_args(ServerEvent)]
KINDS = [kind for kind in vars(events).values() if inspect.isclass(kind) and is_dataclass(kind)]
BINARY = (MicrophoneFrame, TtsAudio)


def described(kind):
    """The fields with a string under them."""
    body = next(node for node in ast.parse(inspect.getsource(kind)).body if isinstance(node, ast.ClassDef)).body
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            yield field.target.id


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_message_is_frozen_and_slotted(kind):
    assert kind.__dataclass_params__.frozen
    assert "__slots__" in vars(kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_field_says_what_it_holds(kind):
    inherited = {field.name for field in fields(TurnEvent)} if issubclass(kind, TurnEvent) else set()
    own = {field.name for field in fields(kind)} - (inherited if kind is not TurnEvent else set())
    assert own <= set(described(kind))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_message_says_what_it_is(kind):
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}("), "this is the docstring that dataclasses write"


def test_text_messages_have_a_type_and_binary_ones_have_none():
    assert all(hasattr(kind, "type") is (kind not in BINARY) for kind in MESSAGES)


def test_no_two_messages_of_one_direction_share_a_type():
    for union in (ClientEvent, ServerEvent):
        types = [kind.type for kind in get_args(union) if kind not in BINARY]
        assert len(types) == len(set(types))


def test_a_message_cannot_be_changed_on_its_way():
    with pytest.raises(FrozenInstanceError):
        LlmPartial(1, "mhoro").token = "x"
