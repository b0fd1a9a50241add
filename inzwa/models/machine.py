"""What this machine has for models: cores and memory, as the kernel and a container's limits tell. Knows no model."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

GROUP: Final = Path("/sys/fs/cgroup")
MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides which models are worth trying."""

    cores: int
    """That this process may use; a part of one counts as one."""
    memory_mib: int
    """Mebibytes in all, of which others use some."""
    hub: bool = False
    """Whether the Hugging Face Hub answers."""
    here: frozenset[str] = frozenset()
    """Models that need no network any more."""


def this_machine(group: Path = GROUP) -> Machine:
    """Cores and memory, or what a container leaves of them."""
    cores, memory = len(os.sched_getaffinity(0)), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        memory = min(memory, int((group / "memory.max").read_text()))
    with contextlib.suppress(OSError, ValueError):
        quota_us, period_us = map(int, (group / "cpu.max").read_text().split())
        cores = min(cores, max(1, quota_us // period_us))
    return Machine(cores, memory // MIB)
