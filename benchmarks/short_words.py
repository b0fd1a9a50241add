"""Short utterances through the recogniser: how many come out twice, empty or wrong, and what a transcript costs.

    python -m benchmarks.short_words [--count 200] [--languages en sn] [--seed 1] [--json OUT]

The texts of short_words.tsv (yes, no, ehe, aiwa, names, numbers, questions, and some that are said several times) are
said by joe-medium and by espeak-ng in several voices, speeds and pitches, under white noise or none, with silence of
several lengths around them. espeak-ng has no Shona; its Swahili voices read the letters nearly alike. Everything is
heard by whisper-base as each of the languages, without hotwords and with the core list.

* Doubled: a phrase stands more often in a row than it was said, exactly, or from eight letters on with
  a quarter of its letters different at most. Lost: said several times, and written down fewer times.
* Wrong: English whose words are not those that were said (figures count as words).
* Letters: errors by letters, a hundred of those said, English and Shona.
* CPU ms: time of all threads of this process for a transcript, mean.

Without espeak-ng (a Debian package of that name) only joe-medium speaks, and the figures do not compare.
"""

import argparse
import asyncio
import io
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from benchmarks.rig.figures import machine, table, write_report
from benchmarks.rig.speech import trimmed
from benchmarks.spoken import Sentence, SentenceVoice, noisy
from inzwa.audio.pcm import INPUT_RATE, Sound, resample, silence
from inzwa.engines.asr.whisper import Whisper, open_whisper
from inzwa.evaluation.comparison import compared_words
from inzwa.evaluation.distance import alignment
from inzwa.models.store import Store, default_cache
from inzwa.protocols import HearOptions
from inzwa.shona.dialogue.hotwords import core_hotwords

TEXTS: Final = Path(__file__).with_name("short_words.tsv")
ESPEAK: Final = "espeak-ng"
VOICES: Final = {
    "en": ("en-us", "en-us+f3", "en-us+m3", "en-gb", "en-gb+f4", "en-029"),
    "sn": ("sw", "sw+f3", "sw+m3", "sw+f4"),
}
SPEEDS_WPM: Final = (120, 150, 175, 200)
PITCHES: Final = (35, 50, 65)
SNRS_DB: Final = (None, None, 25.0, 15.0, 8.0)
BEFORE_MS: Final = (0, 100, 200, 500)
BEHIND_MS: Final = (0, 120, 400, 800, 1500)
ALIKE: Final = 0.25
"""Share of letters that differ in two phrases that count as one phrase twice."""
SHORT: Final = 8
"""Letters of a phrase below which its copy has to be exact: "mori kori" is one thing."""

FIGURES: Final = {"1": "one", "7": "seven", "12": "twelve", "20": "twenty", "100": "one hundred", "ok": "okay"}
TITLES: Final = "heard as, hotwords, of, doubled, lost, empty, wrong, letters en, letters sn, CPU ms"


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something said once by one voice."""

    kind: str
    """answer, question, number, name or several."""
    language: str
    text: str
    how: str
    """Voice, noise and silence, to tell them apart."""
    sound: Sound
    """Shape (samples,), float32, 16 kHz."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One utterance heard in one way."""

    kind: str
    language: str
    said: str
    how: str
    heard_as: str
    hotwords: bool
    heard: str
    doubled: bool
    lost: bool
    empty: bool
    wrong: bool
    """English only."""
    letters: int
    edits: int
    cpu_ms: float


