"""Whisper's decoder in ONNX Runtime: reads a guess at the transcript in one pass and keeps what it would have said.

Greedy, and so is what it keeps: a token of the guess stays while it is the likeliest in its place. With a good guess
most of a transcript costs one pass; with a bad one, or none, the rest is read token by token. Blocking, threadsafe;
knows no text.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, RuntimeException

from inzwa.engines.asr.decoder_graph import FIRST, FREE, LATER, Graphs, Rules, Sizes, Weights
from inzwa.engines.asr.int8 import Floats
from inzwa.engines.asr.network import END_STATES, WINDOW_STATES, Decoded, States
from inzwa.engines.asr.prompt import Marks
from inzwa.errors import EngineError, NotConvertible
from inzwa.formats.ct2_file import Ct2File

AT_ONCE: Final = 16
"""Tokens of a guess that are read in one pass: each takes several times 200 kB for the scores of the vocabulary."""

Memory = Mapping[str, Floats]
"""Keys and values by their names in the graph, each (1, heads, places, head)."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one pass gives at the places that were asked for."""

    ids: list[int]
    chances: list[float]
    silence: list[float]
    """Log-probabilities of no speech."""
    memory: Memory


class SpeculativeDecoder:
    """The decoder's weights, and what it remembers of a window's silent end."""

    def __init__(self, model: Weights, graphs: Graphs, rules: Rules, tail: States, *, threads: int) -> None:
        """`tail` is the window's last END_STATES; of `model` only the tokens' own rows are read from now on."""
        self._sizes, self._rules = Sizes.of(model), rules
        self._hears, self._reads = _session(graphs.hearing, threads), _session(graphs.reading, threads)
        self._words = model.weights("decoder/embeddings/weight")
        self._positions = model.weights("decoder/position_encodings/encodings").astype(np.float32)
        self._empty = {name: self._nothing() for name in self._sizes.memories}
        self._tail = self._heard(tail, self._empty)

    @classmethod
    def of(cls, folder: Path, marks: Marks, tail: States, *, threads: int) -> Self:
        """From a folder of CTranslate2's. NotConvertible where its weights are INT8, or its rules cannot be read."""
        file, rules = folder / "model.bin", read_rules(folder / "config.json", marks)
        graphs = Graphs.of(Ct2File(file), rules)  # opened apart: what was mapped for this goes with it
        return cls(Ct2File(file), graphs, rules, tail, threads=threads)

    def read(self, states: States, prompt: Sequence[int], most_tokens: int, guess: Sequence[int] = ()) -> Decoded:
        """The likeliest tokens behind the prompt, at most so many. A guess saves time; between tokens that are about as
        likely, the rounding of longer passes may decide otherwise than without it."""
        heard = {f"heard {name}": value for name, value in self._attended(states).items()}
        text = takewhile(lambda token: 0 <= token < self._rules.end, guess[: most_tokens - 1])
        ahead, fresh, memory = list(text), list(prompt), self._empty
        ids: list[int] = []
        chances: list[float] = []
        silence, kept = 0.0, 0
        while not ids or (ids[-1] != self._rules.end and len(ids) < most_tokens):
            trial, ahead = ahead[:AT_ONCE], ahead[AT_ONCE:]
            seen = self._pass(fresh, trial, memory, heard, begins=not ids)
            silence = silence if ids else seen.silence[0]
            ids += seen.ids
            chances += seen.chances
            memory = seen.memory
            fresh = ids[-1:]
            followed = len(seen.ids) > len(trial) and ahead[:1] == fresh
            ahead = ahead[1:] if followed else []
            kept += len(seen.ids) - 1 + followed
        said = ids[:-1] if ids[-1] == self._rules.end else ids
        return Decoded(tuple(said), sum(chances) / len(chances), float(np.exp(silence)), kept)

    def _pass(
        self, fresh: Sequence[int], trial: Sequence[int], memory: Memory, heard: Memory, *, begins: bool
    ) -> _Seen:
        """What follows `fresh`, and what follows each token of `trial` up to the first that is not what follows."""
        tokens = [*fresh, *trial]
        places = list(range(len(fresh) - 1, len(tokens)))
        kinds = [LATER] * len(places)
        if begins:
            kinds[0] = FIRST
            places, kinds = [fresh.index(self._rules.start), *places], [FREE, *kinds]
        seen = self._step(tokens, places, kinds, memory, heard)
        ids = seen.ids[begins:]
        kept = _agreed(ids, trial)
        read = memory["k0"].shape[2] + len(fresh) + kept
        kept_memory = {name: value[:, :, :read] for name, value in seen.memory.items()}
        return _Seen(ids[: kept + 1], seen.chances[begins:][: kept + 1], seen.silence, kept_memory)

    def _step(
        self, tokens: Sequence[int], places: Sequence[int], kinds: Sequence[int], memory: Memory, heard: Memory
    ) -> _Seen:
        tokens, places, kinds = _doubled(tokens), _doubled(places), _doubled(kinds)
        at = memory["k0"].shape[2]
        read = self._words[np.array(tokens)].astype(np.float32) + self._positions[at : at + len(tokens)]
        feed = {f"past {name}": value for name, value in memory.items()}
        feed |= {"tokens": read[None], "places": np.array(places), "kinds": np.array(kinds), **heard}
        names = [f"now {name}" for name in self._sizes.memories]
        ids, chances, silence, *now = _run(self._reads, ["ids", "chances", "silence", *names], feed)
        return _Seen(
            ids[0].tolist(), chances[0].tolist(), silence[0].tolist(), dict(zip(self._sizes.memories, now, strict=True))
        )

    def _attended(self, states: States) -> Memory:
        """Of the sound and of the silence behind it, as far as the window reaches."""
        begin = max(len(states) - (WINDOW_STATES - END_STATES), 0)
        return self._heard(states, {name: value[:, :, begin:] for name, value in self._tail.items()})

    def _heard(self, states: States, tail: Memory) -> Memory:
        feed = {"states": states[None]} | {f"tail {name}": value for name, value in tail.items()}
        made = _run(self._hears, [f"heard {name}" for name in self._sizes.memories], feed)
        return dict(zip(self._sizes.memories, made, strict=True))

    def _nothing(self) -> Floats:
        return np.zeros((1, self._sizes.heads, 0, self._sizes.head), dtype=np.float32)


