"""The command talk: one spoken turn on a running server."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import anyio
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from inzwa.audio.pcm import Sound
from inzwa.cli.client import Client, Refused, TurnRecord, local_url, open_client
from inzwa.cli.sound_files import read_sound, write_sound
from inzwa.errors import Unreachable, ungrouped
from inzwa.events import EndTurn, Start
from inzwa.settings import Settings


def talk(arguments: Namespace, settings: Settings) -> int:
    """Send a sound file; print the turn's events and figures, save its sound."""
    sound = read_sound(arguments.file)
    url = arguments.url or local_url(settings)
    start = Start(auth=settings.access_token.get_secret_value(), mode="push_to_talk")

    async def converse() -> TurnRecord:
        async with open_client(url, start) as client:
            print(json.dumps(client.ready, ensure_ascii=False))
            return await _one_turn(client, sound, pace=arguments.pace)

    with _refusals_in_words(url):
        record = anyio.run(converse)
    for event in record.events:
        print(json.dumps(event, ensure_ascii=False))
    write_sound(arguments.output, record.sound, record.sample_rate)
    if not arguments.json and record.first_audio_ms is not None:
        seconds = record.sound.size / record.sample_rate
        print(f"first audio after {record.first_audio_ms:.0f} ms; {seconds:.2f} s of reply in {arguments.output}")
    if record.events[-1]["type"] == "turn.end":
        return 0
    problems = [f"{event['code']}: {event['message']}" for event in record.events if event["type"] == "error"]
    print("\n".join(problems or [f"The turn was cancelled: {record.events[-1]['reason']}."]), file=sys.stderr)
    return 1


async def _one_turn(client: Client, sound: Sound, *, pace: bool) -> TurnRecord:
    """Send and receive at once: a server whose messages nobody reads stops listening."""
    records: list[TurnRecord] = []

    async def receive() -> None:
        records.append(await client.turn())

    asked_s = None
    with ungrouped():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(receive)
            with suppress(ConnectionClosed):  # `receive` meets the same, and knows the server's last message
                await client.send_sound(sound, pace=pace)
                asked_s = await client.send(EndTurn())
    records[0].asked_s = asked_s or records[0].asked_s
    return records[0]


@contextmanager
def _refusals_in_words(url: str) -> Iterator[None]:
    """Whatever keeps a conversation from being held leaves as Unreachable."""
    try:
        yield
    except (OSError, Refused, WebSocketException) as error:
        raise Unreachable(f"No conversation with {url}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    match error:
        case Refused():
            return f"{error.event['code']}: {error}"
        case InvalidStatus():
            return f"it answers HTTP {error.response.status_code} {error.response.reason_phrase}"
        case ConnectionClosed():
            return f"the connection was closed ({error.rcvd or 'without a reason'})"
    return str(error) or type(error).__name__
