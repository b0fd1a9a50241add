"""An evaluation with simulated raters whose true opinions are known: what its report looks like, and how sure it is.

    python -m benchmarks.simulated_evaluation -o out/simulated.html   # the report of 20 simulated raters
    python -m benchmarks.simulated_evaluation --power                 # which number of answers gives which interval

A mark is that of the voice (3.6), plus how lenient the rater is (standard deviation 0.5), plus how the sentence came
out (0.3), plus chance (0.7), rounded and held within 1 to 5.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import NormalDist, fmean
from typing import Final

import numpy as np

from benchmarks.rig.simulated_answers import RATER, REST, SENTENCE, simulated_session
from inzwa.feedback.report.gather import gather
from inzwa.feedback.report.page import report_html
from inzwa.feedback.report.statistics import Estimate, mean, share

RATERS: Final = (5, 10, 20, 40)
MARKS: Final = (3, 6, 12, 24, 48)
"""By one rater for one voice, or comparisons of one pair."""
BETTER: Final = 0.6
"""True share of choices for the better of two."""
RUNS: Final = 60


def true_mark(liking: float, sentences: np.ndarray) -> float:
    """The mean mark that all possible raters would give for these sentences; marks, shape (sentences,)."""
    spread = NormalDist(0, float(np.hypot(RATER, REST)))
    return fmean(1 + sum(1 - spread.cdf(edge + 0.5 - liking - each) for edge in range(1, 5)) for each in sentences)


def marks(generator: np.random.Generator, raters: int, each: int, liking: float = 3.6) -> tuple[Estimate, float]:
    """The estimate from one simulated evaluation of one voice, and the truth."""
    sentences = generator.normal(0, SENTENCE, 12)
    heard = generator.permuted(np.tile(np.arange(12), (raters, -(-each // 12))), axis=1)[:, :each]
    opinions = liking + generator.normal(0, RATER, (raters, 1)) + sentences[heard]
    values = np.clip(np.rint(opinions + generator.normal(0, REST, heard.shape)), 1, 5)
    names = np.repeat([f"rater {number}" for number in range(raters)], each)
    return mean(values.ravel().tolist(), names.tolist(), bounds=(1, 5)), true_mark(liking, sentences)


def choices(generator: np.random.Generator, raters: int, each: int) -> tuple[Estimate, float]:
    """The same for comparisons of two voices: raters differ in which they prefer."""
    theirs = generator.beta(BETTER * 8, (1 - BETTER) * 8, (raters, 1))
    chosen = generator.random((raters, each)) < theirs
    names = np.repeat([f"rater {number}" for number in range(raters)], each)
    return share(chosen.ravel().astype(float).tolist(), names.tolist()), BETTER


def power() -> Iterator[str]:
    """Half the width of the interval, and how often it held the truth, as a table in Markdown."""
    for title, simulate, unit in (("mean mark", marks, "±{:.2f}"), ("share preferred", choices, "±{:.0%}")):
        yield f"\n| raters | {' | '.join(f'{each} each' for each in MARKS)} |\n|{'---|' * (len(MARKS) + 1)}"
        for raters in RATERS:
            found = [[simulate(np.random.default_rng(run), raters, each) for run in range(RUNS)] for each in MARKS]
            cells = [f"{unit.format(half(runs))} ({held(runs):.0%})" for runs in found]
            yield f"| {raters} | {' | '.join(cells)} |"
        yield f"\n({title}: half the width of the 95 % interval, and how many of {RUNS} such intervals held the truth)"


def half(runs: list[tuple[Estimate, float]]) -> float:
    """Half the mean width."""
    return fmean(((one.high or 0) - (one.low or 0)) / 2 for one, _ in runs)


def held(runs: list[tuple[Estimate, float]]) -> float:
    """The share of intervals that hold the truth."""
    return fmean((one.low or 0) <= truth <= (one.high or 0) for one, truth in runs)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulated_evaluation", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("-o", "--output", type=Path, help="the report, an HTML file")
    parser.add_argument("--raters", type=int, default=20)
    parser.add_argument("--each", type=int, default=60, help="tasks of each kind by one rater (60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--power", action="store_true", help="print which number of answers gives which interval")
    arguments = parser.parse_args()
    if arguments.power or not arguments.output:
        print("\n".join(power()))
    if arguments.output:
        with simulated_session(arguments.raters, arguments.each, arguments.seed) as session:
            page = report_html(gather(session), made_at=datetime.now(UTC), simulated=True)
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(page, encoding="utf-8")
        print(arguments.output)


if __name__ == "__main__":
    main()
