"""The voice whole against the voice in chunks: time to the first sound, to the last, and the work of both.

    python -m benchmarks.voice_chunks [--runs 20] [--threads 2] [--text TEXT] [--json FILE]

Four ways take turns on the same phrase, so that a busy machine slows all of them alike: `uncut` runs the exported
graph as Piper does; `plain chunks` runs its three parts as they were exported, the decoder over each chunk with all
neighbours that it looks at; `whole` runs the decoder once; `chunks` is what Inzwa does. Work is the processor time of
all threads, which other programs disturb less than the clock. The first turn of each is left out.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from inzwa.audio.pcm import Sound
from inzwa.engines.onnx_session import open_session
from inzwa.engines.tts.chunked_voice import ChunkedVoice, chunk_bounds, inputs_for
from inzwa.engines.tts.onnx_run import run as run_graph
from inzwa.engines.tts.text.frontend import Ids, SynthesisConfig
from inzwa.engines.tts.text.piper import PiperConfig, read_piper_config
from inzwa.engines.tts.text.symbols import accent_for
from inzwa.engines.tts.vits_graph import split_vits
from inzwa.formats.onnx_graph import read_graph
from inzwa.models.local_model import LocalModel
from inzwa.models.store import Store, default_cache
from inzwa.shona.phonology.ipa import ipa

PHRASE = "Mangwanani shamwari yangu, ndinofara kukuonai nhasi."
SEED = 7


@dataclass(frozen=True, slots=True)
class Saying:
    """One phrase said one way."""

    first_ms: float
    last_ms: float
    work_ms: float
    chunks: int
    sound_ms: float


def measure(say: Callable[[], Iterator[Sound]], sample_rate: int) -> Saying:
    """Says it once, with the clock running."""
    began, worked = time.perf_counter(), time.process_time()
    arrivals, samples = [], 0
    for sound in say():
        arrivals.append(time.perf_counter() - began)
        samples += sound.size
    work = time.process_time() - worked
    return Saying(arrivals[0] * 1000, arrivals[-1] * 1000, work * 1000, len(arrivals), samples / sample_rate * 1000)


class PlainVoice:
    """The three parts as they were exported."""

    def __init__(self, model: LocalModel, threads: int) -> None:
        parts = split_vits(read_graph(model.path(".onnx").read_bytes()))
        self._seams = parts.seams
        self._text, self._flow, self._decoder = (
            open_session(part, threads=threads) for part in (parts.text, parts.flow, parts.decoder)
        )

    def say(self, ids: Ids, config: SynthesisConfig) -> Iterator[Sound]:
        """The phrase in the chunks that Inzwa makes."""
        seams, noise = self._seams, np.random.default_rng(SEED)
        feed = inputs_for(ids, config)
        if seams.duration_noise:
            feed[seams.duration_noise] = noise.standard_normal((1, 2, ids.shape[1]), dtype=np.float32)
        made = run_graph(self._text, feed)
        made[seams.flow_noise] = noise.standard_normal(made[seams.mean].shape, dtype=np.float32)
        latent = run_graph(self._flow, made) | {name: made[name] for name in seams.speaker}
        frames = latent[seams.z]
        for begin, end in pairwise(chunk_bounds(frames.shape[2])):
            first, last = max(0, begin - seams.reach), min(frames.shape[2], end + seams.reach)
            (sound,) = run_graph(self._decoder, latent | {seams.z: frames[:, :, first:last]}).values()
            yield sound.reshape(-1)[(begin - first) * seams.hop : (end - first) * seams.hop]


def ways(model: LocalModel, config: PiperConfig, threads: int, text: str) -> dict[str, Callable[[], Iterator[Sound]]]:
    """Name to what says the phrase that way."""
    voice = ChunkedVoice(model.path(".onnx"), threads=threads)
    ids = config.encode(accent_for(config.language).symbols(ipa(text)))
    synthesis = SynthesisConfig(config.noise_scale, config.length_scale, config.noise_w)
    uncut, plain = _uncut(model, threads), PlainVoice(model, threads)

    def whole() -> Iterator[Sound]:
        yield voice.say_whole(ids, synthesis, np.random.default_rng(SEED))

    def chunks() -> Iterator[Sound]:
        return voice.say(ids, synthesis, np.random.default_rng(SEED))

    return {
        "uncut": partial(_say_uncut, uncut, ids, synthesis),
        "plain chunks": partial(plain.say, ids, synthesis),
        "whole": whole,
        "chunks": chunks,
    }


def _uncut(model: LocalModel, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model.path(".onnx"), options, ["CPUExecutionProvider"])


def _say_uncut(
    session: onnxruntime.InferenceSession, ids: npt.NDArray[np.int64], synthesis: SynthesisConfig
) -> Iterator[Sound]:
    scales = np.array([synthesis.noise_scale, synthesis.length_scale, synthesis.noise_w], dtype=np.float32)
    (sound,) = session.run(None, {"input": ids, "input_lengths": np.array([ids.shape[1]]), "scales": scales})
    yield sound.reshape(-1)


def run(runs: int, threads: int, text: str) -> dict[str, Saying]:
    """Each way's median over the runs."""
    model = Store(default_cache()).fetch("joe-medium")
    config = read_piper_config(model.path(".onnx.json"))
    all_ways = ways(model, config, threads, text)
    said: dict[str, list[Saying]] = {name: [] for name in all_ways}
    for _ in range(runs + 1):
        for name, say in all_ways.items():
            said[name].append(measure(say, config.sample_rate))
    return {name: _median(sayings[1:]) for name, sayings in said.items()}


def _median(sayings: list[Saying]) -> Saying:
    rows = [asdict(saying) for saying in sayings]
    return Saying(**{name: statistics.median(row[name] for row in rows) for name in rows[0]})


def table(medians: dict[str, Saying]) -> str:
    """The medians, and what they are of `uncut`."""
    whole = medians["uncut"]
    lines = ["| way | chunks | first sound | last sound | work | sound |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {name} | {said.chunks:.0f} | {said.first_ms:.0f} ms ({said.first_ms / whole.first_ms:.2f}x) "
        f"| {said.last_ms:.0f} ms ({said.last_ms / whole.last_ms:.2f}x) "
        f"| {said.work_ms:.0f} ms ({said.work_ms / whole.work_ms:.2f}x) | {said.sound_ms:.0f} ms |"
        for name, said in medians.items()
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20, help="turns that count (20)")
    parser.add_argument("--threads", type=int, default=2, help="threads of each part (2)")
    parser.add_argument("--text", default=PHRASE, help="the phrase")
    parser.add_argument("--json", type=Path, help="file for the medians")
    asked = parser.parse_args()
    medians = run(asked.runs, asked.threads, asked.text)
    print(table(medians))
    if asked.json:
        asked.json.write_text(json.dumps({name: asdict(said) for name, said in medians.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