def utterances(voice: SentenceVoice, count: int, seed: int) -> Iterator[Utterance]:
    """As many, each text in turn, said in a way that the seed chooses."""
    rows = [line.split("\t") for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    chance = np.random.default_rng(seed)
    for number in range(count):
        kind, language, text, symbols = rows[number % len(rows)]
        name, wpm, pitch = (one[chance.integers(len(one))] for one in (VOICES[language], SPEEDS_WPM, PITCHES))
        snr_db, before, behind = (one[chance.integers(len(one))] for one in (SNRS_DB, BEFORE_MS, BEHIND_MS))
        if chance.random() < 0.3 or not shutil.which(ESPEAK):
            name, sentence = "joe", Sentence(language, text, symbols)
            sound = voice.say(sentence, speed=wpm / 150, seed=seed + number)
        else:
            sound = espeak(text, name, wpm, pitch)
        sound = np.concatenate((silence(before, INPUT_RATE), trimmed(sound), silence(behind, INPUT_RATE)))
        sound = sound if snr_db is None else noisy(sound, snr_db, seed + number)
        yield Utterance(kind, language, text, f"{name} {wpm} {pitch}, {snr_db} dB, {before}+{behind} ms", sound)


def espeak(text: str, voice: str, wpm: int, pitch: int) -> Sound:
    """What espeak-ng says. Shape (samples,), float32, 16 kHz."""
    command = [ESPEAK, "-v", voice, "-s", str(wpm), "-p", str(pitch), "--stdout", text]
    said = subprocess.run(command, check=True, capture_output=True).stdout
    sound, rate = soundfile.read(io.BytesIO(said), dtype="float32")
    return resample(sound, rate, INPUT_RATE)


def plain_words(text: str) -> list[str]:
    """As they are compared: figures of the texts as words, and what hyphens join as one word."""
    return [part for word in compared_words(text.replace("-", "")) for part in FIGURES.get(word, word).split()]


def times(words: Sequence[str]) -> int:
    """How often a phrase stands in a row at most."""
    most = 1
    for start in range(len(words)):
        for length in range(1, (len(words) - start) // 2 + 1):
            phrase = "".join(words[start : start + length])
            copies = 1
            while alike(phrase, "".join(words[start + copies * length :][:length])):
                copies += 1
            most = max(most, copies)
    return most


def alike(one: str, other: str) -> bool:
    """Whether so few letters differ that it is the same phrase."""
    return one == other or (len(one) >= SHORT and edits(one, other) <= ALIKE * len(one))


def edits(one: str, other: str) -> int:
    return sum(said != heard for said, heard in alignment(one, other))


def scored(one: Utterance, options: HearOptions, text: str, cpu_ms: float) -> Heard:
    """What became of one utterance."""
    said, heard = plain_words(one.text), plain_words(text)
    return Heard(
        kind=one.kind,
        language=one.language,
        said=one.text,
        how=one.how,
        heard_as=options.language,
        hotwords=bool(options.hotwords),
        heard=text,
        doubled=times(heard) > times(said),
        lost=bool(heard) and times(heard) < times(said),
        empty=not heard,
        wrong=one.language == "en" and said != heard,
        letters=len(" ".join(said)),
        edits=edits(" ".join(said), " ".join(heard)),
        cpu_ms=cpu_ms,
    )


async def hear(whisper: Whisper, said: Sequence[Utterance], ways: Sequence[HearOptions]) -> list[Heard]:
    """Every utterance in every way, one utterance after the other."""
    await whisper.transcribe(said[0].sound, ways[0])
    heard = []
    for number, one in enumerate(said, 1):
        for options in ways:
            began = time.process_time()
            found = await whisper.transcribe(one.sound, options)
            heard.append(scored(one, options, found.text, (time.process_time() - began) * 1000))
        print(f"\r{number}/{len(said)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return heard


def row(these: Sequence[Heard]) -> list[object]:
    """One line of the table: one way."""
    counts = [sum(getattr(one, name) for one in these) for name in ("doubled", "lost", "empty", "wrong")]
    rates = [
        100 * sum(one.edits for one in part) / max(1, sum(one.letters for one in part))
        for part in ([one for one in these if one.language == code] for code in ("en", "sn"))
    ]
    cpu_ms = sum(one.cpu_ms for one in these) / len(these)
    return [these[0].heard_as, "core" if these[0].hotwords else "none", len(these), *counts, *rates, cpu_ms]


async def run(asked: argparse.Namespace) -> list[Heard]:
    store = Store(default_cache())
    said = list(utterances(SentenceVoice(store.fetch("joe-medium")), asked.count, asked.seed))
    lists = ((), core_hotwords())
    ways = [HearOptions(language=code, hotwords=words) for code in asked.languages for words in lists]
    with open_whisper(store.fetch("whisper-base"), threads=asked.threads) as whisper:
        return await hear(whisper, said, ways)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="utterances (200)")
    parser.add_argument("--languages", nargs="+", default=["en", "sn"], help="what Whisper is told to hear (en sn)")
    parser.add_argument("--seed", type=int, default=1, help="of voices, noise and silence (1)")
    parser.add_argument("--threads", type=int, default=1, help="of the recogniser (1)")
    parser.add_argument("--json", type=Path, help="file for every utterance in every way")
    asked = parser.parse_args()
    if not shutil.which(ESPEAK):
        print(f"{ESPEAK} is not installed: only joe-medium speaks, and the figures do not compare.", file=sys.stderr)
    where, heard = machine(), asyncio.run(run(asked))
    ways = dict.fromkeys((one.heard_as, one.hotwords) for one in heard)
    print(
        table(TITLES.split(", "), [row([one for one in heard if (one.heard_as, one.hotwords) == way]) for way in ways])
    )
    if asked.json:
        write_report(asked.json, "short_words", where, vars(asked), {"utterances": [asdict(one) for one in heard]})


if __name__ == "__main__":
    main()
