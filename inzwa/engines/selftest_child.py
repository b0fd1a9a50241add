"""The child of a self-test: opens the engine that standard input describes and has it do one piece of work.

`python -m inzwa.engines.selftest_child`. Status 0 when the engine worked; 4 when it refused and 3 when its
library cannot be loaded, with the reason in the last line; anything else is what the native library did to the process.
"""

import json
import resource
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

import anyio
import numpy as np

from inzwa.audio.pcm import INPUT_RATE, silence
from inzwa.engines.llm.llama.library import Library
from inzwa.engines.llm.lora import Lora
from inzwa.engines.opening import EngineSpec, open_engine
from inzwa.errors import EngineError, EngineUnfit, InzwaError
from inzwa.models.local_model import LocalModel
from inzwa.protocols import ChatOptions, FileInfo, HearOptions, Message, VoiceOptions

REFUSED: Final = 4
UNFIT: Final = 3
TOKENS: Final = 4
SILENCE_MS: Final = 1_000


def main() -> int:
    """Test the engine that standard input describes; the exit status says how it went."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash is expected here, and told by its signal
    spec = spec_of(json.load(sys.stdin))
    try:
        anyio.run(run, spec)
    except InzwaError as error:
        sys.stdout.write(f"{_one_line(error)}\n")
        return UNFIT if isinstance(error, EngineUnfit) else REFUSED
    return 0


def _one_line(error: InzwaError) -> str:
    """What went wrong, with the cause where the message does not hold it."""
    cause = str(error.__cause__ or "")
    message = f"{error.message} ({cause})" if cause and cause not in error.message else error.message
    return " ".join(message.split())


async def run(spec: EngineSpec) -> None:
    """Open the engine and have it do one piece of work. EngineError when the result cannot be right."""
    async with open_engine(spec) as engine:
        await _WORK[spec.stage](engine)


async def _detect(engine: Any) -> None:
    frame = np.zeros(engine.frame_samples, dtype=np.float32)
    if not 0 <= engine.open_stream().probability(frame) <= 1:
        raise EngineError("vad", "It gives no probability of speech.")


async def _hear(engine: Any) -> None:
    await engine.transcribe(silence(SILENCE_MS, INPUT_RATE), HearOptions())


async def _reply(engine: Any) -> None:
    options = ChatOptions(max_new_tokens=TOKENS, temperature=0.0)
    async with aclosing(engine.reply([Message("user", "Mhoro")], options)) as pieces:
        async for _ in pieces:
            pass


async def _speak(engine: Any) -> None:
    async with aclosing(engine.speak("Mhoro.", VoiceOptions())) as chunks:
        peaks = [float(np.max(np.abs(chunk.sound), initial=0.0)) async for chunk in chunks]
    if not peaks or not np.all(np.isfinite(peaks)) or max(peaks) <= 0:
        raise EngineError("tts", "It makes no sound.")


_WORK: Final = {"vad": _detect, "asr": _hear, "llm": _reply, "tts": _speak}


def spec_of(described: dict[str, Any]) -> EngineSpec:
    """The specification out of JSON, as selftest.py writes it."""
    lora, library = described["lora"], described["library"]
    return EngineSpec(
        stage=described["stage"],
        engine=described["engine"],
        model=_model(described["model"]),
        threads=described["threads"],
        context_tokens=described["context_tokens"],
        lora=Lora(_model(lora["model"]), lora["scale"]) if lora else None,
        library=Library(library["name"], Path(library["file"])) if library else None,
    )


def _model(described: dict[str, Any]) -> LocalModel:
    files = tuple(FileInfo(**file) for file in described["files"])
    return LocalModel(**{**described, "folder": Path(described["folder"]), "files": files})


if __name__ == "__main__":
    raise SystemExit(main())
