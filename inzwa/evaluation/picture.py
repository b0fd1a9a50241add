"""A histogram as SVG, drawn by hand so that no plotting library is needed. Pure; knows no figure's meaning."""

from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np

WIDTH, HEIGHT, EDGE = 640, 240, 40
"""Pixels; EDGE around the bars is for what is written."""

BARS: Final = 20
INK: Final = "#1f2933"
FILL: Final = "#0b7285"


def histogram(values: Sequence[float], title: str, *, top: float) -> str:
    """How many of the values lie in each of BARS equal steps from 0 to `top`; what lies beyond is in the last."""
    counts, _ = np.histogram(np.clip(values, 0.0, top), bins=BARS, range=(0.0, top))
    most = max(1, int(counts.max()))
    step, tall = (WIDTH - 2 * EDGE) / BARS, HEIGHT - 2 * EDGE
    floor = HEIGHT - EDGE
    bars = [
        f'<rect x="{EDGE + at * step + 1:.1f}" y="{floor - tall * count / most:.1f}" width="{step - 2:.1f}" '
        f'height="{tall * count / most:.1f}" fill="{FILL}"><title>{count}</title></rect>'
        for at, count in enumerate(counts)
    ]
    marks = [
        _text(EDGE + (WIDTH - 2 * EDGE) * part, floor + 16, f"{top * part:g}" + ("+" if part == 1 else ""))
        for part in (0, 0.25, 0.5, 0.75, 1)
    ]
    ground = f'<path d="M{EDGE} {floor}H{WIDTH - EDGE}" stroke="{INK}"/>'
    words = [_text(WIDTH / 2, EDGE / 2, title), _text(EDGE / 2, EDGE + 4, str(most)), *marks]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="{INK}"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f"{''.join([*bars, ground, *words])}</svg>\n"
    )


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle">{escape(words)}</text>'
