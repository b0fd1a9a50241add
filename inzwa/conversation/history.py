"""What was said so far, kept within the model's window. Pure; counts tokens with a function that it is given."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from inzwa.protocols import Message

MAX_EXCHANGES: Final = 64
"""Turns kept at most, whatever their length: a session of a day must not grow for a day."""

KEPT: Final = 0.5
"""Of what may be kept, how much is once it has become too much. When the oldest leaves, all that stands behind it
moves, and the model has to read that again: seconds, better spent once in many turns than in every one."""


@dataclass(frozen=True, slots=True)
class PastTurn:
    """One turn: what the user said, and of the reply what the user heard."""

    user: str
    assistant: str


class History:
    """One conversation's exchanges. The oldest leave whole."""

    def __init__(self, system: str) -> None:
        self.system = system
        self._exchanges: list[PastTurn] = []

    @property
    def exchanges(self) -> Sequence[PastTurn]:
        return tuple(self._exchanges)

    def add(self, user: str, assistant: str) -> None:
        """A turn is over; `assistant` is empty where it got no answer."""
        self._exchanges.append(PastTurn(user, assistant))
        if len(self._exchanges) > MAX_EXCHANGES:
            del self._exchanges[: -int(KEPT * MAX_EXCHANGES)]

    def messages(self, user: str, count: Callable[[Sequence[Message]], int], budget: int) -> list[Message]:
        """The prompt for a new turn in at most `budget` tokens. Where it would be more, the oldest exchanges are
        forgotten for good, until it takes no more than KEPT of the budget or the newest alone is left. How many that
        are is found by halves: counting a long prompt takes milliseconds.

        The system line and the new turn always stay, whatever they cost.
        """
        if count(self._prompt(user)) > budget:
            older = range(len(self._exchanges) - 1)
            gone = bisect_left(older, True, key=lambda gone: self._fits(gone, user, count, KEPT * budget))
            del self._exchanges[:gone]
            if self._exchanges and not self._fits(0, user, count, budget):
                self._exchanges.clear()
        return self._prompt(user)

    def _fits(self, gone: int, user: str, count: Callable[[Sequence[Message]], int], budget: float) -> bool:
        return count(self._prompt(user, gone)) <= budget

    def _prompt(self, user: str, gone: int = 0) -> list[Message]:
        """Without the oldest `gone`. Roles take turns: what got no answer is joined to what was said after it."""
        prompt = [Message("system", self.system)] if self.system else []
        unanswered: list[str] = []
        for exchange in self._exchanges[gone:]:
            unanswered.append(exchange.user)
            if exchange.assistant:
                prompt += [Message("user", " ".join(unanswered)), Message("assistant", exchange.assistant)]
                unanswered = []
        return [*prompt, Message("user", " ".join([*unanswered, user]))]
