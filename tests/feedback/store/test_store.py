"""A change is on disk when `write` returns, alone or with others; what raises leaves nothing behind."""

import anyio
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inzwa.feedback.store.schema import ContributorRow
from inzwa.feedback.store.store import Store


def adding(number: int) -> ContributorRow:
    """The row of a contributor with this number."""
    return ContributorRow(id=f"{number:032x}", changes=0, pushed_changes=0)


def count(session: Session) -> int:
    """Contributors there are."""
    return session.scalar(select(func.count()).select_from(ContributorRow)) or 0


async def test_200_writes_at_once_are_all_there_once(store: Store) -> None:
    async with anyio.create_task_group() as group:
        for number in range(200):
            group.start_soon(store.write, lambda session, number=number: session.add(adding(number)))
    assert await store.read(count) == 200


async def test_a_change_that_raises_is_rolled_back_alone(store: Store) -> None:
    def failing(session: Session) -> None:
        session.add(adding(1))
        session.flush()
        raise ValueError

    with pytest.raises(ValueError, match="^$"):
        await store.write(failing)
    await store.write(lambda session: session.add(adding(2)))
    assert await store.read(lambda session: session.scalars(select(ContributorRow.id)).all()) == [f"{2:032x}"]
