"""A real server whose llama.cpp does not fit this machine: another build serves, or the page says why none does."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import inzwa
from benchmarks.rig.server import free_port
from inzwa.engines.llm.llama.library import package_folder
from inzwa.models.store import Store
from tests.deadly import deadly_library
from tests.lending import lend
from tests.test_start import asked

pytestmark = pytest.mark.weights

HERE = Path(inzwa.__file__).parents[1]


@contextmanager
def served(folder: Path, **more: str) -> Iterator[str]:
    """The address of `python -m inzwa serve`, which is told to stop at the end; it must not have died before."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INZWA_", "HF_"))}
    own = {"INZWA_CACHE": str(folder), "INZWA_MODELS": "embedded", "INZWA_PORT": str(port), "NO_PROXY": "*"}
    with subprocess.Popen(
        [sys.executable, "-m", "inzwa", "serve"], env={**kept, **own, **more}, cwd=HERE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield f"http://127.0.0.1:{port}"
            assert process.poll() is None
        finally:
            process.terminate()
        assert process.wait(timeout=30) in (0, -signal.SIGTERM)


def test_the_next_build_serves_where_the_first_traps(models: Store, tmp_path: Path) -> None:
    trap = deadly_library(tmp_path, "ill")
    cache = lend(models, tmp_path / "cache")
    with served(cache, INZWA_LLM_LIBRARY=str(trap.file.parent)) as url:
        llm = asked(f"{url}/readyz", lambda body: body["ready"])["stages"]["llm"]
        assert llm["model"] == "smollm2-135m"
        assert llm["version"].endswith(("(tuned build)", "(portable build)"))


def test_where_no_build_works_the_server_lives_and_says_why(models: Store, tmp_path: Path) -> None:
    installed = tmp_path / "packages" / "llama_cpp"
    shutil.copytree(package_folder("llama_cpp"), installed, ignore=shutil.ignore_patterns("lib", "include"))
    (installed / "lib").mkdir()
    deadly_library(installed / "lib", "abort")
    cache = lend(models, tmp_path / "cache")
    (cache / "llama.cpp").unlink(missing_ok=True)
    with served(cache, PYTHONPATH=str(installed.parent)) as url:
        state = asked(f"{url}/readyz", lambda body: not body["ready"] and "SIG" in body["reasons"][0])
        assert (
            "llama-cpp, portable library with smollm2-135m was ended by SIGABRT in its self-test "
            "(GGML_ASSERT(rows > 0) failed). Remedy: `make clean setup` builds it again"
        ) in state["reasons"][0]
        assert httpx.get(f"{url}/healthz").json()["status"] == "ok"
        refused = httpx.post(f"{url}/v1/chat", json={"messages": [{"role": "user", "content": "Mhoro"}]})
        assert refused.status_code == 503
        assert "SIGABRT" in refused.json()["error"]["message"]
