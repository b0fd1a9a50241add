"""The browser's ES modules joined into one script: each keeps a scope of its own and runs after those that it imports.

It knows the forms that assets/ is written in, and refuses every other: `import { a, b as c } from "./x.js"`; `export`
before const, function and class; `export { a }`. A script that is loaded later, `new URL("./x.js", import.meta.url)`,
becomes a bundle of its own, which the first one names.
"""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

_STRING: Final = r'"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])*'" + r"|`(?:\\.|[^`\\])*`"

_PATTERN: Final = r"(?:[(,=:\[!&|?{};]|\breturn)\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/"
"""A regular expression: a slash where a value begins."""

_COMMENT: Final = re.compile(rf"({_STRING}|{_PATTERN})|//[^\n]*|/\*.*?\*/", re.DOTALL)

_IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)"; *$', re.MULTILINE)

_EXPORT: Final = re.compile(r"^export (?=(?:const|(?:async )?function\*?|class) ([\w$]+))", re.MULTILINE)

_EXPORT_LIST: Final = re.compile(r"^export \{([\w$,\s]*)\}; *$", re.MULTILINE)

_LATER: Final = re.compile(r'new URL\("(\.{1,2}/[^"]+)", import\.meta\.url\)')

_UNKNOWN: Final = re.compile(r"^(?:import|export|await)\b.*$|^.*\bimport\s*[.(].*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """A file of its own for the browser."""

    name: str
    """`light-page-0123456789ab.js`: another text has another name."""
    text: str


def hashed_name(name: str, content: bytes) -> str:
    """The file's name with the start of its sha256 before the suffix, so that it may be cached for ever."""
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}-{sha256(content).hexdigest()[:12]}{dot}{suffix}"


def bundle(entry: Path) -> tuple[Script, ...]:
    """The script of this module and all that it imports, then those that it loads later. ValueError names the file and
    the line that is written in another form, and modules that import each other."""
    graph = _Graph()
    exported = graph.add(entry.resolve())
    last = f"export const {{ {', '.join(exported)} }} = {graph.variable(entry.resolve())};\n" if exported else ""
    text = "\n".join(graph.scopes) + last
    return (Script(hashed_name(entry.name, text.encode()), text), *graph.later.values())


@dataclass(slots=True)
class _Graph:
    """Modules in the order in which they run."""

    scopes: list[str] = field(default_factory=list)
    later: dict[Path, Script] = field(default_factory=dict)
    _exports: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    _open: list[Path] = field(default_factory=list)

    def add(self, path: Path) -> tuple[str, ...]:
        """The names that a module exports, once it and its imports stand in the order."""
        if path in self._open:
            raise ValueError(f"Modules import each other: {' -> '.join(each.name for each in [*self._open, path])}.")
        if path not in self._exports:
            self._open.append(path)
            code, names = self._translated(path, _without_comments(path.read_text(encoding="utf-8")))
            self._open.pop()
            self._exports[path] = names
            self.scopes.append(
                f"const {self.variable(path)} = (() => {{\n{code.strip()}\nreturn {{ {', '.join(names)} }};\n}})();\n"
            )
        return self._exports[path]

    def variable(self, path: Path) -> str:
        """What holds that module's exports."""
        return f"$module{[*self._exports].index(path)}"

    def _translated(self, path: Path, code: str) -> tuple[str, tuple[str, ...]]:
        """The module as the body of a function, and the names that it returns."""
        names = (*_EXPORT.findall(code), *(name for listed in _EXPORT_LIST.findall(code) for name in _names(listed)))
        code = _IMPORT.sub(lambda found: self._imported(path, found[1], found[2]), code)
        code = _EXPORT_LIST.sub("", _EXPORT.sub("", code))
        if unknown := _UNKNOWN.search(_LATER.sub("", code)):
            raise ValueError(f"{path.name}: the bundler does not know this form: {unknown[0].strip()}")
        return _LATER.sub(lambda found: self._loaded_later(path, found[1]), code), names

    def _imported(self, path: Path, listed: str, target: str) -> str:
        found = (path.parent / target).resolve()
        exported = self.add(found)
        for name in _names(listed):
            if name.split(" as ")[0].strip() not in exported:
                raise ValueError(f"{path.name} imports {name}, which {found.name} does not export.")
        names = ", ".join(name.replace(" as ", ": ") for name in _names(listed))
        return f"const {{ {names} }} = {self.variable(found)};"

    def _loaded_later(self, path: Path, target: str) -> str:
        found = (path.parent / target).resolve()
        script, *others = bundle(found)
        if others:
            raise ValueError(f"{found.name} is loaded later and loads {others[0].name} later still.")
        self.later[found] = script
        return f'new URL("./{script.name}", import.meta.url)'


def _names(listed: str) -> list[str]:
    return [" ".join(name.split()) for name in listed.split(",") if name.strip()]


def _without_comments(code: str) -> str:
    return _COMMENT.sub(lambda found: found[1] or ("\n" if "\n" in found[0] else " "), code)
