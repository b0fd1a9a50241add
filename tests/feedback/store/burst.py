"""A process that adds contributors as fast as it can, and prints the number of each once it is on disk."""

import sys
from functools import partial

import anyio
from sqlalchemy.orm import Session

from inzwa.feedback.store.store import Store, open_store
from inzwa.settings import load_settings
from tests.feedback.store.rows import contributor

AT_ONCE = 12


def add(session: Session, number: int) -> None:
    """One contributor with this number."""
    session.add(contributor(number))


async def add_every(store: Store, numbers: range) -> None:
    """One after the other."""
    for number in numbers:
        await store.write(partial(add, number=number))
        sys.stdout.write(f"{number}\n")  # in one piece, also where Python does not buffer: a kill leaves whole lines
        sys.stdout.flush()


async def main(first: int, end: int) -> None:
    """From `first` up to `end`, AT_ONCE at a time."""
    with open_store(load_settings()) as store:
        async with anyio.create_task_group() as group:
            for lane in range(AT_ONCE):
                group.start_soon(add_every, store, range(first + lane, end, AT_ONCE))


if __name__ == "__main__":
    anyio.run(main, int(sys.argv[1]), int(sys.argv[2]))