def read_rules(config: Path, marks: Marks) -> Rules:
    """What config.json, beside CTranslate2's model.bin, forbids. NotConvertible where it says nothing of it."""
    try:
        said = json.loads(config.read_text(encoding="utf-8"))
        never, first = ([int(token) for token in said[key]] for key in ("suppress_ids", "suppress_ids_begin"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotConvertible(f"{config.name}: expected lists of tokens that are suppressed") from error
    return Rules(marks.start, marks.end, marks.no_speech, tuple(never), tuple(first))


def _agreed(ids: Sequence[int], trial: Sequence[int]) -> int:
    """How many tokens of the trial are what should come in their place."""
    for number, (one, other) in enumerate(zip(ids, trial, strict=False)):
        if one != other:
            return number
    return len(trial)


def _doubled(values: Sequence[int]) -> Sequence[int]:
    """Never one alone: decoder_graph.py has why."""
    return [*values, *values] if len(values) == 1 else values


def _session(graph: bytes, threads: int) -> onnxruntime.InferenceSession:
    """By way of a file: a session that is given bytes keeps them for life."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.enable_mem_pattern = False  # it keeps a plan for every length that it has seen
    options.enable_cpu_mem_arena = False  # it keeps the most that was ever needed, and saves no time here
    options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")  # freed once repacked
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    with TemporaryDirectory(prefix="inzwa-decoder-") as folder:
        path = Path(folder, "decoder.onnx")
        path.write_bytes(graph)
        return onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])


def _run(session: onnxruntime.InferenceSession, names: list[str], feed: Mapping[str, npt.NDArray[Any]]) -> list[Any]:
    try:
        return session.run(names, dict(feed))
    except (Fail, InvalidArgument, RuntimeException) as error:
        raise EngineError("asr", "The recogniser failed on this sound.") from error
