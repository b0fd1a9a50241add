"""A database in memory, for tests that need no files."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from inzwa.feedback.store.schema import Table


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Table.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()
