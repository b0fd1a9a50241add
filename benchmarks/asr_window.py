"""How long a transcript takes, and how right it is: Inzwa's short window against stock faster-whisper.

    python -m benchmarks.asr_window [FILE.wav ...] [--sentences 20] [--json OUT]

The embedded voice says English and Shona sentences at three speeds, some under noise, and a few joined to long
utterances; recordings may be added by path, each with its text in FILE.txt beside it. Every clip goes through all
recognisers in turn, so that a busy machine slows them alike: WhisperModel.transcribe with beam 1 and beam 5
(language forced, no timestamps, no text before, its own fallback left on) and ours, alone and with the draft tokens of
a partial transcript: that of the sound without its last 400 ms, made outside the time that counts. All are whisper-base
in INT8 on as many threads as `--threads` says. Errors are words in English and characters in Shona, which whisper-base
hardly knows; digits count as written. The ratio is the median over clips of the time by our time without a draft.
"""

import argparse
import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
import soundfile
from faster_whisper import WhisperModel
from rapidfuzz.distance.Levenshtein import distance as edit_distance

from benchmarks.spoken import Sentence, SentenceVoice, joined, noisy, read_sentences
from inzwa.audio.pcm import INPUT_RATE, Sound, resample
from inzwa.engines.asr.whisper import Whisper, open_whisper
from inzwa.models.store import Store, default_cache
from inzwa.protocols import HearOptions

Tokens = tuple[int, ...]
Recogniser = Callable[[Sound, str, Tokens], Awaitable[str]]
"""Of a sound, its language and draft tokens."""
Drafter = Callable[["Clip"], Awaitable[Tokens]]

UNHEARD_MS: Final = 400
"""What was said after the draft was made: as much as lies between two partial transcripts."""

WAYS: Final = ((1.0, None), (1.2, 25.0), (0.9, 15.0))
"""Speed, and dB that the noise lies below the voice."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Something said, and what it was."""

    kind: str
    """short, long, Shona or recording."""
    language: str
    text: str
    sound: Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One clip through one recogniser."""

    kind: str
    language: str
    recogniser: str
    audio_s: float
    took_ms: float
    said: str
    heard: str
    edits: int
    length: int
    """Words (English) or characters (Shona) in the reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    kind: str
    recogniser: str
    clips: int
    audio_s: float
    """Median length of a clip."""
    median_ms: float
    p95_ms: float
    ratio: float
    """Median over clips of this recogniser's time by ours."""
    edits: int
    length: int


def clips_spoken(voice: SentenceVoice, most: int) -> Iterator[Clip]:
    """Sentences in every way, then long ones of three and of six English sentences."""
    english, shona = ([one for one in read_sentences() if one.language == code][:most] for code in ("en", "sn"))
    for speed, snr_db in WAYS:
        for sentence in english + shona:
            kind = "short" if sentence.language == "en" else "Shona"
            yield Clip(kind, sentence.language, sentence.text, _say(voice, sentence, speed, snr_db))
    for size in (3, 6):
        for at in range(0, len(english) - size + 1, size):
            part = english[at : at + size]
            text = " ".join(sentence.text for sentence in part)
            yield Clip("long", "en", text, joined([_say(voice, sentence, 1.0, 25.0) for sentence in part]))


def _say(voice: SentenceVoice, sentence: Sentence, speed: float, snr_db: float | None) -> Sound:
    sound = voice.say(sentence, speed=speed)
    return sound if snr_db is None else noisy(sound, snr_db)


def clip_recorded(path: Path, language: str) -> Clip:
    """A recording of somebody, its text beside it."""
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    text = path.with_suffix(".txt").read_text(encoding="utf-8").strip()
    return Clip("recording", language, text, resample(sound.mean(axis=1), rate, INPUT_RATE))


def stock(model: WhisperModel, beam: int) -> Recogniser:
    """faster-whisper as its README calls it, the language given."""

    async def hear(sound: Sound, language: str, _draft: Tokens) -> str:
        segments, _ = model.transcribe(
            sound, language=language, beam_size=beam, condition_on_previous_text=False, without_timestamps=True
        )
        return " ".join(segment.text for segment in segments)

    return hear


def ours(whisper: Whisper, *, drafted: bool = False) -> Recogniser:
    async def hear(sound: Sound, language: str, draft: Tokens) -> str:
        options = HearOptions(language=language, draft_tokens=draft if drafted else ())
        return (await whisper.transcribe(sound, options)).text

    return hear


