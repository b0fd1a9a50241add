"""What this machine has for models: cores, memory and graphics processors, by the kernel and a container's limits."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inzwa.hardware.processor import usable_cores

GROUP: Final = Path("/sys/fs/cgroup")
NVIDIA: Final = Path("/proc/driver/nvidia/gpus")
AMD: Final = Path("/dev/kfd")
MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides which models are worth trying."""

    cores: int
    """That this process may use, rounded up to one."""
    memory_mib: int
    """Mebibytes in all, used ones among them."""
    hub: bool = False
    """Whether the Hugging Face Hub answers."""
    here: frozenset[str] = frozenset()
    """Names of models that are in a cache: they need no network."""
    whisper_cpp: bool = False
    """Whether whisper.cpp is installed, which runs where CTranslate2 does not."""
    gpu: str = ""
    """The graphics processor; empty where there is none. It decides nothing: the packages that Inzwa installs run on
    the CPU."""


def this_machine(group: Path = GROUP) -> Machine:
    """Cores and memory, or what a container leaves of them."""
    cores, memory = usable_cores(), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        memory = min(memory, int((group / "memory.max").read_text()))
    with contextlib.suppress(OSError, ValueError):
        quota_us, period_us = map(int, (group / "cpu.max").read_text().split())
        cores = min(cores, max(1, quota_us // period_us))
    return Machine(cores, memory // MIB, gpu=graphics_processor())


def graphics_processor(nvidia: Path = NVIDIA, amd: Path = AMD) -> str:
    """The name of the first one that its driver shows; empty where there is none."""
    for card in sorted(nvidia.glob("*/information")):
        with contextlib.suppress(OSError):
            for line in card.read_text(errors="replace").splitlines():
                key, _, value = line.partition(":")
                if key.strip() == "Model":
                    return value.strip()
    return "an AMD card" if amd.exists() else ""
