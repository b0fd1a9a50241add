"""Compares the speed of llama.cpp builds: the installed library, and any others by their folders.

Each measurement is a process of its own with one library, in turns, so that a machine whose speed drifts drifts for
all of them; what counts is the ratio to the first. Prompts are prefilled in batches of 512 tokens by two threads,
single tokens are decoded by one and by two after 550 tokens of context.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

from benchmarks.rig.figures import machine, table
from inzwa.engines.selection import EMBEDDED, open_store
from inzwa.settings import load_settings

PROMPT_TOKENS: Final = 512
CONTEXT_TOKENS: Final = 550
SINGLE_TOKENS: Final = 64
TITLES: Final = ("prompt, 2 threads", "single, 1 thread", "single, 2 threads")


def rates(model_path: str) -> list[float]:
    """Tokens a second of the library that this process loads, in the order of TITLES."""
    from llama_cpp import llama_cpp as llama

    no_log = llama.llama_log_callback(lambda _level, _text, _data: None)
    llama.llama_log_set(no_log, None)
    llama.llama_backend_init()
    params = llama.llama_model_default_params()
    params.n_gpu_layers = 0
    model = llama.llama_model_load_from_file(model_path.encode(), params)
    if not model:
        raise SystemExit("the library cannot load the model")
    return [_prefill_rate(llama, model), *(_decode_rate(llama, model, threads) for threads in (1, 2))]


def _context(llama: Any, model: Any, threads: int) -> Any:
    params = llama.llama_context_default_params()
    params.n_ctx, params.n_batch, params.n_ubatch = 2048, PROMPT_TOKENS, PROMPT_TOKENS
    params.n_threads, params.n_threads_batch = threads, 2
    params.flash_attn_type, params.no_perf = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED, True
    return llama.llama_init_from_model(model, params)


def _decode(llama: Any, context: Any, tokens: Sequence[int]) -> None:
    array = (llama.llama_token * len(tokens))(*tokens)
    if code := llama.llama_decode(context, llama.llama_batch_get_one(array, len(tokens))):
        raise SystemExit(f"llama_decode returned {code}")


def _prefill_rate(llama: Any, model: Any) -> float:
    context, measured = _context(llama, model, 2), []
    for _ in range(4):
        llama.llama_memory_clear(llama.llama_get_memory(context), True)
        began = time.perf_counter()
        _decode(llama, context, [100 + at % 900 for at in range(PROMPT_TOKENS)])
        measured.append(PROMPT_TOKENS / (time.perf_counter() - began))
    llama.llama_free(context)
    return statistics.median(measured[1:])


def _decode_rate(llama: Any, model: Any, threads: int) -> float:
    context = _context(llama, model, threads)
    for begin in range(0, CONTEXT_TOKENS, PROMPT_TOKENS):
        _decode(llama, context, [100 + at % 900 for at in range(begin, min(begin + PROMPT_TOKENS, CONTEXT_TOKENS))])
    _decode(llama, context, [100])
    began = time.perf_counter()
    for at in range(SINGLE_TOKENS):
        _decode(llama, context, [101 + at])
    rate = SINGLE_TOKENS / (time.perf_counter() - began)
    llama.llama_free(context)
    return rate


def _in_child(library: str, model_path: str) -> list[float]:
    environ = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": "2"}
    if library:
        environ["LLAMA_CPP_LIB_PATH"] = library
    command = [sys.executable, "-m", "benchmarks.llama_builds", "--child", model_path]
    child = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if child.returncode:
        raise SystemExit(f"{library or 'the installed library'} ended with status {child.returncode}")
    return [float(word) for word in child.stdout.split()]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", nargs="*", help="folder with another libllama.so")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", metavar="MODEL", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.child:
        print(*rates(arguments.child))
        return
    model = open_store(load_settings({})).fetch(EMBEDDED["llm"])
    libraries = ["", *arguments.library]
    found: dict[str, list[list[float]]] = {library: [] for library in libraries}
    for _ in range(arguments.rounds):
        for library in libraries:
            found[library].append(_in_child(library, str(model.path(".gguf"))))
    print(f"{machine()['processor']}; {model.name}; tokens a second, median of {arguments.rounds} rounds in turns")
    first = [statistics.median(column) for column in zip(*found[""], strict=True)]
    rows = []
    for library in libraries:
        figures = [statistics.median(column) for column in zip(*found[library], strict=True)]
        ratios = [f"{figure:.0f} ({figure / base:.2f})" for figure, base in zip(figures, first, strict=True)]
        rows.append((library or "installed", *ratios))
    print(table(("library", *TITLES), rows))


if __name__ == "__main__":
    main()
