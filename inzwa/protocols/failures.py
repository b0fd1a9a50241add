"""What becomes of an exception that an engine raises."""

from collections.abc import Iterator
from contextlib import contextmanager

from inzwa.errors import EngineError, EngineTimeout, InzwaError


@contextmanager
def stage_errors(name: str) -> Iterator[None]:
    """An engine's own exceptions leave as EngineError with the stage's name; a time-out as EngineTimeout."""
    try:
        yield
    except (InzwaError, StopAsyncIteration):
        raise
    except TimeoutError as error:
        raise EngineTimeout(name, f"The {name} engine took too long.") from error
    except Exception as error:  # an engine may raise anything; it ends one turn
        raise EngineError(name, f"The {name} engine failed.") from error
