"""Makes the first items to judge out of what serves: clips of its voices, replies of its language model, a transcript.

Only once somebody has asked for a task, and only while nobody talks and the cores are free.
"""

import hashlib
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Final

import anyio
import numpy as np
from anyio import to_thread

from inzwa.audio.files import read_recording
from inzwa.audio.pcm import INPUT_RATE, Sound
from inzwa.conversation.load_shedding import Load
from inzwa.conversation.output.reply import answer, read_aloud
from inzwa.errors import FeedbackUnavailable, InzwaError
from inzwa.feedback.store.protocol import FeedbackStore
from inzwa.feedback.tasks.clips import degraded, save_clip
from inzwa.feedback.tasks.desk import add_made
from inzwa.feedback.tasks.items import Item, known_sources
from inzwa.feedback.tasks.replies import PROMPTS, model_reply_item, sample_item, source
from inzwa.feedback.tasks.voices import Line, lines, naturalness_item
from inzwa.protocols import EngineInfo, HearOptions, Message, Priority, VoiceOptions, stage_errors
from inzwa.server.app_state import AppState
from inzwa.server.request_options import chat_options, system_prompt
from inzwa.server.ui.files import ASSETS

log = logging.getLogger(__name__)

BUSY_S: Final = 2.0
"""Seconds between two looks whether somebody talks."""

MAX_REPLY_CHARS: Final = 2_000


async def make_items(app_state: AppState) -> None:
    """Make what is missing, one after the other; then end. An engine that fails leaves out what it was asked for."""
    tasks = app_state.tasks
    await tasks.wanted.wait()
    await app_state.lifecycle.warm_up_ended()
    try:
        if app_state.feedback is not None and app_state.lifecycle.engines is not None:
            await _Maker(app_state, app_state.feedback.store).make()
    finally:
        tasks.making = False


class _Maker:
    def __init__(self, app_state: AppState, store: FeedbackStore) -> None:
        self._app_state, self._store, self._settings = app_state, store, app_state.settings

    async def make(self) -> None:
        known = await self._known()
        for make in (self._transcript, self._clips, self._replies):
            try:
                async with aclosing(make(known)) as items:
                    async for item in items:
                        await self._store.write(partial(add_made, item=item))
            except (InzwaError, OSError) as error:
                log.warning("items to judge are missing: %s", type(error).__name__)

    async def _known(self) -> set[str]:
        """The sources of what was made before, as soon as the database says."""
        while True:
            try:
                return await self._store.read(known_sources)
            except FeedbackUnavailable as error:
                await anyio.sleep(error.retry_after_s or BUSY_S)

    async def _idle(self) -> None:
        """Wait until nobody talks and the cores are free."""
        while self._app_state.admission.sessions or self._app_state.load.level() > Load.EASY:  # noqa: ASYNC110
            await anyio.sleep(BUSY_S)  # load is measured, and nobody announces it

    async def _transcript(self, known: set[str]) -> AsyncGenerator[Item, None]:
        asr = self._app_state.engines.asr
        model, sha256 = _name(asr.info)
        if source(model, sha256, "sample") in known:
            return
        await self._idle()
        sound = await to_thread.run_sync(read_recording, ASSETS / "mhoroi.wav")
        with stage_errors("asr"), anyio.fail_after(self._settings.engine_timeout_s):
            heard = await asr.transcribe(sound, HearOptions(language="sn"))
        name = await to_thread.run_sync(save_clip, self._store.folder, sound, INPUT_RATE)
        yield sample_item(model, sha256, heard.text, name)

    async def _clips(self, known: set[str]) -> AsyncGenerator[Item, None]:
        tts = self._app_state.engines.tts
        for line in lines(*_name(tts.info), tts.voices):
            if line.source not in known:
                await self._idle()
                sound, rate = await self._spoken(line)
                if sound.size:
                    yield naturalness_item(line, await to_thread.run_sync(_save, self._store, line, sound, rate))

    async def _replies(self, known: set[str]) -> AsyncGenerator[Item, None]:
        llm = self._app_state.engines.llm
        model, sha256 = _name(llm.info)
        system = system_prompt(self._settings, "sn", llm.info)
        for question in PROMPTS:
            if source(model, sha256, question) not in known:
                await self._idle()
                messages = [*([Message("system", system)] if system else []), Message("user", question)]
                pieces = answer(
                    llm,
                    messages,
                    chat_options(self._settings),
                    language="sn",
                    timeout_s=self._settings.engine_timeout_s,
                )
                async with aclosing(pieces):
                    reply = "".join([piece async for piece in pieces]).strip()[:MAX_REPLY_CHARS]
                if reply:
                    yield model_reply_item(model, sha256, question, reply)

    async def _spoken(self, line: Line) -> tuple[Sound, int]:
        """The line's sound, shape (samples,), and its rate."""
        options = VoiceOptions(voice=line.system.voice, speed=line.system.speed, priority=Priority.LOW)
        with self._app_state.engines.pinned() as engines:
            rate, parts = engines.tts.sample_rate, [np.zeros(0, dtype=np.float32)]
            speech = read_aloud(engines.tts, line.text, options, timeout_s=self._settings.engine_timeout_s)
            async with aclosing(speech) as chunks:
                async for chunk in chunks:
                    rate = chunk.sample_rate
                    parts.append(chunk.sound)
        return np.concatenate(parts), rate


def _save(store: FeedbackStore, line: Line, sound: Sound, rate: int) -> str:
    return save_clip(store.folder, degraded(sound, rate, seed=len(line.text)) if line.degraded else sound, rate)


def _name(info: EngineInfo) -> tuple[str, str]:
    """The model's name, and a checksum over those of its files."""
    listing = "".join(f"{file.name} {file.sha256}\n" for file in info.files)
    return info.title, hashlib.sha256(listing.encode()).hexdigest() if info.files else ""
