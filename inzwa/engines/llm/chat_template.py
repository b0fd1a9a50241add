"""A conversation as the one text that a model was trained on, by the Jinja template in the model's file.

Knows no tokens. What people say can never become one of the model's control tokens: their spellings are taken out
of every message first. A template that refuses a conversation (no system role, roles that must alternate) is offered
the same conversation folded into plain turns.
"""

import re
from collections.abc import Collection, Sequence
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
"""Where a base model begins to write the other's lines."""


class ChatTemplate:
    """One model's template, compiled. `control` holds the spellings of its control tokens."""

    def __init__(self, source: str, *, bos: str = "", eos: str = "", control: Collection[str] = ()) -> None:
        self.stops = () if source else PLAIN_STOPS
        """Stop words that every reply needs besides the caller's."""
        self._words = {"bos_token": bos, "eos_token": eos, "add_generation_prompt": True}
        spellings = sorted(filter(None, control), key=len, reverse=True)
        self._control = re.compile("|".join(map(re.escape, spellings)) or "(?!)")
        try:
            self._template = _environment().from_string(source or PLAIN)
        except jinja2.TemplateError as error:
            raise EngineError("llm", "The model's chat template cannot be read.") from error

    def render(self, messages: Sequence[Message]) -> str:
        """The prompt, ready for the assistant's words. EngineError when the template refuses it folded as well."""
        clean = [Message(message.role, self._clean(message.content)) for message in messages]
        try:
            return self._render(clean)
        except jinja2.TemplateError:
            return self._render_folded(clean)

    def _render_folded(self, messages: Sequence[Message]) -> str:
        try:
            return self._render(fold(messages))
        except jinja2.TemplateError as error:
            raise EngineError("llm", "The model's chat template refuses this conversation.") from error

    def _render(self, messages: Sequence[Message]) -> str:
        lines = [{"role": message.role, "content": message.content} for message in messages]
        return self._template.render(messages=lines, **self._words)

    def _clean(self, text: str) -> str:
        """Without control tokens, also those that appear when another is taken out of their middle."""
        while (shorter := self._control.sub("", text)) != text:
            text = shorter
        return text


def fold(messages: Sequence[Message]) -> list[Message]:
    """The same words in strict turns: the system's go before the user's first, neighbours of one role are joined."""
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
