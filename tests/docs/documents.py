"""README.md and docs/: their fenced blocks, the commands in those, and their links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "README.md"
DOCUMENTS: Final = (README, *sorted((ROOT / "docs").glob("*.md")))

_FENCED: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT: Final = re.compile(r"(^|\s+)#\s.*$")
_INLINE: Final = re.compile(r"`((?:make|pip|python3?) [^`\n]+)`")
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
_HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block."""

    document: Path
    line: int
    """Of its opening fence, from 1."""
    language: str
    """What stands behind the fence; empty for none."""
    text: str

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


def blocks(*languages: str) -> list[Block]:
    """The blocks of all documents in these languages; every block when none is named."""
    return [block for path in DOCUMENTS for block in _blocks(path) if not languages or block.language in languages]


def commands(block: Block) -> list[str]:
    """The commands of a shell block, each on one line, without comments."""
    joined = block.text.replace("\\\n", " ")
    lines = (" ".join(_COMMENT.sub("", line).split()) for line in joined.splitlines())
    return [line for line in lines if line]


def prose(document: Path) -> str:
    """A document without its fenced blocks."""
    return _FENCED.sub("", document.read_text(encoding="utf-8"))


def inline_commands(document: Path) -> list[str]:
    """The commands within sentences and tables, but those with something to fill in (STAGE, VARIABLE=)."""
    return [
        command for command in _INLINE.findall(prose(document)) if not re.search(r"(?<!\S)[A-Z_]+=?(?!\S)", command)
    ]


def links(document: Path) -> list[str]:
    """What a document links to or shows, as it is written."""
    return [link or source for link, source in _LINK.findall(prose(document))]


def anchors(document: Path) -> set[str]:
    """The names that headings have in a link, as GitHub and the Hub make them."""
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in _HEADING.findall(prose(document))}


def _blocks(document: Path) -> Iterator[Block]:
    text = document.read_text(encoding="utf-8")
    for found in _FENCED.finditer(text):
        yield Block(document, text.count("\n", 0, found.start()) + 1, found[1], found[2])
