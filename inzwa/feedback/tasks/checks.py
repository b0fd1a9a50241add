"""Attention checks: clips whose right answer is known, about one in ten, after ITU-T P.808 (gold and trapping ones).

Who does not listen shows here, and the report leaves them out. To the evaluator the clips look like any other.
"""

from typing import Final

from inzwa.feedback.records import JsonObject

EARLIEST: Final = 4
"""Clips between two checks at least."""
LATEST: Final = 15
"""Clips between two checks at most."""
CHANCE: Final = 1 / 6
"""Of a check at each draw between the two: one in ten in the mean."""


def check_due(since_last: int, chance: float) -> bool:
    """Whether the next clip is a check, after so many that were none; `chance` is at random from 0 to 1."""
    return since_last >= LATEST or (since_last >= EARLIEST and chance < CHANCE)


def expected_check(low: int, high: int | None = None) -> JsonObject:
    """What `hidden["check"]` holds: the marks that are right, from `low` to `high`, for both questions."""
    marks = list(range(low, (high or low) + 1))
    return {"naturalness": marks, "intelligibility": marks}


def passed(hidden: JsonObject, answer: JsonObject) -> bool | None:
    """Whether every answer is among those that the check expects; None where the item is no check."""
    check: dict[str, list[int]] | None = hidden.get("check")
    return None if check is None else all(answer.get(name) in marks for name, marks in check.items())
