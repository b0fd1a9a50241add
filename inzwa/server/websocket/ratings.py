"""Ratings that come over a socket. They have a way of their own, so that neither they nor the conversation wait for
the other."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import anyio
from anyio.streams.memory import MemoryObjectSendStream

from inzwa.errors import InzwaError, Overloaded
from inzwa.events import Problem, Rate, Rated, ServerEvent
from inzwa.feedback.ratings import check_rating, known_reasons
from inzwa.feedback.records import Rating
from inzwa.feedback.submissions import check_key
from inzwa.server.app_state import AppState

QUEUE: Final = 8
"""Ratings of one socket that wait while as many are written."""
RETRY_AFTER_S: Final = 1.0
"""What a client that sends more at once is told to wait."""


class SocketRatings:
    """The ratings of one client: stored in the order in which they came, answered once they are on disk."""

    def __init__(self, app_state: AppState, conversation: str, address: str) -> None:
        """`conversation` is the socket's own. `address` is for the limit alone."""
        self._app_state, self._conversation, self._address = app_state, conversation, address
        self._to_store, self._waiting = anyio.create_memory_object_stream[Rate](QUEUE)
        self._unanswered = 0
        self._answered = anyio.Event()
        self._answered.set()

    def offer(self, rate: Rate) -> None:
        """Queue a rating. ClientError for one that cannot be, Overloaded where QUEUE wait already."""
        check_rating(_rating(rate))
        check_key(rate.key)
        try:
            self._to_store.send_nowait(rate)
        except anyio.WouldBlock:
            raise Overloaded(f"{QUEUE} ratings wait already.", retry_after_s=RETRY_AFTER_S) from None
        if not self._unanswered:
            self._answered = anyio.Event()
        self._unanswered += 1

    async def answered(self) -> None:
        """Wait until every rating that was taken has its answer in the outbox."""
        await self._answered.wait()

    async def run(self, outbox: MemoryObjectSendStream[ServerEvent]) -> None:
        """Store what is offered, and answer each, until cancelled. Ratings of different turns share a commit."""
        async with outbox, self._to_store, self._waiting:
            async for rate in self._waiting:
                for together in _in_order([rate, *self._more()], self._conversation):
                    async with anyio.create_task_group() as tasks:
                        for each in together:
                            tasks.start_soon(self._store, each, outbox)

    def _more(self) -> Iterator[Rate]:
        with suppress(anyio.WouldBlock):
            while True:
                yield self._waiting.receive_nowait()

    async def _store(self, rate: Rate, outbox: MemoryObjectSendStream[ServerEvent]) -> None:
        conversation = rate.conversation or self._conversation
        answer: ServerEvent = Rated(rate.turn, rate.key)
        try:
            await self._app_state.rating_rate.count("rating", self._address)
            feedback = self._app_state.require_feedback()
            await feedback.rate(rate.contributor, conversation, rate.turn, _rating(rate), rate.key)
        except InzwaError as error:
            answer = Problem.of(error, rate.key)
        await outbox.send(answer)
        self._unanswered -= 1
        if not self._unanswered:
            self._answered.set()


def _in_order(rates: list[Rate], own: str) -> Iterator[list[Rate]]:
    """Groups within which no two are of the same turn, of the conversation `own` where a rate names none: of two of one
    turn the later counts."""
    group: dict[tuple[str, int], Rate] = {}
    for rate in rates:
        turn = rate.conversation or own, rate.turn
        if turn in group:
            yield list(group.values())
            group = {}
        group[turn] = rate
    yield list(group.values())


def _rating(rate: Rate) -> Rating:
    return Rating(
        verdict=rate.verdict,
        reasons=known_reasons(rate.reasons),
        transcript=rate.transcript,
        better_reply=rate.better_reply,
        comment=rate.comment,
    )
