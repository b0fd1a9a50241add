"""Figures: percentiles, tables, and the JSON that a benchmark writes."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

CPU_FACTS: Final = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles of a set of values, in their unit; None where there were none."""

    count: int
    p50: float | None
    p95: float | None
    worst: float | None


def spread(values: Iterable[float | None]) -> Spread:
    """Of those that are not None; percentiles are interpolated between neighbours."""
    there = [value for value in values if value is not None]
    if not there:
        return Spread(0, None, None, None)
    p50, p95, worst = (round(float(value), 1) for value in np.percentile(there, [50, 95, 100]))
    return Spread(len(there), p50, p95, worst)


def shown(value: object) -> str:
    """One cell: whole numbers from 10 up, one decimal below, a dash for what is missing."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}"
    return str(value)


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Markdown, aligned so that it reads well on a terminal too."""
    cells = [list(titles), *([shown(value) for value in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(titles))]
    lines = [_line(row, widths) for row in cells]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    """The first column to the left, figures to the right."""
    cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
    return f"| {' | '.join(cells)} |"


def machine() -> dict[str, Any]:
    """Where figures were taken: processor, cores, how busy it was before the run."""
    return {
        "processor": processor(CPU_FACTS.read_text(encoding="utf-8") if CPU_FACTS.exists() else ""),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_1_min": round(os.getloadavg()[0], 2),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def processor(cpu_facts: str) -> str:
    """The processor's name in the text of /proc/cpuinfo, else what Python knows."""
    names = [line.partition(":")[2].strip() for line in cpu_facts.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def write_report(path: Path, benchmark: str, where: dict[str, Any], how: dict[str, Any], found: dict[str, Any]) -> None:
    """The run as JSON: what was measured, where, how, and what came out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {"benchmark": benchmark, "machine": where, "settings": how, "results": found}
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
