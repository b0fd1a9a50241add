"""Gradio's import without the type stubs that it writes for editors: for each component it parses, every time, the
component's source and a .pyi file beside it, which is half of what its import takes."""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Final

MODULE: Final = "gradio.component_meta"
WRITER: Final = "create_or_modify_pyi"


class _WithoutWriter(Loader):
    """Loads the module, then takes the function out that writes stubs."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        if hasattr(module, WRITER):
            setattr(module, WRITER, lambda *_: None)


class _Finder(MetaPathFinder):
    """Finds that one module."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = PathFinder.find_spec(fullname, path, target) if fullname == MODULE else None
        if found is not None and found.loader is not None:
            found.loader = _WithoutWriter(found.loader)
        return found


def skip_stubs() -> None:
    """From now on, unless Gradio is imported already."""
    if MODULE not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
