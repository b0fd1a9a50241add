"""How soon a reply's first phrase is whole, and whether the listener hears a gap behind it.

    python -m benchmarks.voice_phrases [--prompts 60] [--tokens 40] [--seed 0] [--json FILE]

SmolLM2-135M answers the prompts of voice_phrases.tsv, in English and in Shona. Its pieces of text go through the
reply's filter and the cutter of phrases as in a conversation: as it is now, and as it was before openings were cut at
natural places ("before": 24 characters or a mark, then a long phrase). What the listener hears is reckoned, not
measured: tokens come at the given rate, a character is 0.07 s of sound, and the voice takes what it took on one core of
an AMD EPYC (text and flow 0.04 s for a second of sound, the decoder 0.065 s, the first chunk 0.02 s), or twice that on
a busy machine. A gap is sound that comes more than 20 ms after what was there has been played.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from inzwa.conversation.output.playout_clock import SECONDS_A_CHARACTER
from inzwa.conversation.output.safety import ReplyFilter
from inzwa.engines.llm.llama.engine import open_llama
from inzwa.engines.tts.edges import pause_ms
from inzwa.models.store import Store, default_cache
from inzwa.protocols import ChatOptions, Message
from inzwa.shona.dialogue.assistant import line
from inzwa.shona.dialogue.phrases import SECOND, Lengths, PhraseCutter

PROMPTS: Final = Path(__file__).with_suffix(".tsv")
BEFORE: Final = Lengths(sentence=2, clause=4, most=24)
PACES: Final = ((80, 1.0), (57, 1.0), (40, 1.0), (25, 2.0))
"""Tokens a second, and what the voice's time is multiplied by."""

LATENT_S, DECODER_S, FIRST_CHUNK_S = 0.04, 0.065, 0.02
HEARD_GAP_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Cut:
    """A phrase, and how many tokens had been made when it was whole."""

    tokens: int
    phrase: str

    @property
    def sound_s(self) -> float:
        """Its length as it is spoken."""
        return len(self.phrase) * SECONDS_A_CHARACTER + pause_ms(self.phrase) / 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """One language, one cutter, one pace."""

    language: str
    cutter: str
    tokens_a_s: int
    busy: float
    tokens_p50: float
    tokens_mean: float
    first_sound_ms: float
    """Median from the first token's start."""
    gaps: int
    """Replies with one."""
    replies: int


async def replies(prompts: Sequence[tuple[str, str]], tokens: int, seed: int) -> list[tuple[str, list[str]]]:
    """Language and pieces of text of each reply."""
    found = []
    with open_llama(Store(default_cache()).fetch("smollm2-135m"), threads=1, max_sequences=1) as llm:
        for number, (language, text) in enumerate(prompts, seed):
            messages = [Message("system", line("system", language)), Message("user", text)]
            async with aclosing(llm.reply(messages, ChatOptions(max_new_tokens=tokens, seed=number))) as pieces:
                found.append((language, [piece async for piece in pieces]))
    return found


def cut(pieces: Sequence[str], cutter: PhraseCutter) -> Iterator[Cut]:
    """The phrases as the pipeline cuts them."""
    passing = ReplyFilter()
    for number, piece in enumerate(pieces, 1):
        yield from (Cut(number, phrase) for phrase in cutter.push(passing.push(piece)))
    rest = [*cutter.push(passing.flush()), *cutter.flush()]
    yield from (Cut(len(pieces), phrase) for phrase in rest)


def heard(phrases: Sequence[Cut], rate: int, busy: float) -> tuple[float, bool]:
    """Seconds to the first sound, and whether there is a gap behind it."""
    first = played = free = 0.0
    gap = False
    for phrase in phrases:
        begun = max(phrase.tokens / rate, free)
        sound = begun + busy * (LATENT_S * phrase.sound_s + FIRST_CHUNK_S)
        free = begun + busy * (LATENT_S + DECODER_S) * phrase.sound_s
        first, gap = first or sound, gap or bool(played and sound > played + HEARD_GAP_S)
        played = max(played, sound) + phrase.sound_s
    return first, gap


def figures(said: Sequence[tuple[str, list[str]]]) -> Iterator[Figure]:
    """Each language with both cutters at every pace."""
    cutters = {
        "before": lambda: PhraseCutter(first=BEFORE, following=SECOND, second=SECOND),
        "now": PhraseCutter,
    }
    for language in sorted({language for language, _ in said}):
        for name, make in cutters.items():
            cuts = [list(cut(pieces, make())) for spoken, pieces in said if spoken == language]
            cuts = [phrases for phrases in cuts if phrases]
            tokens = [phrases[0].tokens for phrases in cuts]
            for rate, busy in PACES:
                outcomes = [heard(phrases, rate, busy) for phrases in cuts]
                first = float(np.median([first for first, _ in outcomes])) * 1000
                gaps = sum(gap for _, gap in outcomes)
                yield Figure(
                    language, name, rate, busy, float(np.median(tokens)), float(np.mean(tokens)), first, gaps, len(cuts)
                )


def table(rows: Sequence[Figure]) -> str:
    lines = ["| language | cutter | tokens/s | voice | tokens to the first phrase, P50, mean | first sound | gaps |"]
    lines.append("|---|---|---|---|---|---|---|")
    lines += [
        f"| {row.language} | {row.cutter} | {row.tokens_a_s} | x{row.busy:g} | {row.tokens_p50:.0f}, "
        f"{row.tokens_mean:.1f} | {row.first_sound_ms:.0f} ms | {row.gaps} of {row.replies} |"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=int, default=60, help="prompts at most (60)")
    parser.add_argument("--tokens", type=int, default=40, help="tokens of a reply at most (40)")
    parser.add_argument("--seed", type=int, default=0, help="of the first reply; the next has the next (0)")
    parser.add_argument("--json", type=Path, help="file for the figures and the replies")
    asked = parser.parse_args()
    rows = [tuple(row.split("\t")) for row in PROMPTS.read_text(encoding="utf-8").splitlines()]
    said = asyncio.run(replies(rows[:: max(1, len(rows) // asked.prompts)], asked.tokens, asked.seed))
    found = list(figures(said))
    print(table(found))
    if asked.json:
        kept = {"figures": [asdict(figure) for figure in found], "replies": said}
        asked.json.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
