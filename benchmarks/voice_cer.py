"""How much of what the voice says in Shona a recogniser understands, in two figures.

    python -m benchmarks.voice_cer [FILE] [--limit 40] [--language sw] [--seed 1] [--tsv OUT]

FILE holds a sentence a line; without one a dozen everyday sentences are said. Each is said by joe-medium with its own
noise and heard by whisper-base (INT8, beam 5, no fallback temperatures, no loops). Whisper hardly knows Shona, and
Swahili is the nearest language that it knows, so the figures rank ways of saying; how people would judge, they cannot
tell.

* CER: the sum of all edits over the sum of all characters. Before counting, both texts are lower-cased, ng' is
  written n', and everything but letters and the apostrophe of n' becomes one space.
* Surprise: nats a character that Whisper gives the sentence itself when it hears the sound, lower is better. It needs
  no decoding, so no search and no loop disturbs it, and it tells two ways of saying apart with far fewer sentences.
"""

import argparse
import asyncio
import re
import sys
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ctranslate2 import StorageView
from faster_whisper import WhisperModel

from inzwa.audio.pcm import INPUT_RATE, Sound, resample, silence
from inzwa.engines.tts.vits import Vits, open_vits
from inzwa.models.store import Store, default_cache
from inzwa.protocols import VoiceOptions
from inzwa.shona.phonology.orthography import normalise_spelling

LOOP_TOKENS = 5
"""Whisper falls into loops on what it does not understand; a run of tokens as long as this is not written twice."""

EVERYDAY = (
    "Mangwanani shamwari yangu, makadii nhasi?",
    "Ndinofara kukuonai zvakare.",
    "Mvura inonaya zvakanyanya muzhizha.",
    "Vana vari kuenda kuchikoro.",
    "Ndinoda kutenga chingwa nemukaka.",
    "Imbwa yangu inonzi Gamba.",
    "Amai vari kubika sadza mumba.",
    "Ndapota, nditaurirei kuti bhazi rinosvika nguvai.",
    "Basa iri rakaoma, asi tichapedza mangwana.",
    "N'anga inogara pedyo negomo.",
    "Dzidzo yakakosha kumunhu wese.",
    "Ndatenda nerubatsiro rwenyu.",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence said and heard, both as they are compared."""

    said: str
    heard: str
    edits: int
    surprise: float
    """Nats a character."""


def compared(text: str) -> str:
    """A text as it enters the count."""
    return " ".join(re.sub(r"[^a-z']+", " ", normalise_spelling(text.lower())).split())


def edit_distance(one: str, other: str) -> int:
    """Levenshtein's: insertions, deletions and substitutions, each one edit."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        above, row[0] = row[0], number
        for at, against in enumerate(other, 1):
            above, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, above + (letter != against))
    return row[-1]


async def say(voice: Vits, text: str, speed: float) -> Sound:
    """The sentence at the recogniser's rate."""
    async with aclosing(voice.speak(text, VoiceOptions(speed=speed))) as chunks:
        sounds = [chunk.sound async for chunk in chunks]
    return resample(np.concatenate(sounds), voice.sample_rate, INPUT_RATE)


def hear(ears: WhisperModel, sound: Sound, language: str) -> str:
    segments, _ = ears.transcribe(
        sound,
        language=language,
        beam_size=5,
        temperature=0.0,
        condition_on_previous_text=False,
        without_timestamps=True,
        no_repeat_ngram_size=LOOP_TOKENS,
    )
    return " ".join(segment.text for segment in segments)


def surprise(ears: WhisperModel, sound: Sound, text: str, language: str) -> float:
    """How far the sound is from the text in Whisper's ears, nats a character."""
    frames = ears.feature_extractor(np.concatenate((sound, silence(1000, INPUT_RATE))))
    window = np.ascontiguousarray(frames[None, :, : frames.shape[1] // 2 * 2][:, :, :3000], dtype=np.float32)
    encoded = ears.model.encode(StorageView.from_array(window))
    tokens = ears.hf_tokenizer
    marks = ("<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>")
    ids = tokens.encode(f" {text}", add_special_tokens=False).ids
    (aligned,) = ears.model.align(encoded, [tokens.token_to_id(mark) for mark in marks], [ids], [window.shape[2] // 2])
    return float(-np.log(np.maximum(aligned.text_token_probs, 1e-9)).sum()) / len(text)


async def run(sentences: list[str], asked: argparse.Namespace) -> list[Heard]:
    """Every sentence said and heard, in order."""
    store, heard = Store(default_cache()), []
    ears = WhisperModel(str(store.fetch("whisper-base").folder), device="cpu", compute_type="int8", cpu_threads=2)
    async with open_vits(store.fetch("joe-medium"), seed=asked.seed) as voice:
        for number, sentence in enumerate(sentences, 1):
            sound = await say(voice, sentence, asked.speed)
            said, got = compared(sentence), compared(hear(ears, sound, asked.language))
            heard.append(Heard(said, got, edit_distance(said, got), surprise(ears, sound, sentence, asked.language)))
            print(f"\r{number}/{len(sentences)}  CER {rate(heard):.3f}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return heard


def rate(heard: list[Heard]) -> float:
    return sum(one.edits for one in heard) / max(1, sum(len(one.said) for one in heard))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", help="a sentence a line")
    parser.add_argument("--limit", type=int, default=40, help="sentences at most (40)")
    parser.add_argument("--longest", type=int, default=100, help="leave longer sentences out (100 characters)")
    parser.add_argument("--language", default="sw", help="what Whisper is told to hear (sw)")
    parser.add_argument("--speed", type=float, default=1.0, help="of the voice (1.0)")
    parser.add_argument("--seed", type=int, default=1, help="of the voice's noise (1)")
    parser.add_argument("--tsv", type=Path, help="file for edits, said and heard, a sentence a line")
    asked = parser.parse_args()
    lines = asked.file.read_text(encoding="utf-8").splitlines() if asked.file else EVERYDAY
    sentences = [line for line in lines if compared(line) and len(line) <= asked.longest][: asked.limit]
    heard = asyncio.run(run(sentences, asked))
    if asked.tsv:
        asked.tsv.write_text("".join(f"{one.edits}\t{one.said}\t{one.heard}\n" for one in heard), encoding="utf-8")
    characters = sum(len(one.said) for one in heard)
    surprised = sum(one.surprise for one in heard) / max(1, len(heard))
    print(f"CER {rate(heard):.3f}, surprise {surprised:.3f} nats a character")
    print(f"{len(heard)} sentences, {characters} characters, heard as {asked.language}")


if __name__ == "__main__":
    main()
