"""What the tests of ratings over a socket share: who rates, how, and a store that waits or fails."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from sqlalchemy import select

from inzwa.errors import FeedbackUnavailable
from inzwa.feedback.codes import new_code
from inzwa.feedback.consents import give_consent
from inzwa.feedback.store.schema import RatingRow, TurnRow
from inzwa.feedback.store.store import Store
from inzwa.server.app_state import AppState
from tests.feedback.giving import consent
from tests.server.websocket.talking import raw_socket


class FailingStore:
    """A database that is away, while `away` is set."""

    def __init__(self, store: Store) -> None:
        self._store, self.folder, self.away = store, store.folder, True

    async def write(self, change):
        if self.away:
            raise FeedbackUnavailable("The database does not answer.", retry_after_s=2)
        return await self._store.write(change)

    async def read(self, query):
        return await self._store.read(query)


class GatedStore:
    """A slow disk: a change waits for `gate` after `writing` is set."""

    def __init__(self, store: Store) -> None:
        self._store, self.folder = store, store.folder
        self.writing, self.gate = anyio.Event(), anyio.Event()

    async def write(self, change):
        self.writing.set()
        await self.gate.wait()
        return await self._store.write(change)

    async def read(self, query):
        return await self._store.read(query)


def contributor(app_state: AppState, **choices: object) -> str:
    """The code of somebody who has consented."""
    code = new_code()
    app_state.feedback.store.write_now(lambda session: give_consent(session, consent(**choices), code))
    return code


def rate(code: str, turn: int = 1, key: str = "1", **said: object) -> str:
    """The message."""
    return json.dumps({"type": "rate", "turn": turn, "contributor": code, "key": key, **(said or {"verdict": "up"})})


@asynccontextmanager
async def talked(url: str, turns: int = 1) -> AsyncIterator:
    """A socket after so many typed turns, and its `ready`."""
    async with raw_socket(url) as socket:
        await socket.send('{"type":"start"}')
        ready = json.loads(await socket.recv())
        for _ in range(turns):
            await socket.send('{"type":"text","text":"makadii"}')
            await until(socket, "turn.end")
        yield socket, ready


async def until(socket, *kinds: str) -> dict:
    """The next event of one of these types; sound and others before it are passed over."""
    async for frame in socket:
        if isinstance(frame, str) and (event := json.loads(frame))["type"] in kinds:
            return event
    raise EOFError


async def answered(socket, key: str) -> dict:
    """The answer to the rating of this key."""
    while True:
        event = await until(socket, "rated", "error")
        if event["key"] == key:
            return event


def rows(app_state: AppState) -> list[tuple[str, int, str]]:
    """Contributor, turn and verdict of every rating on disk."""
    query = select(RatingRow.contributor, TurnRow.number, RatingRow.verdict).join(TurnRow)
    return sorted(tuple(row) for row in app_state.feedback.store.read_now(lambda session: session.execute(query).all()))
