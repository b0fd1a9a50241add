"""Whether hotwords help to hear names, and what they cost elsewhere: said by the voice, heard by Whisper.

    python -m benchmarks.hotwords [--names 12] [--language sn] [--seed 1] [--json OUT]

Every sentence is said once by joe-medium and heard by whisper-base in each of these ways, with Inzwa's own decoder:
without hotwords; with the core list of shona/dialogue/hotwords.toml; with the session's own list, which holds the
names; with the own list before the core one; and with a list of as many places of which none is said.

* Names: the share of Shona sentences whose place name is written down letter by letter, wherever words are divided,
  with a 95 % interval (bootstrap over sentences).
* Beside them: errors outside the name, by letters and by words, so that a gain on names cannot hide a loss elsewhere.
* Plain, English: errors by letters in Shona sentences without a name, and in English ones heard as Shona.
* Made up: sentences in which a favoured name appears that was not said.
* Noise: sounds without speech (white noise at four levels, hum) of which words are written down.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from benchmarks.rig.figures import machine, table, write_report
from benchmarks.spoken import SentenceVoice, read_sentences
from benchmarks.voice_cer import EVERYDAY
from inzwa.audio.pcm import INPUT_RATE, Sound, resample
from inzwa.engines.asr.whisper import Whisper, open_whisper
from inzwa.engines.tts.vits import Vits, open_vits
from inzwa.evaluation.comparison import compared
from inzwa.evaluation.distance import alignment
from inzwa.evaluation.rates import rate
from inzwa.models.store import Store, default_cache
from inzwa.protocols import HearOptions, VoiceOptions
from inzwa.shona.dialogue.hotwords import core_hotwords, merge_hotwords

CARRIERS: Final = (
    "Ndiri kuenda ku{} nekuti kune basa.",
    "Bhazi re{} rinosvika nguvai?",
    "Hama dzangu dzinogara mu{} nevana vadzo.",
    "{} iguta rakanaka kwazvo.",
)
NAMES: Final = "Chitungwiza Bulawayo Mutare Gweru Kwekwe Masvingo Chinhoyi Marondera Bindura Kariba Rusape Chipinge"
OTHERS: Final = "Hwange Gokwe Chegutu Zvishavane Beitbridge Norton Karoi Chiredzi Shurugwi Epworth Kadoma Nyanga"
"""Places of which no sentence speaks."""


KINDS: Final = ("named", "plain", "English", "noise")
TITLES: Final = "hotwords, names, CER beside, WER beside, plain CER, English CER, made up, noise, median ms"
NOISE_LEVELS: Final = (0.02, 0.05, 0.1, 0.2)
"""Of white noise, 1 being full scale."""
NOISE_S: Final = 3


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence and its sound."""

    kind: str
    """named, plain, English or noise."""
    text: str
    sound: Sound
    """Shape (samples,), float32, 16 kHz."""
    name: str = ""
    """The place in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One sentence heard in one way."""

    way: str
    kind: str
    said: str
    heard: str
    name: str
    found: bool
    """Whether the name was written down."""
    made_up: bool
    letters: int
    """Said outside the name; words too."""
    letter_edits: int
    words: int
    word_edits: int
    took_ms: float