def partials(whisper: Whisper) -> Drafter:
    async def draft(clip: Clip) -> Tokens:
        sound = clip.sound[: -UNHEARD_MS * INPUT_RATE // 1000]
        return (await whisper.transcribe(sound, HearOptions(language=clip.language, final=False))).tokens

    return draft


async def measure(clips: Sequence[Clip], recognisers: dict[str, Recogniser], drafter: Drafter) -> list[Heard]:
    """Every clip through every recogniser, one clip after the other."""
    heard = []
    for number, clip in enumerate(clips, 1):
        draft = await drafter(clip)
        for name, hear in recognisers.items():
            began = time.perf_counter()
            text = await hear(clip.sound, clip.language, draft)
            heard.append(_scored(clip, name, text, (time.perf_counter() - began) * 1000))
        print(f"\r{number}/{len(clips)}", end="", flush=True)
    print()
    return heard


def _scored(clip: Clip, name: str, text: str, took_ms: float) -> Heard:
    said, got = units(clip.text, clip.language), units(text, clip.language)
    return Heard(
        kind=clip.kind,
        language=clip.language,
        recogniser=name,
        audio_s=clip.sound.size / INPUT_RATE,
        took_ms=took_ms,
        said=clip.text,
        heard=text,
        edits=edit_distance(said, got),
        length=len(said),
    )


def units(text: str, language: str) -> Sequence[str]:
    """What errors are counted in: lower-cased words, or for Shona characters."""
    words = re.sub(r"[^\w' ]+", " ", text.lower().replace("’", "'")).split()
    return words if language == "en" else " ".join(words)


def table(heard: Sequence[Heard]) -> list[Row]:
    """A row for each kind of clip and recogniser."""
    kinds = list(dict.fromkeys(one.kind for one in heard))
    names = list(dict.fromkeys(one.recogniser for one in heard))
    split = {
        (kind, name): [h for h in heard if (h.kind, h.recogniser) == (kind, name)] for kind in kinds for name in names
    }
    return [_row(kind, name, split[kind, name], split[kind, "ours"]) for kind in kinds for name in names]


def _row(kind: str, name: str, these: Sequence[Heard], mine: Sequence[Heard]) -> Row:
    took = [one.took_ms for one in these]
    return Row(
        kind=kind,
        recogniser=name,
        clips=len(these),
        audio_s=round(median(one.audio_s for one in these), 1),
        median_ms=round(median(took)),
        p95_ms=round(float(np.percentile(took, 95))),
        ratio=round(median(one.took_ms / other.took_ms for one, other in zip(these, mine, strict=True)), 1),
        edits=sum(one.edits for one in these),
        length=sum(one.length for one in these),
    )


def printed(rows: Sequence[Row]) -> str:
    head = f"{'clips':>10} {'':>14} {'n':>4} {'audio s':>8} {'median ms':>10} {'p95 ms':>8} {'ratio':>6} {'errors':>12}"
    return "\n".join(
        [head]
        + [
            f"{row.kind:>10} {row.recogniser:>14} {row.clips:>4} {row.audio_s:>8} {row.median_ms:>10} {row.p95_ms:>8} "
            f"{row.ratio:>6} {row.edits:>6}/{row.length}"
            for row in rows
        ]
    )


async def run(asked: argparse.Namespace) -> list[Heard]:
    store = Store(default_cache())
    model = store.fetch("whisper-base")
    clips = list(clips_spoken(SentenceVoice(store.fetch("joe-medium")), asked.sentences))
    clips += [clip_recorded(path, asked.language) for path in asked.recordings]
    stocks = WhisperModel(str(model.folder), device="cpu", compute_type="int8", cpu_threads=asked.threads)
    with open_whisper(model, threads=asked.threads) as whisper:
        recognisers = {f"stock beam {beam}": stock(stocks, beam) for beam in (1, 5)}
        recognisers |= {"ours": ours(whisper), "ours, drafted": ours(whisper, drafted=True)}
        await measure(clips[:1], recognisers, partials(whisper))
        return await measure(clips, recognisers, partials(whisper))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", type=Path, nargs="*", help="WAV or FLAC files, each with its text in a .txt")
    parser.add_argument("--language", default="en", help="what the recordings are in (en)")
    parser.add_argument("--sentences", type=int, default=20, help="the first so many of each language (20)")
    parser.add_argument("--threads", type=int, default=2, help="of each recogniser (2); the server takes 1 of 2")
    parser.add_argument("--json", type=Path, help="file for the table and every clip")
    asked = parser.parse_args()
    heard = asyncio.run(run(asked))
    rows = table(heard)
    print(printed(rows))
    if asked.json:
        said = {"rows": [asdict(row) for row in rows], "clips": [asdict(one) for one in heard]}
        asked.json.write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
