"""A change is on disk when `write` returns, alone or with others; what raises leaves nothing behind."""

import anyio
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.feedback.store.schema import ContributorRow
from inzwa.feedback.store.store import Store
from tests.feedback.store.rows import contributor, count


async def test_200_writes_at_once_are_all_there_once(store: Store) -> None:
    async with anyio.create_task_group() as group:
        for number in range(200):
            group.start_soon(store.write, lambda session, number=number: session.add(contributor(number)))
    assert await store.read(count) == 200


async def test_a_change_that_raises_is_rolled_back_alone(store: Store) -> None:
    def failing(session: Session) -> None:
        session.add(contributor(1))
        session.flush()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await store.write(failing)
    await store.write(lambda session: session.add(contributor(2)))
    assert await store.read(lambda session: session.scalars(select(ContributorRow.id)).all()) == [f"{2:032x}"]
