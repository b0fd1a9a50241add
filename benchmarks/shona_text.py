"""How fast Shona text is made speakable: words a second over your own text, milliseconds a 100 kB of hostile text.

    python -m benchmarks.shona_text FILE...

Times are of this process's own work (CPU time), the best of several runs, so that a busy machine weighs less.
"""

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from inzwa.shona.normalise.normaliser import spoken
from inzwa.shona.phonology.ipa import ipa
from tests.shona.normalise.hostile import PIECES, hostile_text

RUNS: Final = 5
HOSTILE_BYTES: Final = 100_000
TARGET_MS: Final = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="text files, a sentence a line")
    for path in parser.parse_args().files:
        report(path)
    hostile()


def hostile() -> None:
    """Every kind of hostile text, the slowest first."""
    rows = sorted(((*_hostile_ms(piece), name) for name, piece in PIECES.items()), reverse=True)
    print(f"| {HOSTILE_BYTES:,} bytes of | ms | times a quarter of it |\n|---|---|---|")
    for whole_ms, quarter_ms, name in rows:
        print(f"| {name} | {whole_ms:.1f} | {whole_ms / quarter_ms:.1f} |")
    slow = sum(whole_ms > TARGET_MS for whole_ms, _, _ in rows)
    print(f"{slow} of {len(rows)} kinds take longer than {TARGET_MS} ms")


def _hostile_ms(piece: str) -> tuple[float, float]:
    """Milliseconds for the whole and for a quarter."""
    whole, quarter = hostile_text(piece, HOSTILE_BYTES), hostile_text(piece, HOSTILE_BYTES // 4)
    return best_s(lambda: spoken(whole)) * 1000, best_s(lambda: spoken(quarter)) * 1000


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
