"""The parts of docs/ that are made from the code. `python -m tests.docs.generated` writes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from inzwa.server.http.protocol_page import protocol_markdown
from inzwa.settings import load_settings, setting_lines
from tests.docs.documents import ROOT

START: Final = "<!-- made by python -m tests.docs.generated from {} -->\n"
END: Final = "<!-- /made -->"


def settings_table() -> str:
    """Every setting."""
    rows = ["| variable | default | takes | meaning |\n|---|---|---|---|\n"]
    for line in setting_lines(load_settings({})):
        value = f"`{line.value}`" if line.value else ""
        rows.append(f"| `{line.variable}` | {value} | {line.allowed} | {line.meaning} |\n")
    return "".join(rows)


def protocol_reference() -> str:
    """Every message, below a heading of the document."""
    _title, _, body = protocol_markdown().partition("\n")
    return body.replace("\n## ", "\n### ").replace("\n### `", "\n#### `").lstrip("\n")


PARTS: Final[dict[Path, tuple[str, Callable[[], str]]]] = {
    ROOT / "docs" / "settings.md": ("inzwa/settings/model.py", settings_table),
    ROOT / "docs" / "protocol.md": ("inzwa/events", protocol_reference),
}
"""A document to what its part is made from, and by which function."""


def renewed(document: Path) -> str:
    """The document's text with its part made anew."""
    source, make = PARTS[document]
    before, rest = document.read_text(encoding="utf-8").split(START.format(source))
    return before + START.format(source) + make() + END + rest.split(END)[1]


if __name__ == "__main__":
    for path in PARTS:
        path.write_text(renewed(path), encoding="utf-8")
