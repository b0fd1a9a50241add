"""What evaluators give, and what it is about."""

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

JsonObject = dict[str, Any]

Licence = Literal["CC0-1.0", "CC-BY-4.0"]
Verdict = Literal["up", "down", ""]
"""Thumbs up, thumbs down, or neither."""

Reason = Literal[
    "misheard", "wrong_answer", "bad_shona", "unnatural_voice", "too_slow", "interrupted_me", "unsafe", "other"
]
REASONS: tuple[Reason, ...] = get_args(Reason)

AgeBand = Literal["", "18-29", "30-39", "40-49", "50-59", "60-69", "70+"]
Gender = Literal["", "female", "male", "other"]
Variety = Literal["", "zezuru", "karanga", "manyika", "korekore", "ndau", "kalanga", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How contributors describe themselves, as far as they like; after Common Voice's questions."""

    age_band: AgeBand = ""
    gender: Gender = ""
    variety: Variety = ""
    """The variety of Shona that they grew up with."""
    first_language: str = ""
    """At most 40 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a contributor has agreed to."""

    version: int
    """Of the text that was shown."""
    language: Literal["sn", "en"]
    """In which it was shown."""
    licence: Licence
    """Under which what is given may be published."""
    text: bool
    """Ratings and texts may be kept."""
    voice: bool
    """Recordings may be kept, each only after it was sent by itself."""
    adult: bool
    """18 years or older, as they say; without it no recording is taken."""
    profile: Profile = field(default_factory=Profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """One turn of a conversation. It lives in memory, and is stored with a rating of somebody who consented."""

    conversation: str
    """A random name that the server gave to the socket's conversation; 32 hexadecimal digits."""
    number: int
    """Counts the conversation's turns from 1."""
    started_at: float
    """Seconds since 1970."""
    app_version: str
    models: dict[str, dict[str, str]]
    """Stage to `model` and `sha256`, the latter a checksum over those of its files."""
    settings: JsonObject
    """What matters for the result: language, mode, voice, speed, and so on."""
    transcript: str = ""
    reply: str = ""
    latency: dict[str, int | None] = field(default_factory=dict)
    """As in `turn.end`, milliseconds."""
    outcome: str = ""
    """`ended`, or why it was cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What somebody thinks of one turn."""

    verdict: Verdict = ""
    reasons: tuple[Reason, ...] = ()
    transcript: str = ""
    """What was really said, where it was heard wrong."""
    better_reply: str = ""
    comment: str = ""

    @property
    def empty(self) -> bool:
        """Whether it says nothing, which takes an earlier one back."""
        return self == Rating()
