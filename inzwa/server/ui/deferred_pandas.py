"""pandas, imported once something of it is used. Gradio imports it for tables and caches, of which Inzwa's page has
none; it takes 30 MB, with pyarrow beside it 60, and a good part of a second of the start."""

import sys
from importlib.util import find_spec
from threading import Lock
from types import ModuleType
from typing import Any, Final

NAME: Final = "pandas"
PROBES: Final = ("__file__", "NA")
"""What `inspect` asks every module for, and rapidfuzz asks pandas, without using any more of it."""


class DeferredPandas(ModuleType):
    """What `import pandas` gives until then."""

    def __init__(self) -> None:
        super().__init__(NAME)
        self.__spec__ = find_spec(NAME)
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        if name in PROBES:
            raise AttributeError(name)
        with self._lock:
            if sys.modules.get(NAME) is self:
                del sys.modules[NAME]
        import pandas

        return getattr(pandas, name)


def defer_pandas() -> None:
    """From now on, unless it is imported already or not installed."""
    if NAME not in sys.modules and find_spec(NAME):
        sys.modules[NAME] = DeferredPandas()
