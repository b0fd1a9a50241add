"""`rate` over real sockets: answered once it is on disk, with an error of a type otherwise, and talk goes on."""

import json
from pathlib import Path

import anyio
import pytest
from sqlalchemy import select

from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.feedback.codes import contributor_id, new_code
from inzwa.feedback.store.schema import RatingRow, TurnRow
from inzwa.feedback.withdrawal import withdraw
from tests.server.websocket.rating import answered, contributor, rate, rows, talked, until
from tests.server.websocket.talking import close_code, raw_socket
from tests.serving import scripted_engines, serving


async def test_a_turn_is_rated_and_the_rating_is_on_disk_with_the_turn(tmp_path: Path) -> None:
    async with serving(data=tmp_path) as (url, app_state), talked(url) as (socket, ready):
        code = contributor(app_state)
        await socket.send(rate(code, verdict="down", reasons=["too_slow", "misheard"], comment="<script>&'\"\u202e"))
        assert await until(socket, "rated", "error") == {"type": "rated", "turn": 1, "key": "1"}
        turn, rating = app_state.feedback.store.read_now(
            lambda session: session.execute(select(TurnRow, RatingRow).join(RatingRow)).one()
        )
        assert b'inzwa_feedback_total{what="rating"} 1.0' in app_state.metrics.text()
    assert (rating.contributor, rating.verdict, rating.reasons) == (
        contributor_id(code), "down", ["misheard", "too_slow"])  # fmt: skip
    assert rating.comment == "<script>&'\"\u202e"
    assert (turn.conversation, turn.number, turn.outcome) == (ready["conversation"], 1, "ended")
    assert (turn.transcript, turn.reply) == ("makadii", "Ndiripo, makadiiwo?")
    assert turn.models["llm"]["model"] == "scripted-chat"
    assert turn.settings["language"] == "sn"
    assert turn.latency["first_audio_ms"] is not None


async def test_a_turn_of_an_earlier_connection_is_rated_by_its_conversation(tmp_path: Path) -> None:
    async with serving(data=tmp_path) as (url, app_state):
        code = contributor(app_state)
        async with talked(url) as (_, ready):
            pass
        async with talked(url, turns=0) as (socket, _):
            await socket.send(rate(code, conversation=ready["conversation"], verdict="up"))
            assert (await answered(socket, "1"))["type"] == "rated"
            await socket.send(rate(code, key="2"))
            assert (await answered(socket, "2"))["code"] == "unknown_turn"


async def test_ratings_of_one_turn_count_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    async with serving(data=tmp_path) as (url, app_state), talked(url) as (socket, _):
        code = contributor(app_state)
        for number in range(16):
            await socket.send(rate(code, key=str(number), verdict="up" if number % 2 else "down"))
        assert {(await answered(socket, str(number)))["type"] for number in range(8)} == {"rated"}
        await socket.send(rate(code, key="last", comment="the last"))
        assert (await answered(socket, "last"))["type"] == "rated"
        query = select(RatingRow.comment)
        assert app_state.feedback.store.read_now(lambda session: session.scalars(query).all()) == ["the last"]


WRONG = {
    "unknown_turn": [{"turn": 2}, {"turn": -1}, {"conversation": "0" * 32}, {"conversation": "x" * 60_000}],
    "consent_needed": [{"contributor": new_code()}, {"contributor": "x"}, {"contributor": ""}],
    "bad_message": [
        {"verdict": "sideways"},
        {"verdict": None},
        {"reasons": ["boring"]},
        {"reasons": "other"},
        {"turn": "1"},
        {"turn": True},
        {"comment": 7},
        {"comment": "\x00"},
    ],
    "text_too_long": [{"comment": "a" * 100_000}, {"transcript": "a" * 2_001}, {"better_reply": "ñ" * 100_000}],
}


@pytest.mark.parametrize(("code", "change"), [(code, change) for code, all_ in WRONG.items() for change in all_])
async def test_a_rating_that_cannot_be_is_answered_with_its_key_and_talk_goes_on(
    tmp_path: Path, code: str, change: dict
) -> None:
    async with serving(data=tmp_path) as (url, app_state), talked(url) as (socket, _):
        message = json.loads(rate(contributor(app_state)))
        await socket.send(json.dumps({**message, **change}, ensure_ascii=False))
        problem = await until(socket, "rated", "error")
        assert (problem["type"], problem.get("code"), problem.get("key")) == ("error", code, "1")
        await socket.send('{"type":"text","text":"makadii"}')
        assert (await until(socket, "turn.end", "error"))["turn"] == 2
        assert rows(app_state) == []


