"""/ws/audio: one socket, one session, one task group.

A client that is not admitted gets an `error` event and a close code before the session begins: 1008 for a mistake of
its own, 1013 (try again later) where the server is at its limits; 1001 when it stops or the session's time is up.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Final

import anyio
from anyio.lowlevel import checkpoint
from anyio.streams.memory import MemoryObjectSendStream
from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from inzwa.audio.codecs import Decoder, open_decoder
from inzwa.audio.formats import FRAME_MS, OUTPUT_RATES, OutputCodec
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.session import Session, open_session
from inzwa.errors import ClientError, InzwaError, OutOfOrder, Overloaded, Unauthorized, ungrouped
from inzwa.events import ClientEvent, GoingAway, Problem, Ready, ServerEvent, Start
from inzwa.protocols import Engines
from inzwa.server.app_state import AppState
from inzwa.server.feedback.turn_log import turn_settings
from inzwa.server.redaction import without_folders
from inzwa.server.request_options import session_options
from inzwa.server.security import address, check_access, is_local, origin_allowed
from inzwa.server.websocket.ratings import SocketRatings
from inzwa.server.websocket.receive import SocketReceiver
from inzwa.server.websocket.send import SocketSender
from inzwa.server.websocket.wire import message_text, parse_message

QUEUE: Final = 8
"""Messages that wait for the session, and events that wait for the socket."""

CONVERSATION_BYTES: Final = 16
"""Of a conversation's random name, which nobody can guess."""

CLOSED: Final = 1000
GOING_AWAY: Final = 1001
REFUSED: Final = 1008
TRY_LATER: Final = 1013

router = APIRouter()


@router.websocket("/ws/audio")
async def audio_socket(socket: WebSocket) -> None:
    """One conversation, from the client's `start` until either side hangs up."""
    app_state: AppState = socket.app.state.inzwa
    if not origin_allowed(socket.headers, app_state.settings):
        app_state.metrics.error("forbidden_origin")
        await socket.close(REFUSED)
        return
    await socket.accept()
    with suppress(WebSocketDisconnect, anyio.BrokenResourceError):
        try:
            await app_state.rate.count("socket", address(socket))
            with nullcontext() if is_local(socket) else app_state.address_limit.reserve(address(socket)):
                engines = app_state.engines
                with app_state.admission.admit():
                    code = await _run_session(socket, app_state, engines)
            if socket.client_state is WebSocketState.CONNECTED:
                await socket.close(code)
        except InzwaError as error:
            app_state.metrics.error(error.code)
            await _refuse(socket, app_state, error)


async def _run_session(socket: WebSocket, app_state: AppState, engines: Engines) -> int:
    """The whole conversation; the code to close the socket with."""
    start, decoder, options = await _receive_start(socket, app_state, engines)
    codec = start.audio_out or app_state.settings.audio_out_codec
    conversation = secrets.token_hex(CONVERSATION_BYTES)
    await socket.send_text(message_text(_ready(start, codec, options, engines, conversation, app_state)))
    ratings = SocketRatings(app_state, conversation, address(socket))
    to_session, inbox = anyio.create_memory_object_stream[ClientEvent](QUEUE)
    outbox, to_socket = anyio.create_memory_object_stream[ServerEvent](QUEUE)
    receiver = SocketReceiver(socket, app_state.settings, app_state.metrics, decoder, ratings)
    with (
        anyio.move_on_after(app_state.settings.session_minutes * 60) as lifetime,
        ungrouped(),
        _logged(app_state, conversation, engines, options, codec) as observe,
    ):
        async with anyio.create_task_group() as tasks, inbox, outbox:
            async with open_session(engines, options, outbox.send) as session:
                sender = SocketSender(
                    socket, app_state.settings, app_state.metrics, codec, session.turns.playout, observe
                )
                tasks.start_soon(sender.run, to_socket)
                tasks.start_soon(receiver.run, to_session, outbox.clone())
                tasks.start_soon(ratings.run, outbox.clone())
                tasks.start_soon(
                    _hang_up_when_stopping, app_state, session, sender, ratings, outbox.clone(), tasks.cancel_scope
                )
                async for event in inbox:
                    await session.handle(event)
            app_state.metrics.dropped("partial", session.dropped_partials)
            tasks.cancel_scope.cancel()
    return GOING_AWAY if app_state.admission.draining or lifetime.cancelled_caught else CLOSED


