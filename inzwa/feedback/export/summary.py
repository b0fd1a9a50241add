"""What a dataset holds, in numbers, and which self-descriptions are rare enough to tell who somebody is."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Final

from inzwa.feedback.export.personal_details import PersonalDetails
from inzwa.feedback.export.rows import ContributorData
from inzwa.feedback.export.tables import Consent, Recording

FEWEST: Final = 5
"""A self-description that fewer contributors share is not shown; Common Voice's number."""
DESCRIPTIONS: Final = ("age_band", "gender", "variety", "first_language")


@dataclass(slots=True)
class Summary:
    """Counts; add contributors one by one."""

    rows: Counter[str] = field(default_factory=Counter)
    """By table."""
    licences: Counter[str] = field(default_factory=Counter)
    """Contributors by licence."""
    descriptions: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in DESCRIPTIONS})
    """Column of the table consents to the contributors who said each."""
    sound_ms: int = 0
    """Milliseconds of recordings."""
    details: PersonalDetails = field(default_factory=PersonalDetails)
    """What was replaced."""

    def add(self, data: ContributorData) -> None:
        """Count one contributor's rows."""
        for name, rows in data.tables.items():
            self.rows[name] += len(rows)
        for row in data.tables.get("consents", ()):
            if isinstance(row, Consent):
                self.licences[row.licence] += 1
                for column, counts in self.descriptions.items():
                    counts[getattr(row, column)] += 1
        self.sound_ms += sum(row.duration_ms for row in data.tables.get("recordings", ()) if isinstance(row, Recording))

    def is_shown(self, column: str, value: str) -> bool:
        """Whether enough contributors say so."""
        return self.descriptions[column][value] >= FEWEST

    def without_rare_descriptions(self, data: ContributorData) -> ContributorData:
        """The same rows; what fewer than FEWEST say of themselves is empty."""
        consents = tuple(self._shown(row) for row in data.tables.get("consents", ()) if isinstance(row, Consent))
        return replace(data, tables=data.tables | ({"consents": consents} if consents else {}))

    def _shown(self, row: Consent) -> Consent:
        rare: dict[str, Any] = {
            column: "" for column in DESCRIPTIONS if not self.is_shown(column, getattr(row, column))
        }
        return replace(row, **rare)
