"""The load meter on clocks that a test moves."""

import pytest

from inzwa.conversation.load_shedding import SHORT_REPLY_TOKENS, Load, LoadMeter
from inzwa.events import AsrPartial
from inzwa.protocols import ChatOptions
from tests.conversation.driver import Fakes, conversation


@pytest.mark.parametrize(
    ("load", "partials"), [(Load.EASY, 4), (Load.BUSY, 2), (Load.HEAVY, 0), (Load.STRAINED, 0), (Load.FULL, 0)]
)
async def test_partials_grow_rare_and_then_stop(load, partials):
    async with conversation(load=lambda: load) as talk:
        await talk.speak(1_920)
        assert len(talk.all_of(AsrPartial)) == partials


@pytest.mark.parametrize(("load", "tokens"), [(Load.HEAVY, 80), (Load.STRAINED, SHORT_REPLY_TOKENS)])
async def test_replies_get_shorter_under_strain(load, tokens):
    fakes = Fakes()
    async with conversation(fakes, load=lambda: load, chat=ChatOptions(max_new_tokens=80)) as talk:
        await talk.write()
    assert [asked.options.max_new_tokens for asked in fakes.llm.asked] == [tokens]


class Clocks:
    """A wall clock and a CPU clock."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def work(self, seconds: float, share: float, cores: int = 2) -> None:
        self.wall += seconds
        self.cpu += seconds * share * cores


def meter(clocks: Clocks) -> LoadMeter:
    return LoadMeter(lambda: clocks.wall, lambda: clocks.cpu, 2)


@pytest.mark.parametrize(
    ("share", "level"),
    [(0.0, Load.EASY), (0.2, Load.EASY), (0.4, Load.BUSY), (0.5, Load.HEAVY), (0.8, Load.STRAINED), (1.0, Load.FULL)],
)
def test_work_that_lasts_reaches_its_level(share, level):
    clocks = Clocks()
    load = meter(clocks)
    for _ in range(60):
        clocks.work(0.5, share)
        load.level()
    assert load.level() is level


def test_a_short_burst_changes_nothing():
    clocks = Clocks()
    load = meter(clocks)
    clocks.work(0.5, 1.0)
    assert load.level() is Load.EASY


def test_rest_brings_it_down_again():
    clocks = Clocks()
    load = meter(clocks)
    clocks.work(30, 1.0)
    assert load.level() is Load.FULL
    clocks.work(30, 0.0)
    assert load.level() is Load.EASY


def test_a_long_gap_between_two_looks_counts_as_many_short_ones():
    often, seldom = Clocks(), Clocks()
    looked, glanced = meter(often), meter(seldom)
    for _ in range(20):
        often.work(0.5, 0.5)
        looked.level()
    seldom.work(10, 0.5)
    glanced.level()
    assert looked.share == pytest.approx(glanced.share, abs=0.02)
