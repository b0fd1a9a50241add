"""The tables of a dataset: flat rows, each column with its type and meaning. The card and the readers go by them."""

from dataclasses import dataclass, fields
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from inzwa.errors import FeedbackError

Row = TypeVar("Row")

Contributor = Annotated[str, "the contributor, a hash of their withdrawal code"]
Licence = Annotated[str, "under which this row may be used, as an SPDX identifier"]
Texts = Annotated[tuple[str, ...], "what is wrong: misheard, wrong_answer, bad_shona, unnatural_voice, too_slow, ..."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Who gave something, the consent that counts, and how they describe themselves."""

    contributor: Contributor
    created_at: Annotated[datetime, "when they first consented"]
    given_at: Annotated[datetime, "when they gave this consent, their latest"]
    version: Annotated[int, "of the text that they agreed to"]
    language: Annotated[str, "in which it was shown: sn or en"]
    licence: Licence
    text: Annotated[bool, "whether ratings and texts may be kept"]
    voice: Annotated[bool, "whether recordings may be kept"]
    adult: Annotated[bool, "whether they say that they are 18 or older"]
    age_band: Annotated[str, "18-29, 30-39, 40-49, 50-59, 60-69, 70+, or empty"]
    gender: Annotated[str, "female, male, other, or empty"]
    variety: Annotated[str, "of Shona that they grew up with: zezuru, karanga, manyika, korekore, ndau, ..., or empty"]
    first_language: Annotated[str, "in their words, or empty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What somebody thinks of one turn of their conversation, and the turn."""

    id: Annotated[str, "the turn's"]
    contributor: Contributor
    licence: Licence
    conversation: Annotated[str, "a random name"]
    turn: Annotated[int, "counts the conversation's turns from 1"]
    started_at: Annotated[datetime, "when the turn began"]
    rated: Annotated[bool, "false for a turn that only has a recording"]
    created_at: Annotated[datetime, "when it was first rated"]
    updated_at: Annotated[datetime, "when the rating was last changed"]
    verdict: Annotated[str, "up, down, or empty"]
    reasons: Texts
    transcript: Annotated[str, "what the recogniser wrote"]
    corrected_transcript: Annotated[str, "what was really said, where it was heard wrong"]
    reply: Annotated[str, "what Inzwa answered"]
    better_reply: Annotated[str, "what it should have answered"]
    comment: Annotated[str, "in the contributor's words"]
    outcome: Annotated[str, "ended, or why the turn was cancelled"]
    app_version: Annotated[str, "of Inzwa"]
    vad_model: Annotated[str, "voice activity detection"]
    vad_sha256: Annotated[str, "over that model's files"]
    asr_model: Annotated[str, "speech recognition"]
    asr_sha256: Annotated[str, "over that model's files"]
    llm_model: Annotated[str, "language model"]
    llm_sha256: Annotated[str, "over that model's files"]
    tts_model: Annotated[str, "voice"]
    tts_sha256: Annotated[str, "over that model's files"]
    asr_ms: Annotated[int | None, "milliseconds from the end of the user's speech to the transcript"]
    llm_first_token_ms: Annotated[int | None, "milliseconds from the transcript to the first token"]
    tts_first_audio_ms: Annotated[int | None, "milliseconds from the first phrase to its first sound"]
    first_audio_ms: Annotated[int | None, "milliseconds from the end of the user's speech to the first sound"]
    total_ms: Annotated[int | None, "milliseconds from the end of the user's speech to the last sound"]
    settings: Annotated[str, "those that matter for the result, a JSON object"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One item as one contributor judged it. A column that its kind of task does not have is null."""

    id: Annotated[str, "the task's"]
    contributor: Contributor
    licence: Licence
    item: Annotated[str, "the id in the table items"]
    kind: Annotated[str, "naturalness, comparison, transcript, reply, reading, review"]
    system: Annotated[str, "what made the item, where that is one system"]
    a: Annotated[str, "which of the item's sounds was played as A: sound, first, second; or empty"]
    b: Annotated[str, "which was played as B"]
    a_system: Annotated[str, "of a comparison: what made A"]
    b_system: Annotated[str, "of a comparison: what made B"]
    repeat: Annotated[bool, "given a second time to the same contributor, to see whether they agree with themselves"]
    skipped: Annotated[bool, "the contributor did not want to answer"]
    drawn_at: Annotated[datetime, "when it was given"]
    answered_at: Annotated[datetime | None, "when it was answered"]
    passed: Annotated[bool | None, "of an attention check: whether the answer was as expected"]
    naturalness: Annotated[int | None, "1 (bad) to 5 (excellent), after ITU-T P.808"]
    intelligibility: Annotated[int | None, "1 (nothing understood) to 5 (everything)"]
    choice: Annotated[str | None, "a, b or tie"]
    text: Annotated[str | None, "the transcript as it should be"]
    answers: Annotated[bool | None, "whether the reply answers the question"]
    shona: Annotated[int | None, "1 (bad Shona) to 5 (good Shona)"]
    safe: Annotated[bool | None, "whether the reply harms nobody"]
    right: Annotated[bool | None, "whether a text of Inzwa's is right as it is"]
    better: Annotated[str | None, "how it should be"]
    recording: Annotated[str | None, "the id in the table recordings, of a sentence read aloud"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What was judged."""

    id: Annotated[str, "the item's"]
    contributor: Annotated[str, "whose words or voice it holds, or empty"]
    kind: Annotated[str, "naturalness, comparison, transcript, reply, reading, review"]
    system: Annotated[str, "what made it, where that is one system"]
    first_system: Annotated[str, "of a comparison: what made the first"]
    second_system: Annotated[str, "of a comparison: what made the second"]
    sound: Annotated[str, "the sha256 of its sound file, or empty"]
    first: Annotated[str, "of a comparison: the sha256 of the first sound file"]
    second: Annotated[str, "of a comparison: the sha256 of the second sound file"]
    payload: Annotated[str, "all that it is made of, texts and sounds; a JSON object"]
    hidden: Annotated[str, "what the evaluator is not shown: which system made it, what a check expects; JSON"]
    active: Annotated[bool, "whether it is still given to evaluators"]
    created_at: Annotated[datetime, "when it was added"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recording: mono, 16,000 Hz, FLAC."""

    file_name: Annotated[str, "its sound file"]
    id: Annotated[str, "the recording's"]
    contributor: Contributor
    licence: Licence
    sha256: Annotated[str, "of the sound file"]
    kind: Annotated[str, "turn: said to Inzwa; reading: a sentence read aloud"]
    turn: Annotated[str, "the id in the table ratings, or empty"]
    item: Annotated[str, "the id in the table items, or empty"]
    text: Annotated[str, "what is said in it, as far as it is known"]
    verified: Annotated[bool, "whether a person read or corrected the text; else a recogniser wrote it"]
    language: Annotated[str, "sn, en or sw"]
    duration_ms: Annotated[int, "milliseconds"]
    size_bytes: Annotated[int, "of the sound file"]
    created_at: Annotated[datetime, "when it was contributed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A contributor who has withdrawn: drop what older copies of this dataset hold of them."""

    contributor: Contributor
    withdrawn_at: Annotated[datetime, "when"]


AnyRow = Consent | Rating | Judgement | Item | Recording | Withdrawal

TABLES: Final[dict[str, type[AnyRow]]] = {
    "ratings": Rating,
    "judgements": Judgement,
    "recordings": Recording,
    "items": Item,
    "consents": Consent,
    "withdrawn": Withdrawal,
}
"""Names of tables to their rows; the first that holds something is the one that is loaded by default."""

_DTYPES: Final = {str: "string", int: "int64", bool: "bool", datetime: "timestamp[us, tz=UTC]"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    dtype: str
    """As Arrow and `datasets` name it."""
    many: bool
    """Whether a row has a list of these."""
    meaning: str


def columns(table: type[AnyRow]) -> list[Column]:
    """The columns of a table, in order."""
    hints = get_type_hints(table, include_extras=True)
    return [_column(field.name, *get_args(hints[field.name])) for field in fields(table)]


def _column(name: str, kind: Any, meaning: str) -> Column:
    many = get_origin(kind) is tuple
    plain = get_args(kind)[0] if many or isinstance(kind, UnionType) else kind
    return Column(name, _DTYPES[plain], many, meaning)


def to_jsonl(rows: tuple[AnyRow, ...]) -> bytes:
    """A JSON object a line, in UTF-8."""
    return b"".join(TypeAdapter(type(row)).dump_json(row) + b"\n" for row in rows)


def from_jsonl(table: type[Row], content: bytes) -> tuple[Row, ...]:
    """The rows again. FeedbackError for what is none; unknown columns are left out."""
    reads = TypeAdapter(table)
    try:
        return tuple(reads.validate_json(line) for line in content.splitlines() if line)
    except ValidationError as error:
        where = error.errors(include_input=False, include_url=False)[0]
        raise FeedbackError(
            f"{table.__name__}: a row is not as it should be ({where['loc']}: {where['type']})"
        ) from None
