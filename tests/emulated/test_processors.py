"""The portable build on an emulated Haswell and on older processors: `make test-processors`, with qemu-user."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

import inzwa
from inzwa.engines.llm.llama.library import BINDINGS, LIBRARY, Library, package_folder, tuned_folder
from inzwa.engines.opening import EngineSpec
from inzwa.hardware.processor import this_processor
from inzwa.models.store import Store, default_cache

pytestmark = [
    pytest.mark.emulated,
    pytest.mark.weights,
    pytest.mark.timeout(600),
    pytest.mark.skipif(this_processor().architecture != "x86_64", reason="it emulates one x86-64 on another"),
]

HERE = Path(inzwa.__file__).parents[1]
PORTABLE = Library("portable", package_folder(BINDINGS) / "lib" / LIBRARY)
TRAPPED = 128 + signal.SIGILL

ENGINES = {
    "vad": ("silero", "silero-v6"),
    "asr": ("faster-whisper", "whisper-base"),
    "llm": ("llama-cpp", "smollm2-135m"),
    "tts": ("vits", "joe-medium"),
}

Try = Callable[[str, EngineSpec], int]


@pytest.fixture
def emulator() -> str:
    found = shutil.which("qemu-x86_64")
    assert found, "apt-get install qemu-user"
    return found


@pytest.fixture
def try_on(emulator: str) -> Try:
    """The status of a self-test's child on an emulated processor."""

    def run(processor: str, spec: EngineSpec) -> int:
        command = [emulator, "-cpu", processor, sys.executable, "-m", "inzwa.engines.selftest_child"]
        told = json.dumps(asdict(spec), default=str)
        done = subprocess.run(command, input=told, text=True, cwd=HERE, check=False, timeout=580)
        return TRAPPED if done.returncode == -signal.SIGILL else done.returncode

    return run


def spec_for(models: Store, stage: str) -> EngineSpec:
    engine, name = ENGINES[stage]
    library = PORTABLE if stage == "llm" else None
    model = models.fetch(name)
    return EngineSpec(stage=stage, engine=engine, model=model, threads=2, context_tokens=256, library=library)


@pytest.mark.parametrize("stage", ENGINES)
def test_every_engine_works_on_a_haswell(models: Store, try_on: Try, stage: str) -> None:
    assert try_on("Haswell-noTSX", spec_for(models, stage)) == 0


def test_llama_cpp_traps_on_what_came_before_haswell(models: Store, try_on: Try) -> None:
    assert try_on("Nehalem", spec_for(models, "llm")) == TRAPPED


def test_a_build_tuned_to_a_newer_processor_traps_on_a_haswell(models: Store, try_on: Try) -> None:
    """What a cache or an image that is carried to another machine would do without the self-test."""
    tuned = tuned_folder(default_cache(), this_processor()) / LIBRARY
    if "avx512f" not in this_processor().features or not tuned.exists():
        pytest.skip("this processor has nothing that a Haswell lacks, or nothing is tuned to it")
    assert try_on("Haswell-noTSX", replace(spec_for(models, "llm"), library=Library("tuned", tuned))) == TRAPPED
