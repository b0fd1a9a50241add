"""Many ratings at once, over several sockets, some sent twice, some connections cut: each counts once."""

import json
from pathlib import Path

import anyio

from inzwa.feedback.codes import contributor_id
from tests.server.websocket.rating import contributor, rate, rows, talked, until
from tests.serving import serving

PEOPLE, TURNS = 10, 20


async def send_all(socket, messages: dict[str, str]) -> list[dict]:
    """Send all at once, and again those that the server has no room for; the other answers."""
    answers = []
    waiting = dict(messages)
    while waiting:
        for message in waiting.values():
            await socket.send(message)
        refused = {}
        for _ in range(len(waiting)):
            event = await until(socket, "rated", "error")
            if event.get("code") == "overloaded":
                refused[event["key"]] = waiting[event["key"]]
            else:
                answers.append(event)
        waiting = refused
    return answers


async def rate_all(url: str, conversation: str, code: str, answers: list[dict], **said: object) -> None:
    """Everybody rates every turn, each from a socket of their own."""
    messages = {
        str(turn): rate(code, turn, key=str(turn), conversation=conversation, **said) for turn in range(1, TURNS + 1)
    }
    async with talked(url, turns=0) as (socket, _):
        answers += await send_all(socket, messages)


async def test_200_ratings_at_once_are_all_there_once_however_often_they_are_sent(tmp_path: Path) -> None:
    async with serving(data=tmp_path, requests_per_minute=10_000) as (url, app_state), talked(url, TURNS) as (_, ready):
        codes = [contributor(app_state) for _ in range(PEOPLE)]
        expected = sorted((contributor_id(code), turn, "up") for code in codes for turn in range(1, TURNS + 1))
        for said, kind in (("up", "rated"), ("up", "rated"), ("down", "error")):
            answers: list[dict] = []
            async with anyio.create_task_group() as tasks:
                for code in codes:
                    said_now = {"verdict": said}
                    tasks.start_soon(
                        lambda c=code, a=answers, s=said_now: rate_all(url, ready["conversation"], c, a, **s)
                    )
            assert len(answers) == PEOPLE * TURNS
            assert {answer["type"] for answer in answers} == {kind}
            assert rows(app_state) == expected
        assert {answer["code"] for answer in answers} == {"bad_message"}


async def test_of_a_connection_that_is_cut_each_rating_is_there_whole_or_not_and_once_when_sent_again(
    tmp_path: Path,
) -> None:
    async with serving(data=tmp_path, requests_per_minute=10_000) as (url, app_state), talked(url, TURNS) as (_, ready):
        code = contributor(app_state)
        conversation = ready["conversation"]
        for cut_after in range(8):
            async with talked(url, turns=0) as (socket, _):
                for turn in range(1, 9):
                    await socket.send(rate(code, turn, key=str(turn), conversation=conversation, verdict="up"))
                for _ in range(cut_after):
                    assert json.loads(await socket.recv())["type"] == "rated"
                socket.transport.abort()
            assert len(rows(app_state)) >= cut_after
        answers: list[dict] = []
        await rate_all(url, conversation, code, answers, verdict="up")
        assert {answer["type"] for answer in answers} == {"rated"}
        assert [number for _, number, _ in rows(app_state)] == list(range(1, TURNS + 1))
