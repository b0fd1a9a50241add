"""A real uvicorn on a port of its own, in this process, for tests that need sockets."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import uvicorn
from fastapi import FastAPI

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel
from inzwa.engines.tts.scripted import ScriptedVoice
from inzwa.engines.vad.scripted import ScriptedDetector
from inzwa.protocols import Engines, StageReport, StageReporter
from inzwa.server.app import create_app
from inzwa.server.app_state import AppState
from inzwa.server.early_engines import OpenEngines
from inzwa.server.uvicorn_server import server_config
from inzwa.settings import Settings, load_settings


def scripted_engines(**given: Any) -> Engines:
    """Four fakes, any of them replaced by what is given, and so the way to exchange one."""
    fakes = {
        "vad": ScriptedDetector(),
        "asr": ScriptedTranscriber(["mhoro shamwari"]),
        "llm": ScriptedChatModel(["Ndiripo, ", "makadiiwo?"]),
        "tts": ScriptedVoice(),
    }
    return Engines(**{**fakes, **given})


def opening(engines: Engines) -> OpenEngines:
    """An `open_engines` that gives these engines."""

    @asynccontextmanager
    async def open_engines(_settings: Settings, report: StageReporter) -> AsyncIterator[Engines]:
        for stage in ("vad", "asr", "llm", "tts"):
            report(StageReport(stage, "ready", "scripted"))
        yield engines

    return open_engines


NOWHERE = Path(os.devnull) / "feedback"
"""A data folder that cannot be made: a test that keeps what evaluators give names one of its own."""


def settings(**values: object) -> Settings:
    """Settings for tests: the defaults, untouched by this machine's environment and data, with these changed."""
    chosen = {"data": NOWHERE, **values}
    return load_settings({f"INZWA_{name.upper()}": str(value) for name, value in chosen.items()})


@asynccontextmanager
async def serving(
    engines: Engines | None = None, *, page: bool = False, open_engines: OpenEngines | None = None, **values: object
) -> AsyncIterator[tuple[str, AppState]]:
    """The application on a free loopback port: its address and its state, engines warm unless given otherwise."""
    app = create_app(settings(**values), open_engines or opening(engines or scripted_engines()), page=page)
    app_state: AppState = app.state.inzwa
    async with running(app, app_state.settings) as url:
        if open_engines is None:
            await app_state.lifecycle.warm_up()
        yield url, app_state


@asynccontextmanager
async def running(app: FastAPI, chosen: Settings) -> AsyncIterator[str]:
    """uvicorn with Inzwa's own limits, its address given once it listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(server_config(app, chosen))
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        async with anyio.create_task_group() as tasks:
            await server.startup(sockets=[listener])
            tasks.start_soon(server.main_loop)
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True
                with anyio.CancelScope(shield=True):
                    await server.shutdown(sockets=[listener])
