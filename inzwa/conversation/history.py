"""What was said so far, kept within the model's context window. Tokens are counted by a function that is passed in."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from inzwa.protocols import Message

MAX_TURNS: Final = 64
"""Turns kept at most, whatever their length: a session of a day must not grow for a day."""

KEPT_SHARE: Final = 0.5
"""Fraction of the budget that is kept when the history has outgrown it. When the oldest turns leave, everything behind
them moves, and the model has to read it again, which takes seconds: better once in many turns than in each."""

Count = Callable[[Sequence[Message]], int]
"""Tokens of a prompt."""


@dataclass(frozen=True, slots=True)
class PastTurn:
    """What the user said, and what the user heard of the reply; empty where there was none."""

    user: str
    assistant: str


class History:
    """One conversation's turns. The oldest leave whole."""

    def __init__(self) -> None:
        self._turns: list[PastTurn] = []

    @property
    def turns(self) -> Sequence[PastTurn]:
        return tuple(self._turns)

    def add(self, user: str, assistant: str) -> None:
        """A turn is over; `assistant` is empty where it got no answer."""
        self._turns.append(PastTurn(user, assistant))
        if len(self._turns) > MAX_TURNS:
            self.forget(len(self._turns) - int(KEPT_SHARE * MAX_TURNS))

    def excess(self, system: str, user: str, count: Count, budget: int) -> int:
        """How many of the oldest turns have no room in a prompt of `budget` tokens that ends in `user`.

        None while everything fits. Else so many that the prompt takes KEPT_SHARE of the budget or only the newest turn
        is left; all where even that one is too long. Found by bisection, because counting a long prompt takes
        milliseconds. The system line and the new text always stay, whatever they cost.
        """

        def fits(skip: int, tokens: float) -> bool:
            return count(self.prompt(system, user, skip=skip)) <= tokens

        if fits(0, budget):
            return 0
        older = range(len(self._turns) - 1)
        skip = bisect_left(older, True, key=lambda skip: fits(skip, KEPT_SHARE * budget))
        return skip if fits(skip, budget) else len(self._turns)

    def forget(self, count: int) -> None:
        """Drop the `count` oldest turns for good."""
        del self._turns[:count]

    def prompt(self, system: str, user: str, *, skip: int = 0) -> list[Message]:
        """The messages of a turn that begins with `user`, without the `skip` oldest turns.

        Roles alternate: what got no answer is joined to what was said after it.
        """
        prompt = [Message("system", system)] if system else []
        unanswered: list[str] = []
        for turn in self._turns[skip:]:
            unanswered.append(turn.user)
            if turn.assistant:
                prompt += [Message("user", " ".join(unanswered)), Message("assistant", turn.assistant)]
                unanswered = []
        return [*prompt, Message("user", " ".join([*unanswered, user]))]
