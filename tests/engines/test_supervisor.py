"""The supervisor opens, reopens and swaps engines; whatever goes wrong, each stage has one that serves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import anyio
import pytest

from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.proxies import ChatModelProxy
from inzwa.engines.selection import Attempt
from inzwa.engines.slots import EngineSlot
from inzwa.engines.supervisor import EngineSupervisor
from inzwa.errors import EngineError, ModelUnavailable
from inzwa.protocols import ChatOptions, Message, StageReport
from tests.conversation.driver import Outbox, Watch

ASK = ([Message("user", "mhoro")], ChatOptions())
LIMIT_S = 10.0
OLD, NEW = Attempt("old"), Attempt("new")


@dataclass
class Garage:
    """Opens scripted models; a `gate` holds a name back, `broken` names fail."""

    gates: dict[str, anyio.Event] = field(default_factory=dict)
    reply_gates: dict[str, anyio.Event] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    opened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    asked: list[tuple[tuple[Attempt, ...], bool]] = field(default_factory=list)

    @asynccontextmanager
    async def __call__(self, stage, plan, report, *, beside) -> AsyncIterator[ScriptedChatModel]:
        self.asked.append((plan, beside))
        name = next((each.model for each in plan if each.model not in self.broken), "")
        if not name:
            raise ModelUnavailable(f"{plan[-1]} cannot be had.")
        if name in self.gates:
            await self.gates[name].wait()
        gates = {1: self.reply_gates[name]} if name in self.reply_gates else {}
        model = ScriptedChatModel(ScriptedReply(pieces=(f"{name} ", "says"), gates=gates))
        model.info = replace(model.info, model=name)
        self.opened.append(name)
        try:
            yield model
        finally:
            self.closed.append(name)


@dataclass
class Yard:
    """A slot with a supervisor, and the model in it as sessions see it."""

    garage: Garage
    slot: EngineSlot
    supervisor: EngineSupervisor
    watch: Watch
    reports: list[StageReport] = field(default_factory=list)

    @property
    def llm(self) -> ChatModelProxy:
        return ChatModelProxy(self.slot)

    async def exchange(self, model: str) -> None:
        await self.supervisor.exchange("llm", model, self.reports.append)

    async def reply(self) -> str:
        return "".join([piece async for piece in self.llm.reply(*ASK)])


@asynccontextmanager
async def yard(garage: Garage | None = None, *plan: Attempt, last_turn_s: float = 5.0) -> AsyncIterator[Yard]:
    """An engine serves when the block begins."""
    garage, watch = garage or Garage(), Watch()
    slot = EngineSlot("llm", LIMIT_S, watch)
    async with anyio.create_task_group() as tasks:
        supervisor = EngineSupervisor(garage, {"llm": slot}, tasks, lambda _: None, last_turn_s)
        tasks.start_soon(supervisor.supervise, "llm", plan or (OLD,))
        await slot.wait_installed()
        yield Yard(garage, slot, supervisor, watch)
        tasks.cancel_scope.cancel()


async def hang(there: Yard) -> None:
    """The model's next reply hangs, and is cancelled when that is sure."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(there.reply)
        await Outbox().settle()
        there.watch.now_s += LIMIT_S
        tasks.cancel_scope.cancel()
    await Outbox().settle()


async def test_a_turn_under_way_ends_on_the_old_engine_which_is_closed_then_and_not_before():
    garage = Garage(reply_gates={"old": anyio.Event()})
    heard: list[str] = []
    async with yard(garage) as there, anyio.create_task_group() as tasks:

        async def turn() -> None:
            heard.append(await there.reply())

        tasks.start_soon(turn)
        await Outbox().settle()
        await there.exchange("new")
        assert await there.reply() == "new says"
        assert garage.closed == []
        garage.reply_gates["old"].set()
        await Outbox().settle()
        assert (heard, garage.closed) == (["old says"], ["old"])
    assert garage.closed == ["old", "new"]


