"""One error out of a task group's many."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ungrouped() -> Iterator[None]:
    """Around a task group: what leaves is the first error in it, its cause kept, instead of an ExceptionGroup."""
    first = None
    try:
        yield
    except BaseExceptionGroup as group:
        first = _first(group)
    if first is not None:
        raise first


def _first(group: BaseExceptionGroup) -> BaseException:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
