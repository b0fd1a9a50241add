"""Which conversation uses which sequence of the context, and which tokens its cells hold.

A conversation keeps its slot between its turns, so that only what is new in its prompt is prefilled; when slots or
cells run out, the least recently used one is evicted. The beginning that conversations have in common (the system
prompt) belongs to one more sequence, the shared prefix: its cells are shared, not copied.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Protocol

MIN_MOVED: Final = 64
"""Tokens that a gap must have behind it: fewer are computed again in little more time than moving takes."""


class Cells(Protocol):
    """The memory of a context: each sequence's keys and values are in cells, by position."""

    def truncate(self, sequence_id: int, length: int) -> bool:
        """Free the sequence's cells from position `length` on; False when it was not possible. Length 0 always is."""
        ...

    def close_gap(self, sequence_id: int, begin: int, end: int) -> bool:
        """Free the sequence's cells from position `begin` to `end`, and move those behind forward by as much; False
        when it was not possible, and then nothing has changed."""
        ...

    def share(self, source_id: int, target_id: int, length: int) -> None:
        """Let the empty sequence `target_id` use the first `length` cells of `source_id` too."""
        ...


@dataclass(slots=True, eq=False)
class SequenceSlot:
    """One sequence of the context: its conversation, and what its cells hold."""

    number: int
    tokens: list[int] = field(default_factory=list)
    """Token ids whose keys and values are in the cells, by position."""
    session: str = ""
    """The conversation; empty for one that is not cached."""
    shared: int = 0
    """How many of its first cells belong to the shared prefix."""
    reserved: int = 0
    """Tokens that the request using it may reach; 0 while it is idle."""
    last_used: int = 0
    """When it was last freed, in no unit: larger is later."""

    @property
    def own_cells(self) -> int:
        """Cells that it alone uses, now or later."""
        return max(self.reserved, len(self.tokens)) - self.shared


