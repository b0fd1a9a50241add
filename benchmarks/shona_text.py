"""How fast Shona text is made speakable: words a second over your own text, milliseconds over hostile text.

    python benchmarks/shona_text.py FILE...

Times are of this process's own work (CPU time), the best of several runs, so that a busy machine weighs less.
"""

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from inzwa.shona.normaliser import spoken
from inzwa.shona.orthography import ipa

RUNS: Final = 5
HOSTILE_CHARACTERS: Final = 100_000
HOSTILE: Final = {
    "controls": "".join(map(chr, range(32))),
    "marks of direction": "a\u202e\u2066",
    "one long word": "a",
    "another script": "日本",
    "emoji": "😀",
    "accents apart": "e\u0301",
    "unbalanced markup": "**[`_~~",
    "open links": "](",
    "open tags": "<a",
    "one long number": "9",
    "short numbers": "1 ",
    "numbers joined": "1-",
    "mailboxes": "a.b@",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="text files, a sentence a line")
    for path in parser.parse_args().files:
        report(path)
    for name, piece in HOSTILE.items():
        text = (piece * HOSTILE_CHARACTERS)[:HOSTILE_CHARACTERS]
        whole = best_s(lambda text=text: spoken(text))
        quarter = best_s(lambda text=text: spoken(text[: len(text) // 4]))
        print(f"{name:>20}: {whole * 1000:6.1f} ms for {len(text):,} characters, {whole / quarter:.1f} times a quarter")


def report(path: Path) -> None:
    """Throughput over one file, and whether a figure was left."""
    lines = path.read_text(encoding="utf-8").splitlines()
    words = sum(len(line.split()) for line in lines)
    said = [spoken(line).text for line in lines]
    normalising = best_s(lambda: [spoken(line) for line in lines])
    reading = best_s(lambda: [ipa(text) for text in said])
    left = sum(bool(re.search(r"\d", text)) for text in said)
    changed = sum(text != line for text, line in zip(said, lines, strict=True))
    print(f"{path.name}: {words:,} words in {len(lines):,} lines, {changed:,} lines changed, {left} with a figure left")
    print(f"{path.name}: {words / normalising:,.0f} words/s made speakable, {words / reading:,.0f} words/s to IPA")


def best_s(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest of RUNS."""
    return min(_timed_s(work) for _ in range(RUNS))


def _timed_s(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
