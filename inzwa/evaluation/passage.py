"""Taking samples through a measurement, one after the other: known ones are passed over, wrong ones are left out.

Knows neither sound nor text.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tqdm import tqdm

from inzwa.errors import ClientError
from inzwa.evaluation.journal import Journal, RowT

SampleT = TypeVar("SampleT")

Key = Callable[[SampleT], tuple[str, str]]
"""The name of a sample, and what is said in it."""

Measure = Callable[[SampleT], Awaitable[RowT]]


@dataclass(frozen=True, slots=True)
class Measured(Generic[RowT]):
    """What came of a run."""

    rows: Sequence[RowT]
    """In the order of the samples; one that comes twice stands here once."""
    resumed: int
    """Rows that an earlier run had left."""
    left_out: Sequence[str]
    """The samples that could not be measured, each with the reason."""


async def measure_all(
    samples: Iterable[SampleT], key: Key, measure: Measure, journal: Journal[RowT], title: str
) -> Measured[RowT]:
    """Every sample's row. One that is wrong itself (ClientError) is left out; an engine's error ends it all."""
    keyed = {key(sample): sample for sample in samples}
    waiting = {key: sample for key, sample in keyed.items() if journal.row(*key) is None}
    left_out = []
    with tqdm(total=len(keyed), initial=len(keyed) - len(waiting), desc=title, disable=None) as bar:
        for (name, _), sample in waiting.items():
            try:
                journal.append(await measure(sample))
            except ClientError as error:
                left_out.append(f"{name}: {error.message}")
            bar.update()
    rows = [row for key in keyed if (row := journal.row(*key))]
    return Measured(rows, len(keyed) - len(waiting), left_out)