@pytest.mark.parametrize("key", ["", "k" * 65, "\x00"])
async def test_a_key_of_the_wrong_length_is_refused(tmp_path: Path, key: str) -> None:
    async with serving(data=tmp_path) as (url, app_state), talked(url) as (socket, _):
        await socket.send(rate(contributor(app_state), key=key))
        assert (await until(socket, "rated", "error"))["code"] == "bad_message"


async def test_a_rating_of_a_turn_that_has_no_reply_yet_is_told_so(tmp_path: Path) -> None:
    gate = anyio.Event()
    engines = scripted_engines(llm=ScriptedChatModel(ScriptedReply(pieces=("Ehe.",), gates={0: gate})))
    async with serving(engines, data=tmp_path) as (url, app_state), talked(url, turns=0) as (socket, _):
        code = contributor(app_state)
        await socket.send('{"type":"text","text":"makadii"}')
        await until(socket, "asr.final")
        await socket.send(rate(code))
        assert (await answered(socket, "1"))["code"] == "unknown_turn"
        gate.set()
        await until(socket, "turn.end")
        await socket.send(rate(code))
        assert (await answered(socket, "1"))["type"] == "rated"


async def test_a_turn_is_rated_while_the_reply_of_the_next_is_under_way(tmp_path: Path) -> None:
    gate = anyio.Event()
    script = ScriptedReply(pieces=("Ndiri ", "kuuya."), gates={1: gate})
    engines = scripted_engines(llm=ScriptedChatModel(["Ehe."], script))
    async with serving(engines, data=tmp_path) as (url, app_state), talked(url) as (socket, _):
        code = contributor(app_state)
        await socket.send('{"type":"text","text":"makadii"}')
        await until(socket, "llm.partial")
        for turn in (1, 2):
            await socket.send(rate(code, turn, key=str(turn)))
            assert (await answered(socket, str(turn)))["type"] == "rated"
        gate.set()
        assert (await until(socket, "turn.end"))["turn"] == 2


async def test_no_rating_is_taken_after_withdrawal(tmp_path: Path) -> None:
    async with serving(data=tmp_path) as (url, app_state), talked(url) as (socket, _):
        code = contributor(app_state)
        await socket.send(rate(code))
        await until(socket, "rated")
        app_state.feedback.store.write_now(lambda session: withdraw(session, contributor_id(code)))
        for key in ("1", "2"):
            await socket.send(rate(code, key=key))
            assert (await answered(socket, key))["code"] == "withdrawn"
        assert rows(app_state) == []


async def test_where_feedback_is_off_nothing_is_remembered_and_nothing_made(tmp_path: Path) -> None:
    async with serving(data=tmp_path / "data", feedback="off") as (url, app_state), talked(url) as (socket, ready):
        assert ready["feedback"] == "off"
        await socket.send(rate(new_code()))
        assert (await until(socket, "rated", "error"))["code"] == "feedback_off"
        assert (app_state.turn_log, app_state.feedback) == (None, None)
    assert not (tmp_path / "data").exists()


async def test_a_server_to_which_nobody_gives_anything_makes_no_folder(tmp_path: Path) -> None:
    async with serving(data=tmp_path / "data") as (url, _), talked(url):
        pass
    assert not (tmp_path / "data").exists()


async def test_errors_of_nobodys_making_do_not_end_a_session_and_mistakes_do(tmp_path: Path) -> None:
    async with serving(data=tmp_path, requests_per_minute=1_000) as (url, app_state), talked(url) as (socket, _):
        code = contributor(app_state)
        for number in range(60):
            await socket.send(rate(code, 99, key=str(number)))
            assert (await answered(socket, str(number)))["code"] == "unknown_turn"
        for number in range(60):
            await socket.send(rate(code, key=str(number), verdict="sideways"))
        assert await close_code(socket) == 1008


async def test_ratings_of_one_address_are_limited(tmp_path: Path) -> None:
    async with serving(data=tmp_path, requests_per_minute=1) as (url, app_state), talked(url) as (socket, _):
        code = contributor(app_state)
        codes = []
        for number in range(6):
            await socket.send(rate(code, key=str(number)))
            codes.append((await answered(socket, str(number))).get("code"))
        assert codes == [None] * 5 + ["rate_limited"]


async def test_before_start_nothing_is_rated(tmp_path: Path) -> None:
    async with serving(data=tmp_path) as (url, _), raw_socket(url) as socket:
        await socket.send(rate(new_code()))
        assert (await until(socket, "error"))["code"] == "out_of_order"
