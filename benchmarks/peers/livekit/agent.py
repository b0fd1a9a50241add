"""A LiveKit agent on the models it is given: an AgentSession of OpenAI-compatible services, without a room.

Runs in LiveKit's own environment and imports nothing of Inzwa. A WebSocket is the session's microphone and loudspeaker,
in the place of the console's or a room's. Binary messages are PCM16, 16 kHz in and 24 kHz out; text messages are JSON.

`--turns` says who ends the user's turn:
    model   LiveKit's default: Silero (0.25 s of silence), its local end-of-turn model, and 0.3 s of silence at least
    quick   the fastest that it documents for a microphone: Silero alone, no further wait, the voice begun at once
    button  push-to-talk as it documents it: the client says when speech begins and ends
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from livekit import rtc
from livekit.agents import Agent, AgentSession, TurnHandlingOptions, llm
from livekit.agents.voice import io
from livekit.plugins import openai
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

INPUT_RATE = 16_000
OUTPUT_RATE = 24_000
"""What LiveKit's OpenAI voice makes of any sound."""

FLUSH_S = 0.4
"""Of silence put after speech when the button is let go: more than Silero's 0.25 s, less than the default of 2 s."""

TURN_HANDLING: dict[str, TurnHandlingOptions] = {
    "model": {},
    "quick": {
        "turn_detection": "vad",
        "endpointing": {"min_delay": 0.0},
        "preemptive_generation": {"preemptive_tts": True},
    },
    "button": {"turn_detection": "manual"},
}


class SocketMicrophone(io.AudioInput):
    """The client's frames, while the session listens."""

    def __init__(self) -> None:
        super().__init__(label="socket")
        self._frames: asyncio.Queue[rtc.AudioFrame] = asyncio.Queue(maxsize=8)
        self._listening = True

    async def hear(self, pcm16: bytes) -> None:
        """Pass it on, unless the session has let go of the microphone."""
        if self._listening:
            await self._frames.put(rtc.AudioFrame(pcm16, INPUT_RATE, 1, len(pcm16) // 2))

    async def __anext__(self) -> rtc.AudioFrame:
        return await self._frames.get()

    def on_attached(self) -> None:
        self._listening = True

    def on_detached(self) -> None:
        self._listening = False


class SocketLoudspeaker(io.AudioOutput):
    """Sends sound as it comes, and tells the session when a client that plays it at once would have played it all."""

    def __init__(self, socket: ServerConnection) -> None:
        super().__init__(label="socket", capabilities=io.AudioOutputCapabilities(pause=False), sample_rate=OUTPUT_RATE)
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._began_s: float | None = None
        self._sounds_s = 0.0
        self._end: asyncio.TimerHandle | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if self._began_s is None:
            self._began_s = self._loop.time()
        self._sounds_s += frame.duration
        await self._socket.send(bytes(frame.data))

    def flush(self) -> None:
        super().flush()
        if self._began_s is not None:
            self._end = self._loop.call_at(self._began_s + self._sounds_s, self._finish, False)

    def clear_buffer(self) -> None:
        if self._end is not None:
            self._end.cancel()
        if self._began_s is not None:
            self._finish(True)

    def _finish(self, interrupted: bool) -> None:
        played_s = min(self._loop.time() - (self._began_s or 0.0), self._sounds_s)
        self._began_s, self._sounds_s, self._end = None, 0.0, None
        self.on_playback_finished(playback_position=played_s, interrupted=interrupted)


class TellingAgent(Agent):
    """Tells the client when its turn is over, and what was heard."""

    def __init__(self, instructions: str, socket: ServerConnection) -> None:
        super().__init__(instructions=instructions)
        self._socket = socket

    async def on_user_turn_completed(self, turn_ctx: llm.ChatContext, new_message: llm.ChatMessage) -> None:
        await tell(self._socket, "speech.stop")
        await tell(self._socket, "asr.final", text=new_message.text_content or "")


async def tell(socket: ServerConnection, kind: str, **facts: str) -> None:
    """Unless the client is gone."""
    with suppress(ConnectionClosed):
        await socket.send(json.dumps({"type": kind, **facts}))


async def messages(socket: ServerConnection) -> AsyncIterator[str | bytes]:
    """Until the client is gone."""
    try:
        async for message in socket:
            yield message
    except ConnectionClosed:
        return


def agent_session(asked: argparse.Namespace) -> AgentSession[None]:
    """LiveKit's own services for servers of OpenAI's protocol; no echo to wait for, nobody who goes away."""
    chat, speech = f"{asked.llm_url}/v1", f"{asked.speech_url}/v1"
    return AgentSession(
        stt=openai.STT(base_url=speech, api_key="none", model="whisper", language=asked.language),
        llm=openai.LLM(base_url=chat, api_key="none", model="local", temperature=asked.temperature),
        tts=openai.TTS(base_url=speech, api_key="none", model="tts-1", response_format="wav"),
        turn_handling=TURN_HANDLING[asked.turns],
        aec_warmup_duration=None,
        user_away_timeout=None,
    )


async def converse(asked: argparse.Namespace, socket: ServerConnection) -> None:
    """One session for one client."""
    session, microphone = agent_session(asked), SocketMicrophone()
    session.input.audio, session.output.audio = microphone, SocketLoudspeaker(socket)
    async with asyncio.TaskGroup() as tasks:

        @session.on("agent_state_changed")
        def _(event: Any) -> None:
            if event.old_state == "speaking":
                tasks.create_task(tell(socket, "turn.end"))

        @session.on("conversation_item_added")
        def _(event: Any) -> None:
            if event.item.type == "message" and event.item.role == "assistant":
                tasks.create_task(tell(socket, "llm.final", text=event.item.text_content or ""))

        await session.start(TellingAgent(asked.system, socket))
        if asked.turns == "button":
            session.input.set_audio_enabled(False)
        async for message in messages(socket):
            if isinstance(message, bytes):
                await microphone.hear(message)
            else:
                await obey(session, json.loads(message)["type"])
        await session.aclose()


async def obey(session: AgentSession[None], kind: str) -> None:
    """The client's buttons, as LiveKit documents push-to-talk."""
    match kind:
        case "begin_turn":
            await session.interrupt()
            session.clear_user_turn()
            session.input.set_audio_enabled(True)
        case "end_turn":
            session.input.set_audio_enabled(False)
            session.commit_user_turn(transcript_timeout=10.0, stt_flush_duration=FLUSH_S)
        case "cancel":
            await session.interrupt()


async def run(asked: argparse.Namespace) -> None:
    """Clients, until the process is told to stop."""
    async with serve(lambda socket: converse(asked, socket), "127.0.0.1", asked.port, max_size=None, compression=None):
        await asyncio.get_running_loop().create_future()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--turns", choices=tuple(TURN_HANDLING), required=True)
    parser.add_argument("--llm-url", required=True, help="an OpenAI-compatible server, without /v1")
    parser.add_argument("--speech-url", required=True, help="an OpenAI-compatible server of speech, without /v1")
    parser.add_argument("--language", default="sn")
    parser.add_argument("--system", default="")
    parser.add_argument("--temperature", type=float, default=0.4)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
