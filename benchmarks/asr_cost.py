"""What a transcript costs: processor time of its parts, and the memory that the recogniser holds.

    python -m benchmarks.asr_cost [--sentences 8] [--json OUT]

The embedded voice says English and Shona sentences. Each is recognised as a partial transcript (of the sound without
its last 400 ms), as a final one with that as its draft, as a final one without a draft, and as a final one with the
core hotwords in its prompt. Times are of the processor, in one thread, and so hardly depend on what else runs: the
smallest of three. Memory is resident, before and after the recogniser is opened, freed memory given back.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Final, TypeVar

from benchmarks.spoken import SentenceVoice, read_sentences
from inzwa.audio.pcm import INPUT_RATE, Sound
from inzwa.engines.asr.audio_checks import max_tokens
from inzwa.engines.asr.network import Search, padded_mel
from inzwa.engines.asr.networks import open_network
from inzwa.engines.asr.onnx_network import OnnxNetwork
from inzwa.engines.asr.tokenizer import WhisperTokenizer
from inzwa.models.store import Store, default_cache
from inzwa.process import prepare_process, return_free_memory
from inzwa.shona.dialogue.hotwords import core_hotwords

UNHEARD_MS: Final = 400
"""What was said after the partial was made."""
ROUNDS: Final = 3
STATUS: Final = Path("/proc/self/status")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one transcript; milliseconds of processor time."""

    kind: str
    audio_s: float
    tokens: int
    mel_ms: float
    encoder_ms: float
    """Mel and cross-attention left out."""
    cross_ms: float
    """Keys and values of the cross-attention."""
    decoder_ms: float
    """All passes."""

    @property
    def total_ms(self) -> float:
        return self.mel_ms + self.encoder_ms + self.cross_ms + self.decoder_ms


def timed(call: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and the milliseconds of this thread's processor time."""
    took, given = [], []
    for _ in range(ROUNDS):
        began = time.thread_time()
        given.append(call())
        took.append((time.thread_time() - began) * 1000)
    return given[-1], min(took)


def cost(
    kind: str, network: OnnxNetwork, sound: Sound, prompt: Sequence[int], draft: Sequence[int] = ()
) -> tuple[Cost, tuple[int, ...]]:
    """Of a transcript, and its tokens."""
    _, mel_ms = timed(lambda: padded_mel(network.mel, sound))
    encoded, encoded_ms = timed(lambda: network.encode(sound))
    _, cross_ms = timed(lambda: network.decoder.cross(encoded.states))
    found, decoded_ms = timed(lambda: network.decode(encoded, prompt, Search(), max_tokens(sound), draft))
    audio_s = sound.size / INPUT_RATE
    parts = mel_ms, encoded_ms - mel_ms - cross_ms, cross_ms, decoded_ms
    return Cost(kind, audio_s, len(found.ids), *parts), found.ids


def costs(network: OnnxNetwork, tokenizer: WhisperTokenizer, voice: SentenceVoice, most: int) -> list[Cost]:
    """Of the first sentences of each language."""
    found = []
    for language in ("en", "sn"):
        plain, hot = tokenizer.prompt(language), tokenizer.prompt(language, core_hotwords())
        for sentence in [one for one in read_sentences() if one.language == language][:most]:
            sound = voice.say(sentence)
            partial, draft = cost("partial", network, sound[: -UNHEARD_MS * INPUT_RATE // 1000], plain)
            drafted, _ = cost("final, drafted", network, sound, plain, draft)
            alone, _ = cost("final", network, sound, plain)
            favoured, _ = cost("final, hotwords", network, sound, hot)
            found += [partial, drafted, alone, favoured]
    return found


def resident_mb() -> float:
    lines = dict(line.split(":", 1) for line in STATUS.read_text(encoding="utf-8").splitlines())
    return int(lines["VmRSS"].split()[0]) / 1000


def printed(found: Sequence[Cost]) -> str:
    names = ("audio_s", "tokens", "mel_ms", "encoder_ms", "cross_ms", "decoder_ms", "total_ms")
    lines = ["mean of".rjust(16) + "".join(name.rjust(12) for name in names)]
    for kind in dict.fromkeys(one.kind for one in found):
        these = [one for one in found if one.kind == kind]
        values = (mean(getattr(one, name) for one in these) for name in names)
        lines.append(kind.rjust(16) + "".join(f"{value:12.1f}" for value in values))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=8, help="the first so many of each language (8)")
    parser.add_argument("--json", type=Path, help="file for every transcript's parts")
    asked = parser.parse_args()
    prepare_process()
    store = Store(default_cache())
    model = store.fetch("whisper-base")
    before = resident_mb()
    began = time.process_time()
    network, tokenizer = open_network(model, threads=1)
    opened_s = time.process_time() - began
    return_free_memory()
    after = resident_mb()
    if not isinstance(network, OnnxNetwork):
        raise SystemExit("whisper-base does not run on ONNX Runtime here")
    print(f"opened in {opened_s:.1f} s of processor time; resident {before:.0f} MB before, {after:.0f} MB after")
    found = costs(network, tokenizer, SentenceVoice(store.fetch("joe-medium")), asked.sentences)
    print(printed(found))
    if asked.json:
        said = {"opened_s": opened_s, "before_mb": before, "after_mb": after, "costs": [asdict(one) for one in found]}
        asked.json.write_text(json.dumps(said, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
