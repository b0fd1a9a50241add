"""Commands on a server: serve one, talk to one, put another model into one."""

import json
import sys
from argparse import Namespace

import anyio
import httpx

from inzwa.audio.pcm import Sound
from inzwa.cli.audio_files import read_sound, write_sound
from inzwa.cli.client import Client, Refused, TurnRecord, open_client
from inzwa.cli.serve import run_server
from inzwa.errors import Unreachable
from inzwa.events import EndTurn, Start
from inzwa.settings import Settings


def serve(_: Namespace, settings: Settings) -> None:
    """Serve until told to stop."""
    run_server(settings)


def talk(arguments: Namespace, settings: Settings) -> int:
    """One turn on a running server: its events, its figures, its sound."""
    sound = read_sound(arguments.file)
    url = arguments.url or f"http://127.0.0.1:{settings.port}"
    start = Start(auth=settings.access_token.get_secret_value(), mode="push_to_talk")

    async def converse() -> TurnRecord:
        async with open_client(url, start) as client:
            print(json.dumps(client.ready, ensure_ascii=False))
            return await _one_turn(client, sound, pace=arguments.pace)

    try:
        record = anyio.run(converse)
    except (OSError, Refused) as error:
        raise Unreachable(f"{url} does not talk to us: {error}") from None
    for event in record.events:
        print(json.dumps(event, ensure_ascii=False))
    write_sound(arguments.output, record.sound, record.sample_rate)
    if not arguments.json and record.first_audio_ms is not None:
        seconds = record.sound.size / record.sample_rate
        print(f"first audio after {record.first_audio_ms:.0f} ms; {seconds:.2f} s of reply in {arguments.output}")
    return 0 if record.events[-1]["type"] == "turn.end" else 1


def exchange(arguments: Namespace, settings: Settings) -> int:
    """Another model for a stage of a running server, whose answer this prints; it may take as long as a download."""
    url = arguments.url or f"http://127.0.0.1:{settings.port}"
    headers = {"Authorization": f"Bearer {settings.admin_token.get_secret_value()}"}
    wanted = {"stage": arguments.stage, "model": arguments.model}
    try:
        answer = httpx.post(
            f"{url}/v1/admin/warmup", json=wanted, headers=headers, timeout=httpx.Timeout(10, read=None)
        )
        body = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unreachable(f"{url} does not talk to us: {error}") from None
    if answer.is_success:
        print(json.dumps(body["stages"][arguments.stage], ensure_ascii=False, indent=1))
        return 0
    said = body.get("error") or {"code": answer.status_code, "message": f"{body}; is INZWA_ADMIN_TOKEN the server's?"}
    print(f"{said['code']}: {said['message']}", file=sys.stderr)
    return 1


async def _one_turn(client: Client, sound: Sound, *, pace: bool) -> TurnRecord:
    """Send and receive side by side: a server whose words nobody reads stops listening."""
    records: list[TurnRecord] = []

    async def receive() -> None:
        records.append(await client.turn())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(receive)
        await client.send_sound(sound, pace=pace)
        asked_s = await client.send(EndTurn())
    records[0].asked_s = asked_s
    return records[0]
