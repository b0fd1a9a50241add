"""Which conversation sits in which sequence of the context, and which tokens its cells hold. Knows no model.

A seat is one of the context's sequences. A conversation keeps its seat between its turns, so that only what is new
in its prompt must be read; when seats or cells run out, the one that was silent longest loses its own. The beginning
that conversations have in common (the system prompt) is held by one more sequence, the root: its cells are shared,
not copied.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol


class Cells(Protocol):
    """The memory of a context: each sequence's tokens lie in cells, by position."""

    def keep(self, sequence: int, length: int) -> bool:
        """Free the sequence's cells from position `length` on; False when it was not possible. Length 0 always is."""
        ...

    def share(self, source: int, target: int, length: int) -> None:
        """Let the empty sequence `target` use the first `length` cells of `source` too."""
        ...


@dataclass(slots=True, eq=False)
class SequenceSlot:
    """One sequence: whose it is and what its cells hold."""

    number: int
    tokens: list[int] = field(default_factory=list)
    """What the cells hold, by position."""
    session: str = ""
    """Whose conversation it is; empty for one that is not kept."""
    shared: int = 0
    """How many of its first cells are the root's."""
    reserved: int = 0
    """Tokens that the request sitting here may come to hold; 0 when nobody sits here."""
    used: int = 0
    """When it was last left, in no unit: larger is later."""

    @property
    def cost(self) -> int:
        """Cells that are its own, now or later."""
        return max(self.reserved, len(self.tokens)) - self.shared


def common_length(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens the two have in common from the start."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


class KvCache:
    """The seats of one context with `capacity` cells. One thread uses it."""

    def __init__(self, cells: Cells, seats: int, capacity: int) -> None:
        self._cells = cells
        self._capacity = capacity
        self._ticks = count(1)
        self.seats = tuple(SequenceSlot(number) for number in range(seats))
        self.root = SequenceSlot(seats)
        self.evicted = 0
        """Conversations that lost what was kept for them."""

    def take(self, prompt: Sequence[int], session: str, reserve: int) -> SequenceSlot | None:
        """A seat whose cells hold as much of the prompt's beginning as is known; None while there is no room.

        `reserve` is the length that prompt and reply may reach. At least the prompt's last token is left to be read.
        """
        seat = self._choose(prompt, session)
        if seat is None or not self._make_room(seat, reserve):
            return None
        if seat.session != session or not session:
            self._evict(seat)
        seat.session, seat.reserved = session, reserve
        self._trim(seat, common_length(seat.tokens, prompt[:-1]))
        self.adopt(seat, prompt)
        return seat

    def adopt(self, seat: SequenceSlot, prompt: Sequence[int]) -> None:
        """Let the seat use the root's cells where they hold more of the prompt than its own do."""
        if len(self.root.tokens) <= len(seat.tokens):
            return
        length = common_length(self.root.tokens, prompt[:-1])
        if length > len(seat.tokens):
            self._trim(seat, 0)
            self._share(self.root, seat, length)
            seat.shared = length

    def publish(self, seat: SequenceSlot, length: int) -> None:
        """Make the seat's first `length` tokens the root, for conversations that begin alike."""
        if self.root.tokens == seat.tokens[:length]:
            return
        self._evict(self.root)
        self._share(seat, self.root, length)
        seat.shared = length

    def release(self, seat: SequenceSlot) -> None:
        """The request is over; what the cells hold stays for its session's next turn."""
        seat.reserved, seat.used = 0, next(self._ticks)
        if not seat.session:
            self._trim(seat, 0)

    def restore(self, seat: SequenceSlot) -> None:
        """After a batch that failed: leave in the cells what is known to be there."""
        self._trim(seat, len(seat.tokens))

    def forget(self, session: str) -> None:
        """Drop what is kept for the session; a seat in use is emptied when it is released."""
        for seat in self.seats:
            if session and seat.session == session:
                seat.session = ""
                if not seat.reserved:
                    self._trim(seat, 0)

    def drop_idle(self) -> None:
        """Free every cell that no request is using."""
        for seat in self._idle():
            self._evict(seat)

    def _idle(self) -> list[SequenceSlot]:
        """Seats that nobody uses, the longest silent first."""
        return sorted((seat for seat in self.seats if not seat.reserved), key=lambda seat: seat.used)

    def _choose(self, prompt: Sequence[int], session: str) -> SequenceSlot | None:
        idle = self._idle()
        own = [seat for seat in idle if session and seat.session == session]
        if own:
            return max(own, key=lambda seat: common_length(seat.tokens, prompt))
        return next((seat for seat in idle if not seat.tokens), idle[0] if idle else None)

    def _make_room(self, seat: SequenceSlot, reserve: int) -> bool:
        """Empty idle seats, and the root if nobody uses it, until `reserve` cells fit; False if they cannot."""
        busy = sum(each.cost for each in self.seats if each.reserved)
        if busy and busy + len(self.root.tokens) + reserve > self._capacity:
            return False
        spare = [each for each in (*self._idle(), self.root) if each is not seat and each.tokens]
        held = busy + reserve + sum(each.cost for each in spare)
        for each in spare:
            if held <= self._capacity:
                break
            held -= each.cost
            self._evict(each)
        return held <= self._capacity

    def _evict(self, seat: SequenceSlot) -> None:
        self.evicted += bool(seat.session and seat.tokens)
        seat.session = ""
        self._trim(seat, 0)
        if seat is self.root:
            for each in self.seats:
                each.shared = 0

    def _trim(self, seat: SequenceSlot, length: int) -> None:
        if not self._cells.keep(seat.number, length):
            length = 0
            self._cells.keep(seat.number, 0)
        del seat.tokens[length:]
        seat.shared = min(seat.shared, length)

    def _share(self, source: SequenceSlot, target: SequenceSlot, length: int) -> None:
        self._cells.share(source.number, target.number, length)
        target.tokens = source.tokens[:length]
