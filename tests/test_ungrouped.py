"""What leaves a group is an error that a caller can catch by its type."""

import anyio
import pytest

from inzwa.errors import EngineError, ungrouped


async def fail(error):
    raise error


async def together(*errors):
    """A group whose children raise these, inside another, while its own body waits."""
    with ungrouped():
        async with anyio.create_task_group(), anyio.create_task_group() as group:
            for error in errors:
                group.start_soon(fail, error)
            await anyio.sleep_forever()


async def test_a_childs_error_comes_out_alone_however_deep_it_lies():
    with pytest.raises(EngineError, match="broken"):
        await together(EngineError("asr", "broken"))


async def test_the_first_of_several_comes_out():
    with pytest.raises(KeyError, match="first"):
        await together(KeyError("first"), ValueError("second"))


async def test_the_error_keeps_its_cause():
    error = EngineError("llm", "failed")
    error.__cause__ = OSError("disk")
    with pytest.raises(EngineError) as caught:
        await together(error)
    assert isinstance(caught.value.__cause__, OSError)


def test_an_error_outside_a_group_passes_untouched():
    with pytest.raises(KeyError), ungrouped():
        raise KeyError("plain")


async def test_a_cancelled_group_is_no_error():
    with ungrouped():
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.sleep_forever)
            group.cancel_scope.cancel()
