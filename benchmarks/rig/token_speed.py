"""Tokens a second of the language model of one tree, as its servers run it. Knows nothing of this package.

    cd TREE && PYTHONPATH=. .venv/bin/python -P .../benchmarks/rig/token_speed.py [--rounds 5]

Goes through the tree's own engine, with its weights, library and choice of threads, alone on the machine: prompts of
CONTEXT_TOKENS are read ahead, then replies to them are made. Prints one line of JSON with the figures of each round,
the first left out. benchmarks.compare runs it for two trees in turns.
"""

import argparse
import asyncio
import json
import time
from contextlib import aclosing, suppress
from importlib import import_module
from typing import Any, Final

CONTEXT_TOKENS: Final = 550
SINGLE_TOKENS: Final = 64
SENTENCE: Final = "The river rose in the night and the people on the bank carried their goats up to the school. "
TASK: Final = "Tell the whole story again, slowly, with every name and every place."


def open_language_model() -> Any:
    """The context manager that opens the tree's language model, by its settings."""
    with suppress(ImportError):  # the first revisions did this when inzwa was imported
        import_module("inzwa.process").prepare_process()
    settings = import_module("inzwa.settings").load_settings()
    try:
        registry = import_module("inzwa.engines.registry")
    except ImportError:  # where it was before
        registry = import_module("inzwa.engines")
    return registry.open_stage(settings, "llm", lambda _report: None)


async def measure(rounds: int) -> dict[str, Any]:
    """The figures of every round but the first."""
    protocols = import_module("inzwa.protocols")
    found: list[tuple[float, float, int]] = []
    async with open_language_model() as model:
        for number in range(rounds + 1):
            messages = (protocols.Message("user", prompt(model, protocols, number)),)
            options = protocols.ChatOptions(max_new_tokens=SINGLE_TOKENS, temperature=0, session=f"round {number}")
            found.append(await one_round(model, protocols, messages, options))
            await model.forget(options.session)
        info = model.info
    return {
        "prompt_tokens_per_s": [rate for rate, _, _ in found[1:]],
        "single_tokens_per_s": [rate for _, rate, _ in found[1:]],
        "pieces": [pieces for _, _, pieces in found[1:]],
        "model": f"{info.model}, {info.engine} {info.version}",
    }


def prompt(model: Any, protocols: Any, number: int) -> str:
    """A text of CONTEXT_TOKENS with the template, that no earlier one begins like."""
    text = f"{number} travellers told this. "
    while model.count_tokens((protocols.Message("user", text + SENTENCE + TASK),)) < CONTEXT_TOKENS:
        text += SENTENCE
    return text + TASK


async def one_round(model: Any, protocols: Any, messages: Any, options: Any) -> tuple[float, float, int]:
    """Tokens of the prompt a second, tokens of the reply a second, and how many pieces the reply had."""
    new_tokens = model.count_tokens(messages) - model.count_tokens((protocols.Message("user", ""),))
    began = time.perf_counter()
    await model.prepare(messages, options)
    prompt_rate = new_tokens / (time.perf_counter() - began)
    async with aclosing(model.reply(messages, options)) as pieces:
        moments = [time.perf_counter() async for _ in pieces]
    return prompt_rate, (len(moments) - 1) / (moments[-1] - moments[0]), len(moments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds (5)")
    print(json.dumps(asyncio.run(measure(parser.parse_args().rounds))))


if __name__ == "__main__":
    main()
