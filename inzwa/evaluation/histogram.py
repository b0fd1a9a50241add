"""The picture of a report."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.figure import Figure

BARS: Final = 20
INK: Final = "#1f2933"
FILL: Final = "#0b7285"


def histogram(values: Sequence[float], title: str, *, top: float) -> Figure:
    """How many values lie in each of BARS equal steps from 0 to `top`; larger ones are in the last."""
    figure = Figure(figsize=(6.4, 2.4), layout="constrained")
    axes = figure.subplots()
    axes.hist(np.clip(values, 0.0, top), bins=BARS, range=(0.0, top), color=FILL, rwidth=0.95)
    axes.set_title(title, color=INK, fontsize="medium")
    axes.set_xticks([0, top], ["0", f"{top:g}+"])
    axes.spines[["top", "right"]].set_visible(False)
    return figure
