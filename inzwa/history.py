"""What was said so far, kept within the model's window. Pure; counts tokens with a function that it is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from inzwa.protocols import Message

MAX_EXCHANGES: Final = 64
"""Turns kept at most, whatever their length: a session of a day must not grow for a day."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn: what the user said, and of the reply what the user heard."""

    user: str
    assistant: str


class History:
    """One conversation's exchanges. The oldest leave whole."""

    def __init__(self, system: str) -> None:
        self.system = system
        self._exchanges: list[Exchange] = []

    @property
    def exchanges(self) -> Sequence[Exchange]:
        return tuple(self._exchanges)

    def add(self, user: str, assistant: str) -> None:
        """A turn is over. A turn that got no answer waits to be joined to the next one."""
        if self._exchanges and not self._exchanges[-1].assistant:
            user = f"{self._exchanges.pop().user} {user}"
        self._exchanges.append(Exchange(user, assistant))
        del self._exchanges[:-MAX_EXCHANGES]

    def messages(self, user: str, count: Callable[[Sequence[Message]], int], budget: int) -> list[Message]:
        """The prompt for a new turn in at most `budget` tokens; exchanges that do not fit are forgotten for good.

        The system line and the new turn always stay, whatever they cost.
        """
        past = self._exchanges
        if past and not past[-1].assistant:
            past, user = past[:-1], f"{past[-1].user} {user}"
        while past and count(self._prompt(past, user)) > budget:
            past = past[1:]
            del self._exchanges[0]
        return self._prompt(past, user)

    def _prompt(self, past: Sequence[Exchange], user: str) -> list[Message]:
        prompt = [Message("system", self.system)] if self.system else []
        for exchange in past:
            prompt += [Message("user", exchange.user), Message("assistant", exchange.assistant)]
        return [*prompt, Message("user", user)]