def _ready(
    start: Start,
    codec: OutputCodec,
    options: SessionOptions,
    engines: Engines,
    conversation: str,
    app_state: AppState,
) -> Ready:
    models: dict[str, str] = {stage: without_folders(info.model) for stage, info in engines.infos().items()}
    return Ready(
        session_id=options.session_id,
        codec=start.codec,
        audio_out=codec,
        sample_rate=OUTPUT_RATES[codec],
        frame_ms=FRAME_MS,
        models=models,
        conversation=conversation,
        feedback=app_state.settings.feedback,
    )


@contextmanager
def _logged(
    app_state: AppState, conversation: str, engines: Engines, options: SessionOptions, codec: OutputCodec
) -> Iterator[Callable[[ServerEvent], None]]:
    """What notes the events of a conversation, so that its turns can be rated; nothing where feedback is off."""
    if app_state.turn_log is None:
        yield lambda _: None
        return
    log = app_state.turn_log.open(conversation, engines.infos, turn_settings(options, engines, codec))
    try:
        yield log.observe
    finally:
        log.close()


async def _hang_up_when_stopping(
    app_state: AppState,
    session: Session,
    sender: SocketSender,
    ratings: SocketRatings,
    outbox: MemoryObjectSendStream[ServerEvent],
    scope: anyio.CancelScope,
) -> None:
    """When the server is told to stop: tell the client, let the turn and the ratings under way finish, and end the
    session."""
    async with outbox:
        await app_state.admission.stopping.wait()
        await outbox.send(GoingAway(app_state.settings.drain_s))
        await session.turns.finished()
        await ratings.answered()
        await checkpoint()  # so that the sender takes what was put into the outbox last, and is not idle
        await sender.idle.wait()
        scope.cancel()


async def _receive_start(
    socket: WebSocket, app_state: AppState, engines: Engines
) -> tuple[Start, Decoder, SessionOptions]:
    """The client's `start`, checked. A mistake is answered, and the next message read instead."""
    with anyio.move_on_after(app_state.settings.request_timeout_s):
        while True:
            frame = await socket.receive()
            if frame["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(frame.get("code", GOING_AWAY))
            try:
                return _check_start(socket, app_state, engines, frame.get("text"))
            except Unauthorized:
                raise
            except ClientError as error:
                app_state.metrics.error(error.code)
                await _send_problem(socket, error)
    raise OutOfOrder(f"No `start` came within {app_state.settings.request_timeout_s:g} s.")


def _check_start(
    socket: WebSocket, app_state: AppState, engines: Engines, text: str | None
) -> tuple[Start, Decoder, SessionOptions]:
    start = parse_message(text) if text is not None else None
    if not isinstance(start, Start):
        raise OutOfOrder("The first message is `start`.")
    check_access(app_state.settings, socket, start.auth)
    decoder = open_decoder(start.codec, start.sample_rate)
    options = session_options(start, app_state.settings, engines, app_state.load.level, app_state.metrics.speculated)
    return start, decoder, options


async def _refuse(socket: WebSocket, app_state: AppState, error: InzwaError) -> None:
    """Say why, then close; without waiting longer than the time-out for a client that does not read."""
    with anyio.move_on_after(app_state.settings.request_timeout_s):
        await _send_problem(socket, error)
        await socket.close(TRY_LATER if isinstance(error, Overloaded) else REFUSED, error.code)


async def _send_problem(socket: WebSocket, error: InzwaError) -> None:
    await socket.send_text(message_text(Problem.of(error)))