async def test_a_turn_that_does_not_end_keeps_the_old_engine_for_a_while_only():
    garage = Garage(reply_gates={"old": anyio.Event()})
    async with yard(garage, last_turn_s=0.0) as there, anyio.create_task_group() as tasks:
        tasks.start_soon(there.reply)
        await Outbox().settle()
        await there.exchange("new")
        await Outbox().settle()
        assert garage.closed == ["old"]
        tasks.cancel_scope.cancel()


async def test_the_new_engine_is_opened_beside_the_old_one_which_serves_meanwhile():
    garage = Garage(gates={"new": anyio.Event()})
    async with yard(garage) as there, anyio.create_task_group() as tasks:
        tasks.start_soon(there.exchange, "new")
        await Outbox().settle()
        assert garage.asked[-1] == ((NEW,), True)
        assert await there.reply() == "old says"
        garage.gates["new"].set()
        await Outbox().settle()
        assert await there.reply() == "new says"


async def test_an_engine_that_cannot_be_opened_leaves_the_old_one_in_its_place():
    async with yard(Garage(broken={"new"})) as there:
        with pytest.raises(ModelUnavailable, match="new cannot be had"):
            await there.exchange("new")
        assert await there.reply() == "old says"
        assert there.garage.closed == []


async def test_an_exchange_that_is_cancelled_leaves_the_old_one_in_its_place():
    garage = Garage(gates={"new": anyio.Event()})
    async with yard(garage) as there:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(there.exchange, "new")
            await Outbox().settle()
            tasks.cancel_scope.cancel()
        assert await there.reply() == "old says"
        await there.exchange("third")
        assert await there.reply() == "third says"


async def test_an_engine_that_hangs_is_opened_again():
    garage = Garage(reply_gates={"old": anyio.Event()})
    async with yard(garage) as there:
        await hang(there)
        assert (garage.opened, garage.closed) == (["old", "old"], ["old"])


async def test_one_that_was_exchanged_and_hangs_is_opened_again_and_not_the_one_before():
    garage = Garage(reply_gates={"new": anyio.Event()})
    async with yard(garage) as there:
        await there.exchange("new")
        await Outbox().settle()
        await hang(there)
        assert there.llm.info.model == "new"
        assert garage.asked[-1] == ((NEW, OLD), False)


async def test_one_that_was_exchanged_and_can_be_opened_no_more_gives_way_to_the_one_before():
    garage = Garage(reply_gates={"new": anyio.Event()})
    async with yard(garage) as there:
        await there.exchange("new")
        await Outbox().settle()
        garage.broken.add("new")
        await hang(there)
        assert await there.reply() == "old says"


async def test_an_engine_that_is_being_opened_again_does_not_push_out_the_one_that_came_meanwhile():
    garage = Garage(reply_gates={"old": anyio.Event()})
    async with yard(garage) as there:
        garage.gates["old"] = anyio.Event()
        await hang(there)
        with pytest.raises(EngineError):
            _ = there.llm.info
        await there.exchange("new")
        garage.gates["old"].set()
        await Outbox().settle()
        assert (there.llm.info.model, garage.closed) == ("new", ["old", "old"])


async def test_when_the_house_closes_in_the_middle_of_an_exchange_nothing_stays_open():
    garage = Garage(gates={"new": anyio.Event()})
    async with anyio.create_task_group() as tasks, yard(garage) as there:
        tasks.start_soon(_refused_exchange, there)
        await Outbox().settle()
    assert garage.opened == garage.closed == ["old"]


async def _refused_exchange(there: Yard) -> None:
    """What a request sees when the engines close: its exchange is over."""
    with pytest.raises(EngineError, match="being closed"):
        await there.exchange("new")


async def test_a_model_that_is_opened_anew_keeps_its_adapter_and_another_one_has_none():
    adapted = Attempt("old", "adapter")
    async with yard(None, adapted, OLD) as there:
        await there.exchange("old")
        assert there.garage.asked[-1] == ((adapted,), True)
        await there.exchange("new")
        assert there.garage.asked[-1] == ((NEW,), True)
