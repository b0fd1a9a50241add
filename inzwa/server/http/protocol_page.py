"""The description of /ws/audio, made from inzwa/events: its classes, its fields and the string under each."""

import ast
import html
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from itertools import zip_longest
from types import ModuleType
from typing import ClassVar, Final, Protocol, get_args

from inzwa import events

PREAMBLE: Final = """\
# The protocol of /ws/audio

Text frames hold one JSON object each, told apart by `type`. Binary frames from the client are the microphone's sound,
20 to 40 ms each; binary frames from the server are the sound of the turn and phrase announced by the last `tts.start`.
The first message is `start`; the server answers `ready`. Times are milliseconds from the session's first audio sample.
A wrong message is answered by `error`, and the session goes on. Close codes: 1000 after a hang-up, 1001 when the server
stops or the session's time is up, 1008 for a client that is refused, 1013 for one that may try again later.
This page is made from `inzwa/events`.
"""


class _Event(Protocol):
    type: ClassVar[str]


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    kind: str
    meaning: str


def protocol_markdown() -> str:
    """The description as Markdown, always the same."""
    parts = [PREAMBLE]
    for title, union in (("From the client", events.ClientEvent), ("From the server", events.ServerEvent)):
        parts.append(f"\n## {title}\n")
        parts += [_section(each) for each in get_args(union) if hasattr(each, "type")]
    return "".join(parts)


def protocol_html() -> str:
    """The same as a page that needs no script."""
    body = html.escape(protocol_markdown())
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Inzwa: /ws/audio</title>'
        '<meta name="viewport" content="width=device-width"><style>body{max-width:60rem;margin:2rem auto;'
        "padding:0 1rem}pre{white-space:pre-wrap;font:15px/1.5 ui-monospace,monospace}</style>"
        f"<pre>{body}</pre></html>"
    )


def _section(event: type[_Event]) -> str:
    """One message: what it is, and a table of its fields, those of its base classes first."""
    lines = [f"\n### `{event.type}`\n\n{inspect.getdoc(event) or ''}\n"]
    if fields := [field for owner in reversed(event.__mro__[:-1]) for field in _fields(owner)]:
        lines.append("\n| field | type | meaning |\n|---|---|---|\n")
        lines += [f"| `{each.name}` | `{each.kind}` | {each.meaning} |\n" for each in fields]
    return "".join(lines)


def _fields(owner: type[object]) -> Iterator[_Field]:
    """The annotated fields of one class body, each with the string that follows it."""
    [definition] = ast.parse(inspect.getsource(owner)).body
    module = inspect.getmodule(owner)
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    for line, after in zip_longest(body, body[1:]):
        if isinstance(line, ast.AnnAssign) and "ClassVar" not in ast.unparse(line.annotation):
            name, inner = ast.unparse(line.target), getattr(module, ast.unparse(line.annotation), None)
            yield _Field(name, _kind(line.annotation, module), _string(after))
            if isinstance(inner, type) and is_dataclass(inner):
                yield from (_Field(f"{name}.{each.name}", each.kind, each.meaning) for each in _fields(inner))


def _kind(annotation: ast.expr, module: ModuleType | None) -> str:
    """A type, as it is named in `module`, as JSON has it: a name for several strings is spelt out."""
    names = [name.strip() for name in ast.unparse(annotation).split("|")]
    spelt = [" or ".join(map(repr, get_args(getattr(module, name, None)))) or name for name in names]
    return " or ".join("object" if is_dataclass(getattr(module, name, None)) else name for name in spelt)


def _string(line: ast.stmt | None) -> str:
    """The text of a line that is a string alone, fit for a table's cell; else empty."""
    if isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
        return " ".join(str(line.value.value).replace("|", "or").split())
    return ""
