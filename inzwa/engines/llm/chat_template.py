"""A conversation as the one text that a model was trained on, by the Jinja template in the model's file.

What people say can never become one of the model's control tokens: their spellings are removed from every message
first. A template that refuses a conversation (no system role, roles that must alternate) is given the same
conversation in strict turns.
"""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from typing import Final, NoReturn

import jinja2
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from inzwa.errors import EngineError
from inzwa.protocols import Message

PLAIN: Final = (
    "{% for message in messages %}{% if message.role == 'system' %}{{ message.content + '\n\n' }}{% else %}"
    "{{ ('User: ' if message.role == 'user' else 'Assistant: ') + message.content + '\n' }}"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}"
)
"""For a model that has no template: a base model continues a written dialogue."""

PLAIN_STOPS: Final = ("\nUser:", "\nAssistant:")
"""Where a base model begins to write the next turn."""


class ChatTemplate:
    """One model's template, compiled. `control` holds the spellings of its control tokens."""

    def __init__(self, source: str, *, bos: str = "", eos: str = "", control: Collection[str] = ()) -> None:
        self.stops = () if source else PLAIN_STOPS
        """Stop words that every reply needs besides the caller's."""
        self._variables = {"bos_token": bos, "eos_token": eos, "add_generation_prompt": True}
        spellings = sorted(filter(None, control), key=len, reverse=True)
        self._control = re.compile("|".join(map(re.escape, spellings)) or "(?!)")
        try:
            self._template = _environment().from_string(source or PLAIN)
        except jinja2.TemplateError as error:
            raise EngineError("llm", "The model's chat template cannot be read.") from error

    def render(self, messages: Sequence[Message]) -> str:
        """The prompt, ready for the assistant's words. EngineError when the template refuses it in strict turns too."""
        clean = [Message(message.role, self._clean(message.content)) for message in messages]
        with suppress(jinja2.TemplateError):
            return self._render(clean)
        try:
            return self._render(strict_turns(clean))
        except jinja2.TemplateError as error:
            raise EngineError("llm", "The model's chat template refuses this conversation.") from error

    def _render(self, messages: Sequence[Message]) -> str:
        lines = [{"role": message.role, "content": message.content} for message in messages]
        return self._template.render(messages=lines, **self._variables)

    def _clean(self, text: str) -> str:
        """Without control tokens, also those that appear when another is removed from their middle."""
        while (shorter := self._control.sub("", text)) != text:
            text = shorter
        return text


def strict_turns(messages: Sequence[Message]) -> list[Message]:
    """Alternating roles: the system's words go before the user's first, neighbours of one role are joined."""
    turns = [Message("user" if message.role == "system" else message.role, message.content) for message in messages]
    if turns and turns[0].role == "assistant":
        turns.insert(0, Message("user", ""))
    return [
        Message(role, "\n\n".join(message.content for message in group))
        for role, group in groupby(turns, key=lambda message: message.role)
    ]


def _environment() -> ImmutableSandboxedEnvironment:
    """What chat templates expect of Jinja, and no more: a template cannot reach Python."""
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    environment.globals.update(
        raise_exception=_refuse, strftime_now=lambda form: datetime.now().astimezone().strftime(form)
    )
    return environment


def _refuse(reason: str) -> NoReturn:
    raise jinja2.TemplateError(reason)
