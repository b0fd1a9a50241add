"""Self-test: a child process opens and runs an engine before this one does, so that a bad library ends the child.

A native library can end the process that calls it: built for another processor (SIGILL), a failed assertion (SIGABRT),
or it never returns. The result is cached under the processor's features and the hashes of the native libraries and of
the model, so that an ordinary start runs no child.
"""

import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import anyio
from anyio.streams.text import TextReceiveStream
from anyio.to_thread import run_sync

from inzwa.engines.opening import NATIVE, EngineSpec
from inzwa.errors import EngineError, EngineUnfit
from inzwa.hardware.processor import Processor, this_processor
from inzwa.models.checksums import digest_of

log = logging.getLogger(__name__)

LIMIT_S: Final = 90.0
"""Seconds that a child may take. Ordinary: one to three; a large model on a slow disk takes more."""
MOST_REMEMBERED: Final = 256
"""Cached results, and hashes of libraries: the newest are kept."""
REFUSED: Final = 4
"""The child's status when the engine itself refused. Python's own for an error that nobody caught is 1."""
CHILD: Final = (sys.executable, "-m", "inzwa.engines.selftest_child")

UNTUNED: Final = ("portable", "prebuilt")
"""Builds that need what processor.BASELINE names."""

_REPEATED: Final = 300
"""Characters of the child's last line that an error message repeats."""
_OUTPUT: Final = 4_000
"""Characters of its output that are kept while it runs."""

REMEDIES: Final = {
    "tuned": "`python -m inzwa tune --anew` builds it again",
    "portable": "`make clean setup` builds it again, or without make: pip cache remove 'llama_cpp_python*', then pip "
    "install --force-reinstall --no-deps -r requirements.txt",
    "prebuilt": "install a C++ compiler, then `make clean setup`",
}
"""What to do about a build of llama.cpp, by its name."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Runs self-tests and caches their results in a folder of the model cache."""

    folder: Path
    limit_s: float = LIMIT_S
    command: Sequence[str] = CHILD
    processor: Processor = field(default_factory=this_processor)

    async def require(self, spec: EngineSpec) -> None:
        """Return when the engine works here.

        EngineUnfit, a sentence with the remedy, where its native library does not; EngineError where it refuses the
        model.
        """
        key = await run_sync(self._key, spec)
        complaint = await run_sync(self._cached, key)
        if complaint is None:
            complaint = await self._test(spec, key)
        if complaint:
            raise EngineUnfit(spec.stage, complaint)

    async def _test(self, spec: EngineSpec, key: str) -> str:
        """What is wrong with the engine; empty when nothing is. A crash is cached; a hang may pass, and is not.

        EngineError where the engine itself said what is wrong, with the model most often.
        """
        log.info("%s: testing %s in a child process", spec.stage, spec)
        output: deque[str] = deque(maxlen=1)
        status: int | None = None
        with anyio.move_on_after(self.limit_s):
            status = await self._run(spec, output)
        said = "".join(output).strip().rpartition("\n")[2].strip()[-_REPEATED:]
        if status is None:
            return f"{spec} did not finish its self-test within {self.limit_s:.0f} s. {self._remedy(spec)}"
        if status == REFUSED:
            raise EngineError(spec.stage, said)
        if status > 0:
            return said or f"{spec} failed its self-test with status {status}."
        if status == -signal.SIGKILL:
            return f"{spec} was killed in its self-test, for want of memory most often."
        complaint = self._crash(spec, -status, said) if status else ""
        await run_sync(self._store, key, complaint)
        return complaint

    async def _run(self, spec: EngineSpec, output: deque[str]) -> int:
        """The child's status; negative for the signal that ended it. Cancelled, it is killed."""
        described = json.dumps(asdict(spec), default=str).encode()
        async with await anyio.open_process(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=_environment()
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                with suppress(anyio.BrokenResourceError, OSError):  # it may be dead already
                    await child.stdin.send(described)
                    await child.stdin.aclose()
                async for text in TextReceiveStream(child.stdout, errors="replace"):
                    output.append(("".join(output) + text)[-_OUTPUT:])  # a line may come in pieces
                return await child.wait()
            finally:
                if child.returncode is None:
                    child.kill()

    def _crash(self, spec: EngineSpec, number: int, said: str) -> str:
        name = signal.Signals(number).name if number in {each.value for each in signal.Signals} else f"signal {number}"
        if number != signal.SIGILL:
            about = f" ({said})" if said else ""
            return f"{spec} was ended by {name} in its self-test{about}. {self._remedy(spec)}"
        missing = ", ".join(self.processor.missing)
        why = f"this processor has no {missing}" if missing else "it was built for another processor"
        return (
            f"{spec} was ended by {name}, an instruction that this processor does not have, in its self-test: {why}. "
            f"Here: {self.processor}. {self._remedy(spec)}"
        )

    def _remedy(self, spec: EngineSpec) -> str:
        if spec.library and spec.library.name in UNTUNED and self.processor.missing:
            remedy = "`python -m inzwa tune` builds llama.cpp for this processor"
        elif spec.library:
            remedy = REMEDIES.get(spec.library.name, "name another in INZWA_LLM_LIBRARY")
        else:
            remedy = f"pip install --force-reinstall {' '.join(NATIVE[spec.engine])}"
        return f"Remedy: {remedy}."

    def _key(self, spec: EngineSpec) -> str:
        """What the result depends on. Blocking: hashes files that it has not hashed before."""
        facts = (
            self.processor.key,
            spec.engine,
            str(spec.threads),
            *(f"{file.name} {self._digest(file)}" for file in spec.shared_objects),
            *(f"{file.name} {file.sha256}" for file in spec.model.files),
            *(file.sha256 for file in (spec.lora.model.files if spec.lora else ())),
        )
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]

    def _digest(self, file: Path) -> str:
        """The file's sha256, known again by its size, time and inode."""
        found = file.stat()
        known = self.folder / "hashes" / hashlib.sha256(
            f"{file}\n{found.st_size}\n{found.st_mtime_ns}\n{found.st_ino}".encode()
        ).hexdigest()[:32]  # fmt: skip
        with suppress(OSError):
            return known.read_text()
        sha256 = digest_of(file).sha256
        _write(known, sha256)
        return sha256

    def _cached(self, key: str) -> str | None:
        try:
            return str(json.loads((self.folder / key).read_text(encoding="utf-8"))["verdict"])
        except (OSError, ValueError, KeyError):
            return None

    def _store(self, key: str, complaint: str) -> None:
        _write(self.folder / key, json.dumps({"verdict": complaint, "processor": str(self.processor)}))


def _environment() -> dict[str, str]:
    """This process's, with our code found wherever it was found for this process."""
    here = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", ""))))}


def _write(file: Path, text: str) -> None:
    """Atomic. A cache that cannot be written only costs the next start another self-test."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        for old in sorted(file.parent.glob("[0-9a-f]*"), key=_written_ns)[:-MOST_REMEMBERED]:
            old.unlink(missing_ok=True)
        unfinished = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(file)
    except OSError as error:
        log.warning("the result of the self-test cannot be cached: %s", error)


def _written_ns(file: Path) -> Any:
    with suppress(OSError):
        return file.stat().st_mtime_ns
    return 0
