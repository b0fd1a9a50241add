"""Which session may begin, and how those there are end when the server stops."""

import anyio
import anyio.lowlevel
import pytest

from inzwa.conversation.load_shedding import LoadMeter
from inzwa.errors import NotReady, TooManySessions
from inzwa.server.admission import Admission
from inzwa.server.metrics import Metrics
from tests.conversation.driver import Watch
from tests.serving import settings


def admission(*, cpu_share: float = 0.0, **values) -> Admission:
    """Admission control on a machine whose cores are busy to this share."""
    wall, cpu = Watch(), Watch()
    meter = LoadMeter(wall, cpu, 1)
    for _ in range(20):
        wall.now_s += 1
        cpu.now_s += cpu_share
        meter.level()
    return Admission(settings(**values), meter, Metrics())


def test_so_many_sessions_as_are_set_are_admitted_and_one_that_ends_makes_room():
    control = admission(max_sessions=2)
    with control.admit():
        with control.admit(), pytest.raises(TooManySessions), control.admit():
            pass
        with control.admit():
            assert control.sessions == 2
    assert control.sessions == 0


def test_on_a_full_machine_the_first_session_is_admitted_and_no_other():
    control = admission(cpu_share=1.0)
    with control.admit(), pytest.raises(TooManySessions, match="busy"), control.admit():
        pass


async def test_a_server_that_stops_admits_nobody_and_waits_for_the_last_session():
    control = admission(drain_s=60)
    async with anyio.create_task_group() as tasks:
        with control.admit():
            tasks.start_soon(control.drain)
            await anyio.lowlevel.checkpoint()
            assert control.draining
            with pytest.raises(NotReady), control.admit():
                pass


async def test_a_session_that_does_not_end_is_waited_for_no_longer_than_is_set():
    control = admission(drain_s=0)
    with control.admit():
        await control.drain()
        assert control.sessions == 1
