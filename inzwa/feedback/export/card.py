"""The data card: README.md of a dataset, whose head tells `datasets` and the Hub which tables there are."""

from collections.abc import Iterator, Mapping
from typing import Final

from inzwa.feedback.export.summary import FEWEST, Summary
from inzwa.feedback.export.tables import TABLES, Column, columns

LICENCES: Final = {"CC0-1.0": "cc0-1.0", "CC-BY-4.0": "cc-by-4.0"}
"""SPDX identifiers as the Hub names them."""
SOUND: Final = Column("audio", "audio", many=False, meaning="the sound: mono, 16,000 Hz, FLAC")

_MEANINGS: Final = {
    "ratings": "What contributors think of turns of their own conversations with Inzwa, and what those turns were.",
    "judgements": "Answers to tasks: voices, replies and texts, judged without knowing what made them.",
    "recordings": "Recordings, each sent by itself with consent for its voice.",
    "items": "What was judged. A sound is `clips/<sha256>.flac`, or a recording of that sha256.",
    "consents": "One line for each contributor: what they agreed to, and how they describe themselves.",
    "withdrawn": "Contributors who have withdrawn. Delete what older copies hold of them.",
}
_TITLES: Final = {
    "age_band": "Age",
    "gender": "Gender",
    "variety": "Variety of Shona",
    "first_language": "First language",
}

_TEXT: Final = """
# What evaluators of Inzwa gave

Inzwa is a voice assistant that speaks Shona. People who talked to it rated its turns, corrected what it heard, judged
voices and replies, and contributed recordings. Everything here is covered by its contributor's consent.

{about}## Licence

{licences}
* The column `licence` has that of each row.

## Who was asked

{contributors} contributors. They describe themselves as they like; what fewer than {fewest} say of themselves is not
shown, as in Common Voice. Empty: they did not say.

{descriptions}

## Limits

* {phones} phone numbers and {mails} e-mail addresses were replaced in texts. Names, postal addresses and
  numbers said in words are not found, and recordings are as they were said.
* Contributors chose to take part: they stand for themselves, not for all who speak Shona.
* Every `transcript` in ratings, and the text of a recording that is not `verified`, was written by a recogniser.
* Recordings: {hours} hours.

## Withdrawal

A contributor can withdraw at any time with the code that they were shown: on Inzwa's page, or with
`python -m inzwa feedback withdraw CODE`. The table `withdrawn` then names the contributor's id; whoever has a copy of
this dataset is asked to delete that contributor's rows and recordings from it. There is no way from an id to a person:
it is a hash of a random code that nobody but the contributor has.

## Tables"""


def card(summary: Summary, files: Mapping[str, str], *, sound_column: bool, about: str = "") -> str:
    """The whole of README.md.

    `files` has for each table that can be loaded a pattern of its files. With `sound_column` a recording's row holds
    its sound in place of the file's name. `about` says where the files are.
    """
    shown = {name: path for name, path in files.items() if summary.rows[name]}
    parts = ["---", *_head(summary, shown, sound_column=sound_column), "---", _text(summary, about)]
    for name in TABLES:
        if summary.rows[name]:
            sound = sound_column and name == "recordings"
            parts += ["", f"### {name}: {summary.rows[name]:,} rows", "", _MEANINGS[name], ""]
            parts += ["| column | type | meaning |", "|---|---|---|"]
            parts += [_line(column) for column in _columns(name, sound_column=sound)]
    return "\n".join(parts) + "\n"


def _columns(name: str, *, sound_column: bool) -> list[Column]:
    found = columns(TABLES[name])
    return [SOUND, *(column for column in found if column.name != "file_name")] if sound_column else found


def _head(summary: Summary, files: Mapping[str, str], *, sound_column: bool) -> Iterator[str]:
    licences = sorted(LICENCES.get(name, "other") for name in summary.licences) or ["cc0-1.0"]
    yield "license:" if len(licences) > 1 else f"license: {licences[0]}"
    yield from (f"- {name}" for name in licences if len(licences) > 1)
    yield from ("language:", "- sn", "pretty_name: Inzwa feedback", "tags:", "- inzwa", "- shona", "- evaluation")
    yield "configs:" if files else "configs: []"
    for at, (name, path) in enumerate(files.items()):
        yield from (f"- config_name: {name}", "  data_files:", "  - split: train", f'    path: "{path}"')
        yield from ("  default: true",) if at == 0 else ()
    yield "dataset_info:" if files else "dataset_info: []"
    for name in files:
        yield from (f"- config_name: {name}", "  features:")
        for column in _columns(name, sound_column=sound_column and name == "recordings"):
            yield f"  - name: {column.name}"
            yield f"    {'list' if column.many else 'dtype'}: {column.dtype}"


def _text(summary: Summary, about: str) -> str:
    return _TEXT.format(
        about=f"{about}\n\n" if about else "",
        licences="\n".join(f"* {name}: {count:,} contributors" for name, count in sorted(summary.licences.items())),
        contributors=f"{summary.rows['consents']:,}",
        fewest=FEWEST,
        descriptions="\n".join(f"* {title}: {_described(summary, column)}" for column, title in _TITLES.items()),
        phones=f"{summary.details.phone_numbers:,}",
        mails=f"{summary.details.mail_addresses:,}",
        hours=f"{summary.sound_ms / 3_600_000:.2f}",
    )


def _described(summary: Summary, column: str) -> str:
    counts = summary.descriptions[column]
    shown = [(value, count) for value, count in counts.most_common() if count >= FEWEST]
    rest = counts.total() - sum(count for _, count in shown)
    parts = [f"{value or '(empty)'} {count:,}" for value, count in shown]
    return ", ".join([*parts, *([f"not shown {rest:,}"] if rest else [])]) or "nobody yet"


def _line(column: Column) -> str:
    kind = f"list of {column.dtype}" if column.many else column.dtype
    return f"| {column.name} | {kind} | {column.meaning} |"
