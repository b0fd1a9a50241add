"""The picture of latency against conversations at once, from what benchmarks.sessions wrote.

python -m benchmarks.rig.plot benchmarks/results/sessions.json assets/latency.png
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK: Final = "#1f2933"
MEDIAN: Final = "#0b7285"
TAIL: Final = "#d9480f"
FAINT: Final = "#adb5bd"
LIMIT_MS: Final = 1200
"""What the slowest twentieth of answers may take with ten conversations at once."""
LIMIT_PERCENT: Final = 80


def figure(report: Mapping[str, Any]) -> Figure:
    """Latency above, processor below, by number of conversations."""
    levels = [level for level in report["results"]["levels"] if level["p50_ms"] is not None]
    sessions = [level["sessions"] for level in levels]
    drawn = Figure(figsize=(8, 5.2), dpi=150, layout="constrained")
    above, below = drawn.subplots(2, 1, sharex=True, height_ratios=[3, 1.3])
    _latency(above, sessions, levels)
    _processor(below, sessions, levels)
    where = report["machine"]
    drawn.suptitle("From the end of speech to the first sound", color=INK, fontsize=13, fontweight="bold")
    below.set_xlabel(f"conversations at once · {where['cores']} cores, {where['processor']}", color=INK)
    below.set_xticks(sessions)
    return drawn


def _latency(axes: Axes, sessions: Sequence[int], levels: Sequence[Mapping[str, Any]]) -> None:
    for key, colour, name in (("p95_ms", TAIL, "95 of 100"), ("p50_ms", MEDIAN, "half of all")):
        values = [level[key] for level in levels]
        axes.plot(sessions, values, color=colour, marker="o", linewidth=2, label=f"{name} answers are faster")
        for place, value in zip(sessions, values, strict=True):
            axes.annotate(f"{value:.0f}", (place, value), (0, 7), textcoords="offset points", ha="center", color=colour)
    axes.axhline(LIMIT_MS, color=FAINT, linestyle="--", linewidth=1, label=f"aim for 95 of 100: {LIMIT_MS} ms")
    axes.set_ylabel("milliseconds", color=INK)
    axes.set_ylim(bottom=0, top=1.15 * max(LIMIT_MS, *(level["p95_ms"] for level in levels)))
    axes.legend(frameon=False, loc="upper left")
    _plain(axes)


def _processor(axes: Axes, sessions: Sequence[int], levels: Sequence[Mapping[str, Any]]) -> None:
    values = [level["cpu_percent"] for level in levels]
    axes.bar(sessions, values, width=0.6, color=MEDIAN, alpha=0.75)
    axes.axhline(LIMIT_PERCENT, color=FAINT, linestyle="--", linewidth=1)
    axes.set_ylabel("% of all cores", color=INK)
    axes.set_ylim(0, 105)
    _plain(axes)


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=FAINT, alpha=0.3)
    axes.set_axisbelow(True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path, help="JSON of benchmarks.sessions")
    parser.add_argument("picture", type=Path, help="PNG to write")
    options = parser.parse_args()
    options.picture.parent.mkdir(parents=True, exist_ok=True)
    figure(json.loads(options.figures.read_text(encoding="utf-8"))).savefig(options.picture)
    print(f"wrote {options.picture}")


if __name__ == "__main__":
    main()
