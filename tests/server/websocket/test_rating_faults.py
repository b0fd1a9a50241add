"""A store that is away or slow, more ratings than wait, a server that stops: talk goes on, and no rating is lost."""

from pathlib import Path

import pytest

from inzwa.errors import FeedbackUnavailable
from inzwa.feedback.codes import new_code
from tests.server.websocket.rating import FailingStore, GatedStore, answered, contributor, rate, talked, until
from tests.server.websocket.talking import close_code
from tests.serving import serving


async def test_while_the_store_is_away_that_is_said_talk_goes_on_and_the_same_message_succeeds_later(
    tmp_path: Path,
) -> None:
    async with serving(data=tmp_path) as (url, app_state), talked(url) as (socket, _):
        code = contributor(app_state)
        store = app_state.feedback.store = FailingStore(app_state.feedback.store)
        await socket.send(rate(code))
        problem = await until(socket, "rated", "error")
        assert (problem["code"], problem["key"], problem["retryable"]) == ("feedback_unavailable", "1", True)
        assert app_state.ready
        await socket.send('{"type":"text","text":"makadii"}')
        assert (await until(socket, "turn.end"))["turn"] == 2
        store.away = False
        await socket.send(rate(code))
        assert (await answered(socket, "1"))["type"] == "rated"
        assert b'inzwa_errors_total{code="feedback_unavailable"} 1.0' in app_state.metrics.text()


async def test_a_data_folder_that_cannot_be_made_costs_no_more_than_the_rating() -> None:
    async with serving() as (url, app_state), talked(url) as (socket, _):
        with pytest.raises(FeedbackUnavailable):
            contributor(app_state)
        await socket.send(rate(new_code()))
        assert (await until(socket, "rated", "error"))["code"] == "feedback_unavailable"
        await socket.send('{"type":"text","text":"makadii"}')
        await until(socket, "turn.end")


async def test_a_slow_disk_delays_neither_the_talk_nor_the_next_messages(tmp_path: Path) -> None:
    async with serving(data=tmp_path) as (url, app_state), talked(url) as (socket, _):
        code = contributor(app_state)
        store = app_state.feedback.store = GatedStore(app_state.feedback.store)
        await socket.send(rate(code))
        await store.writing.wait()
        await socket.send('{"type":"text","text":"makadii"}')
        assert (await until(socket, "turn.end", "rated"))["type"] == "turn.end"
        store.gate.set()
        assert (await until(socket, "rated", "error"))["type"] == "rated"


async def test_more_ratings_than_wait_are_refused_by_their_key_and_count_when_sent_again(tmp_path: Path) -> None:
    async with serving(data=tmp_path) as (url, app_state), talked(url, turns=2) as (socket, _):
        code = contributor(app_state)
        real = app_state.feedback.store
        store = app_state.feedback.store = GatedStore(real)
        await socket.send(rate(code, key="first"))
        await store.writing.wait()
        for number in range(9):
            await socket.send(rate(code, key=str(number)))
        problem = await until(socket, "rated", "error")
        assert (problem["code"], problem["key"], problem["retryable"]) == ("overloaded", "8", True)
        store.gate.set()
        assert (await answered(socket, "7"))["type"] == "rated"
        await socket.send(rate(code, key="8"))
        assert (await answered(socket, "8"))["type"] == "rated"


async def test_a_rating_that_is_being_written_is_answered_before_a_stopping_server_hangs_up(tmp_path: Path) -> None:
    async with serving(data=tmp_path) as (url, app_state), talked(url) as (socket, _):
        code = contributor(app_state)
        store = app_state.feedback.store = GatedStore(app_state.feedback.store)
        await socket.send(rate(code))
        await store.writing.wait()
        app_state.admission.stopping.set()
        await until(socket, "going_away")
        store.gate.set()
        assert (await until(socket, "rated", "error"))["type"] == "rated"
        assert await close_code(socket) == 1001
