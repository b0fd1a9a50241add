"""How steady the voice is from phrase to phrase: its level, its peaks, and the joins between phrases.

    python -m benchmarks.voice_level [--sentences 20] [--seed 1] [--json FILE]

Sentences of spoken.tsv are cut into phrases as a reply is, and said twice: as the graph makes them, and as Inzwa sends
them. Level is the root mean square of speech; a join's step is the difference of the samples on its two sides, beside
the median step within speech; silence is what lies between the last loud sample of a phrase and the first of the next.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.spoken import read_sentences
from inzwa.audio.pcm import Sound
from inzwa.engines.tts.chunked_voice import ChunkedVoice
from inzwa.engines.tts.edges import QUIET, SENTENCE_MS, pause_ms, shape_edges
from inzwa.engines.tts.loudness import frame_levels, limited, speech_level
from inzwa.engines.tts.text.detect import open_frontend
from inzwa.engines.tts.vits import open_vits
from inzwa.models.local_model import LocalModel
from inzwa.models.store import Store, default_cache
from inzwa.protocols import VoiceOptions
from inzwa.shona.dialogue.phrases import cut_phrases
from inzwa.shona.normalise.normaliser import spoken

FRAME = 256
CLIPPED = 0.999


@dataclass(frozen=True, slots=True)
class Steadiness:
    """What a row of phrases is like."""

    phrases: int
    level_dbfs: float
    level_sd_db: float
    level_range_db: float
    peak: float
    clipped_share: float
    join_step: float
    """The largest."""
    speech_step: float
    """The median within speech."""
    silence_ms: tuple[float, float]
    """Median behind phrases that end a sentence, and behind the others. In the table in this order."""


def steadiness(texts: Sequence[str], sounds: Sequence[Sound], rate: int) -> Steadiness:
    levels = [speech_level(frame_levels(sound, FRAME)) for sound in sounds]
    steps = np.concatenate([np.abs(np.diff(sound[np.abs(sound) > QUIET])) for sound in sounds])
    behind = [(pause_ms(text), ms) for text, ms in zip(texts, _silences(sounds, rate), strict=False)]
    return Steadiness(
        phrases=len(sounds),
        level_dbfs=statistics.mean(levels),
        level_sd_db=statistics.stdev(levels),
        level_range_db=max(levels) - min(levels),
        peak=max(float(np.abs(sound).max()) for sound in sounds),
        clipped_share=float(np.mean(np.concatenate([np.abs(sound) >= CLIPPED for sound in sounds]))),
        join_step=max(abs(float(after[0] - before[-1])) for before, after in pairwise(sounds)),
        speech_step=float(np.median(steps)),
        silence_ms=(
            statistics.median(ms for pause, ms in behind if pause == SENTENCE_MS),
            statistics.median(ms for pause, ms in behind if pause != SENTENCE_MS),
        ),
    )


def _silences(sounds: Sequence[Sound], rate: int) -> list[float]:
    """Milliseconds between each phrase and the next."""
    edges = [np.flatnonzero(np.abs(sound) > QUIET)[[0, -1]] for sound in sounds]
    sizes = [sound.size for sound in sounds]
    return [
        (size - 1 - last + first) / rate * 1000
        for size, (_, last), (first, _) in zip(sizes[:-1], edges[:-1], edges[1:], strict=True)
    ]


def plain(model: LocalModel, texts: Sequence[str], seed: int) -> list[Sound]:
    """Each text's sound as the graph makes it."""
    frontend, voice = open_frontend(model), ChunkedVoice(model.path(".onnx"), threads=2)
    config = frontend.config.synthesis
    return [voice.say_whole(frontend.ids(text), config, np.random.default_rng(seed)) for text in texts]


async def sent(model: LocalModel, texts: Sequence[str], seed: int) -> list[Sound]:
    """Each text's sound as clients get it."""
    sounds = []
    async with open_vits(model, seed=seed) as voice:
        for text in texts:
            async with aclosing(voice.speak(text, VoiceOptions())) as chunks:
                sounds.append(np.concatenate([chunk.sound async for chunk in chunks]))
    return sounds


def cost_ms(sounds: Sequence[Sound], rate: int) -> float:
    """Processor time of the limiter and the edges, a phrase; the gain itself is one product of a matrix."""
    began = time.process_time()
    for sound in sounds:
        for _ in shape_edges(map(limited, np.array_split(sound, 3)), rate, SENTENCE_MS):
            pass
    return (time.process_time() - began) / len(sounds) * 1000


def table(rows: dict[str, Steadiness]) -> str:
    lines = [
        "| way | phrases | level, dBFS | SD | range | peak | clipped | step at a join | in speech | silence behind |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {row.phrases} | {row.level_dbfs:.1f} | {row.level_sd_db:.2f} dB | {row.level_range_db:.1f} dB "
        f"| {row.peak:.2f} | {row.clipped_share:.2%} | {row.join_step:.5f} | {row.speech_step:.5f} "
        f"| {row.silence_ms[0]:.0f} ms, {row.silence_ms[1]:.0f} ms |"
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=20, help="how many are said (20)")
    parser.add_argument("--seed", type=int, default=1, help="of the voice's noise (1)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    asked = parser.parse_args()
    model = Store(default_cache()).fetch("joe-medium")
    sentences = [each.text for each in read_sentences() if each.language == "sn"][: asked.sentences]
    texts = [spoken(phrase).text for text in sentences for phrase in cut_phrases(text)]
    rate = open_frontend(model).config.sample_rate
    sounds = {"graph": plain(model, texts, asked.seed), "sent": asyncio.run(sent(model, texts, asked.seed))}
    rows = {name: steadiness(texts, row, rate) for name, row in sounds.items()}
    print(table(rows))
    print(f"\nlimiter and edges: {cost_ms(sounds['graph'], rate):.2f} ms a phrase")
    if asked.json:
        asked.json.write_text(json.dumps({name: asdict(row) for name, row in rows.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
