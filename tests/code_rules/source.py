"""Python files as syntax trees with their names resolved. Runs none of them."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One broken rule, printed as an editor can open it."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, as written."""

    target: str
    """The dotted name: `inzwa.audio.pcm.Sound` for `from inzwa.audio.pcm import Sound`."""
    line: int
    late: bool
    """Whether it stands inside a function or a class."""


@dataclass(frozen=True)
class Source:
    """One module: its name, its text and its tree."""

    path: str
    """Relative to the repository."""
    text: str

    @property
    def module(self) -> str:
        """The dotted name: `inzwa.engines.asr.whisper`, `inzwa.engines.asr` for its `__init__`, `app`."""
        parts = list(Path(self.path).with_suffix("").parts)
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import, wherever it stands."""
        return tuple(found for node, late in _with_depth(self.tree) for found in self._imported(node, late))

    @cached_property
    def names(self) -> dict[str, str]:
        """Local name to the dotted name that it stands for."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.asname or alias.name.split(".")[0]: _bound(alias) for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                package = self._package(node)
                found |= {alias.asname or alias.name: f"{package}.{alias.name}" for alias in node.names}
        return found

    @cached_property
    def constants(self) -> dict[str, int]:
        """Whole numbers bound once, at the top level."""
        bound = [pair for node in self.tree.body for pair in _assigned(node)]
        names = [name for name, _ in bound]
        return {
            name: value.value
            for name, value in bound
            if isinstance(value, ast.Constant) and type(value.value) is int and names.count(name) == 1
        }

    def violation(self, node: ast.AST | int, what: str) -> Violation:
        return Violation(self.path, node if isinstance(node, int) else node.lineno, what)

    def resolve(self, node: ast.AST) -> str:
        """The dotted name behind an expression, `asyncio.Queue` for `aio.Queue[int]`; empty where there is none."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.resolve(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return self.resolve(node.value) if isinstance(node, ast.Subscript) else ""

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def functions(self) -> Iterator[FunctionNode]:
        return (node for node in ast.walk(self.tree) if isinstance(node, FunctionNode))

    def place(self, node: ast.AST) -> str:
        """Where a node stands: `inzwa.engines.worker:Worker.run`, `inzwa.engines.worker` outside every definition."""
        inside = [
            outer.name
            for outer in ast.walk(self.tree)
            if isinstance(outer, FunctionNode | ast.ClassDef) and any(inner is node for inner in ast.walk(outer))
        ]
        return ":".join([self.module, ".".join(inside)]) if inside else self.module

    def _package(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = Path(self.path).parent.parts
        return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])

    def _imported(self, node: ast.AST, late: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = self._package(node)
            yield from (Import(f"{package}.{alias.name}", node.lineno, late) for alias in node.names)


@dataclass(frozen=True)
class CodeBase:
    """Every module that is checked together."""

    sources: tuple[Source, ...]
    modules: dict[str, Source] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "modules", {source.module: source for source in self.sources})

    @classmethod
    def at(cls, root: Path, *folders: str) -> Self:
        """The Python files under these folders (or these files) of a repository."""
        found = (path for folder in folders for path in _python_files(root / folder))
        return cls(tuple(Source(path.relative_to(root).as_posix(), path.read_text("utf-8")) for path in found))

    def module_of(self, target: str) -> str:
        """The module that an imported name comes from: the longest beginning that is one; empty for strangers."""
        parts = target.split(".")
        names = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
        return next((name for name in names if name in self.modules), "")

    def number(self, source: Source, node: ast.AST | None) -> int | None:
        """A literal's or a constant's value, the constant looked up where it was bound; None for anything else."""
        if isinstance(node, ast.Constant):
            return node.value if type(node.value) is int else None
        target = source.resolve(node) if node is not None else ""
        if target in source.constants:
            return source.constants[target]
        home, _, name = target.rpartition(".")
        return self.modules[home].constants.get(name) if home in self.modules else None


def _python_files(path: Path) -> Iterable[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else filter(Path.exists, [path])


def _bound(alias: ast.alias) -> str:
    return alias.name if alias.asname else alias.name.split(".")[0]


def _assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node.value if isinstance(node, ast.AnnAssign) else None


def _with_depth(tree: ast.AST, late: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(tree):
        yield child, late
        yield from _with_depth(child, late or isinstance(child, FunctionNode | ast.ClassDef | ast.Lambda))
