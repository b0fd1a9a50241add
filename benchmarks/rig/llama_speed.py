"""The speed of llama.cpp on one model file, in the process that measures it, and the memory that it takes.

With one thread by processor time, which other programs hardly disturb. With more by the clock: they wait for each
other, so nothing else may run. Each figure is the best of a few attempts.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from llama_cpp import llama_cpp as llama

from inzwa.engines.llm.llama.bindings import open_model

PROMPT_TOKENS: Final = 512
CONTEXT_TOKENS: Final = 550
SINGLE_TOKENS: Final = 16
ATTEMPTS: Final = 3


def speed(path: Path, threads: Sequence[int]) -> dict[str, float]:
    """Tokens a second for each number of threads, and megabytes resident at the end."""
    with open_model(path) as model:
        found = {title: rate for count in threads for title, rate in _rates(model, count).items()}
        return {**found, "MB resident": _resident_mb()}


def _rates(model: Any, threads: int) -> dict[str, float]:
    context = _context(model, threads)
    clock = time.process_time if threads == 1 else time.perf_counter
    prompt = [100 + at % 900 for at in range(PROMPT_TOKENS)]
    prompts = [_rate(lambda: _prefill(context, prompt), PROMPT_TOKENS, clock) for _ in range(ATTEMPTS)]
    _decode(context, prompt[: CONTEXT_TOKENS - PROMPT_TOKENS])
    singles = [_rate(lambda: _generate(context), SINGLE_TOKENS, clock) for _ in range(ATTEMPTS)]
    llama.llama_free(context)
    return {f"prompt, {threads} thr": max(prompts), f"single, {threads} thr": max(singles)}


def _rate(work: Callable[[], None], tokens: int, clock: Callable[[], float]) -> float:
    began = clock()
    work()
    return tokens / (clock() - began)


def _prefill(context: Any, prompt: Sequence[int]) -> None:
    llama.llama_memory_clear(llama.llama_get_memory(context), True)
    _decode(context, prompt)


def _generate(context: Any) -> None:
    for at in range(SINGLE_TOKENS):
        _decode(context, [101 + at])


def _context(model: Any, threads: int) -> Any:
    params = llama.llama_context_default_params()
    params.n_ctx, params.n_batch, params.n_ubatch, params.n_outputs_max = 2048, PROMPT_TOKENS, PROMPT_TOKENS, 1
    params.n_threads = params.n_threads_batch = threads
    params.flash_attn_type, params.no_perf = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED, True
    return llama.llama_init_from_model(model, params)


def _decode(context: Any, tokens: Sequence[int]) -> None:
    array = (llama.llama_token * len(tokens))(*tokens)
    if code := llama.llama_decode(context, llama.llama_batch_get_one(array, len(tokens))):
        raise SystemExit(f"llama_decode returned {code}")


def _resident_mb() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / 1e6