def common_length(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens the two have in common from the start."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def _find(tokens: Sequence[int], wanted: Sequence[int], start: int) -> int | None:
    """Where the MIN_MOVED wanted tokens first stand in `tokens` from `start` on; None where they do not."""
    if len(wanted) < MIN_MOVED:
        return None
    places = range(start, len(tokens) - MIN_MOVED + 1)
    return next((at for at in places if tokens[at] == wanted[0] and tokens[at : at + MIN_MOVED] == list(wanted)), None)


class KvCache:
    """The slots of one context with `capacity` cells. One thread uses it."""

    def __init__(self, cells: Cells, slots: int, capacity: int) -> None:
        self._cells = cells
        self._capacity = capacity
        self._ticks = count(1)
        self.slots = tuple(SequenceSlot(number) for number in range(slots))
        self.shared_prefix = SequenceSlot(slots)
        self.evicted = 0
        """Conversations whose cells were given to others."""
        self.moved = 0
        """Times that the cells of what was kept of a conversation were moved, instead of computed again."""

    @property
    def conversations(self) -> int:
        """Conversations that have a slot. Any thread may ask."""
        return sum(bool(slot.session) for slot in self.slots)

    def allocate(self, prompt: Sequence[int], session: str, reserve: int) -> SequenceSlot | None:
        """A slot whose cells hold as much of the prompt's beginning as is cached; None while there is no room.

        `reserve` is the length that prompt and reply may reach. At least the prompt's last token is left to prefill.
        """
        slot = self._choose(prompt, session)
        if slot is None or not self._make_room(slot, reserve):
            return None
        if slot.session != session or not session:
            self._evict(slot)
        slot.session, slot.reserved = session, reserve
        self._close_gap(slot, prompt)
        self._truncate(slot, common_length(slot.tokens, prompt[:-1]))
        self.use_prefix(slot, prompt)
        return slot

    def use_prefix(self, slot: SequenceSlot, prompt: Sequence[int]) -> None:
        """Let the slot use the shared prefix's cells where they hold more of the prompt than its own do."""
        if len(self.shared_prefix.tokens) <= len(slot.tokens):
            return
        length = common_length(self.shared_prefix.tokens, prompt[:-1])
        if length > len(slot.tokens):
            self._truncate(slot, 0)
            self._share(self.shared_prefix, slot, length)
            slot.shared = length

    def publish_prefix(self, slot: SequenceSlot, length: int) -> None:
        """Make the slot's first `length` tokens the shared prefix."""
        if self.shared_prefix.tokens == slot.tokens[:length]:
            return
        self._evict(self.shared_prefix)
        self._share(slot, self.shared_prefix, length)
        slot.shared = length

    def free(self, slot: SequenceSlot) -> None:
        """The request is over; what the cells hold stays for its session's next turn."""
        slot.reserved, slot.last_used = 0, next(self._ticks)
        if not slot.session:
            self._truncate(slot, 0)

    def roll_back(self, slot: SequenceSlot) -> None:
        """After a batch that failed: leave in the cells what is known to be there."""
        self._truncate(slot, len(slot.tokens))

    def forget(self, session: str) -> None:
        """Drop what is cached for the session; a slot in use is emptied when it is freed."""
        for slot in self.slots:
            if session and slot.session == session:
                slot.session = ""
                if not slot.reserved:
                    self._truncate(slot, 0)

    def evict_idle(self) -> None:
        """Free every cell that no request is using."""
        for slot in self._idle():
            self._evict(slot)

    def _idle(self) -> list[SequenceSlot]:
        """Slots that no request uses, the least recently used first."""
        return sorted((slot for slot in self.slots if not slot.reserved), key=lambda slot: slot.last_used)

    def _choose(self, prompt: Sequence[int], session: str) -> SequenceSlot | None:
        idle = self._idle()
        own = [slot for slot in idle if session and slot.session == session]
        if own:
            return max(own, key=lambda slot: common_length(slot.tokens, prompt))
        return next((slot for slot in idle if not slot.tokens), idle[0] if idle else None)

    def _make_room(self, slot: SequenceSlot, reserve: int) -> bool:
        """Evict idle slots, and an unused shared prefix, until `reserve` cells fit; False if they cannot."""
        busy = sum(each.own_cells for each in self.slots if each.reserved)
        if busy and busy + len(self.shared_prefix.tokens) + reserve > self._capacity:
            return False
        spare = [each for each in (*self._idle(), self.shared_prefix) if each is not slot and each.tokens]
        used = busy + reserve + sum(each.own_cells for each in spare)
        for each in spare:
            if used <= self._capacity:
                break
            used -= each.own_cells
            self._evict(each)
        return used <= self._capacity

    def _evict(self, slot: SequenceSlot) -> None:
        self.evicted += bool(slot.session and slot.tokens)
        slot.session = ""
        self._truncate(slot, 0)
        if slot is self.shared_prefix:
            for each in self.slots:
                each.shared = 0

    def _truncate(self, slot: SequenceSlot, length: int) -> None:
        if not self._cells.truncate(slot.number, length):
            length = 0
            self._cells.truncate(slot.number, 0)
        del slot.tokens[length:]
        slot.shared = min(slot.shared, length)

    def _close_gap(self, slot: SequenceSlot, prompt: Sequence[int]) -> None:
        """Where the conversation's oldest turns were forgotten: keep the cells of the turns behind them."""
        begin = common_length(slot.tokens, prompt)
        end = _find(slot.tokens, prompt[begin : begin + MIN_MOVED], begin + 1)
        if end is not None and begin >= slot.shared and self._cells.close_gap(slot.number, begin, end):
            del slot.tokens[begin:end]
            self.moved += 1

    def _share(self, source: SequenceSlot, target: SequenceSlot, length: int) -> None:
        self._cells.share(source.number, target.number, length)
        target.tokens = source.tokens[:length]
