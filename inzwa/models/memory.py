"""Whether there is memory for one more model beside what runs already."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from inzwa.errors import NoMemory
from inzwa.hardware.machine import GROUP, MIB
from inzwa.models.catalogue import Entry
from inzwa.protocols import FileInfo

MEMINFO: Final = Path("/proc/meminfo")
KIB: Final = 1 << 10


def free_memory_mib(group: Path = GROUP, meminfo: Path = MEMINFO) -> int:
    """Mebibytes that are free by the kernel and a container's limits; pages that only cache files count as free."""
    free = _value(meminfo, "MemAvailable:") * KIB
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        limit = int((group / "memory.max").read_text())
        used = int((group / "memory.current").read_text()) - _value(group / "memory.stat", "inactive_file")
        free = min(free, limit - used)
    return max(0, free) // MIB


def require_memory(entry: Entry, free_mib: int, files: Sequence[FileInfo] = ()) -> None:
    """NoMemory unless the model fits: by what the catalogue says, else by its files, which is the least it takes."""
    needed_mib = entry.memory_mib or sum(file.size for file in files) // MIB
    if needed_mib > free_mib:
        raise NoMemory(
            f"{entry.name} needs {needed_mib} MiB beside the model that serves, and {free_mib} MiB are free; wait for "
            "conversations to end, or name it in the settings and start Inzwa anew"
        )


def _value(table: Path, name: str) -> int:
    """The number in the line that begins with this name; 0 where there is none."""
    for line in table.read_text().splitlines():
        match line.split():
            case [first, value, *_] if first == name:
                return int(value)
    return 0