def ways(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What is favoured, by what the way is called."""
    core = core_hotwords()
    return {
        "none": (),
        "core": core,
        "own": tuple(names),
        "own, core": merge_hotwords(names, core),
        "others": tuple(OTHERS.split()),
    }


def scored(way: str, favours: Sequence[str], one: Said, heard: str, took_ms: float) -> Heard:
    """What became of one sentence."""
    said, got, name = compared(one.text), compared(heard), compared(one.name)
    words, joined = said.split(), got.replace(" ", "")
    start = said.index(name) if name else len(said) + 1
    at = next((number for number, word in enumerate(words) if name and name in word), len(words) + 1)
    names = (compared(word) for word in favours if not word.islower())
    return Heard(
        way=way,
        kind=one.kind,
        said=one.text,
        heard=heard,
        name=one.name,
        found=bool(name) and name in joined,
        made_up=any(word in joined and word not in said for word in names),
        letters=len(said) - len(name),
        letter_edits=outside(alignment(said, got), start, start + len(name)),
        words=len(words) - bool(name),
        word_edits=outside(alignment(words, got.split()), at, at + 1),
        took_ms=took_ms,
    )


def outside(pairs: Sequence[tuple[object, object]], start: int, end: int) -> int:
    """Edits of an alignment that are none of the units said from `start` to `end`, nor put in at their edge."""
    at = edits = 0
    for said, heard in pairs:
        inside = start <= at < end or (said is None and at == end)
        edits += said != heard and not inside
        at += said is not None
    return edits


async def spoken(store: Store, names: Sequence[str], seed: int) -> list[Said]:
    """Everything that is heard."""
    async with open_vits(store.fetch("joe-medium"), seed=seed) as voice:
        named = [
            Said("named", text := carrier.format(name), await say(voice, text), name)
            for carrier in CARRIERS
            for name in names
        ]
        plain = [Said("plain", text, await say(voice, text)) for text in EVERYDAY]
    english_voice = SentenceVoice(store.fetch("joe-medium"))
    english = [
        Said("English", one.text, english_voice.say(one, seed=seed)) for one in read_sentences() if one.language == "en"
    ]
    return [*named, *plain, *english[: len(EVERYDAY)], *noises(seed)]


def noises(seed: int) -> list[Said]:
    """Sounds that hold no words."""
    chance, samples = np.random.default_rng(seed), NOISE_S * INPUT_RATE
    hum = np.sin(2 * np.pi * 50 / INPUT_RATE * np.arange(samples)) * NOISE_LEVELS[-1]
    sounds = [*(chance.standard_normal(samples) * level for level in NOISE_LEVELS), hum]
    return [Said("noise", "", sound.astype(np.float32)) for sound in sounds]


async def say(voice: Vits, text: str) -> Sound:
    async with aclosing(voice.speak(text, VoiceOptions())) as chunks:
        sounds = [chunk.sound async for chunk in chunks]
    return resample(np.concatenate(sounds), voice.sample_rate, INPUT_RATE)


async def hear(
    whisper: Whisper, said: Sequence[Said], tried: Mapping[str, tuple[str, ...]], language: str
) -> list[Heard]:
    """Every sentence in every way, one sentence after the other, so that a busy machine slows all ways alike."""
    heard = []
    for number, one in enumerate(said, 1):
        for way, words in tried.items():
            began = time.perf_counter()
            found = await whisper.transcribe(one.sound, HearOptions(language=language, hotwords=words))
            heard.append(scored(way, words, one, found.text, (time.perf_counter() - began) * 1000))
        print(f"\r{number}/{len(said)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return heard


def row(way: str, heard: Sequence[Heard]) -> list[object]:
    """One line of the table."""
    these = [one for one in heard if one.way == way]
    named, plain, english, noise = ([one for one in these if one.kind == kind] for kind in KINDS)
    return [
        way,
        str(rate([one.found for one in named], [1] * len(named))),
        letter_rate(named),
        str(rate([one.word_edits for one in named], [one.words for one in named])),
        letter_rate(plain),
        letter_rate(english),
        sum(one.made_up for one in these),
        sum(bool(one.heard) for one in noise),
        median(one.took_ms for one in named),
    ]


def letter_rate(these: Sequence[Heard]) -> str:
    return str(rate([one.letter_edits for one in these], [one.letters for one in these]))


async def run(asked: argparse.Namespace) -> list[Heard]:
    store, names = Store(default_cache()), NAMES.split()[: asked.names]
    said = await spoken(store, names, asked.seed)
    with open_whisper(store.fetch("whisper-base")) as whisper:
        return await hear(whisper, said, ways(names), asked.language)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=12, help="the first so many of the names (12)")
    parser.add_argument("--language", default="sn", help="what Whisper is told to hear (sn)")
    parser.add_argument("--seed", type=int, default=1, help="of the voice's noise (1)")
    parser.add_argument("--json", type=Path, help="file for every sentence in every way")
    asked = parser.parse_args()
    where, heard = machine(), asyncio.run(run(asked))
    rows = [row(way, heard) for way in dict.fromkeys(one.way for one in heard)]
    print(table(TITLES.split(", "), rows))
    counts = ", ".join(f"{sum(one.kind == kind for one in heard) // len(rows)} {kind}" for kind in KINDS)
    print(f"{counts}; heard as {asked.language}")
    if asked.json:
        write_report(asked.json, "hotwords", where, vars(asked), {"sentences": [asdict(one) for one in heard]})


if __name__ == "__main__":
    main()
