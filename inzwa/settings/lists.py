"""Lists in settings: words between commas, or a file with one a line."""

from functools import cache
from pathlib import Path


def between_commas(text: str) -> tuple[str, ...]:
    """What stands between commas, stripped; nothing for what is empty."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


@cache
def lines_of(path: Path) -> tuple[str, ...]:
    """A file's lines without comments (from # on) and empty ones; read once. ValueError where it is no text."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(str(error)) from None
    return tuple(line for line in (line.partition("#")[0].strip() for line in text.splitlines()) if line)


def with_lines(path: Path) -> Path:
    """The path itself. ValueError where its lines cannot be read."""
    lines_of(path)
    return path
