"""The processor of this machine: its name, architecture and instruction sets, as the kernel reports them."""

import hashlib
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CPU_FACTS: Final = Path("/proc/cpuinfo")
RUNNABLE: Final = Path("/proc/loadavg")

BASELINE: Final = {"x86_64": ("avx2", "fma", "f16c", "bmi2")}
"""What requirements.txt has llama.cpp built for, by kind of processor: Intel since Haswell, AMD since Excavator and
Zen. A 64-bit ARM needs nothing beyond what all have."""

_SHOWN: Final = ("avx2", "fma", "f16c", "bmi2", "avx512", "avx_vnni", "amx", "asimddp", "i8mm", "sve")


@dataclass(frozen=True, slots=True)
class Processor:
    """One kind of processor."""

    architecture: str
    """As `uname -m` has it: x86_64, aarch64."""
    name: str
    features: frozenset[str]
    """Instruction sets, as the kernel spells them; empty where it reports none."""

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits for architecture and features: processors with one key can run the same builds."""
        facts = " ".join((self.architecture, *sorted(self.features)))
        return hashlib.sha256(facts.encode()).hexdigest()[:16]

    @property
    def missing(self) -> tuple[str, ...]:
        """What the portable llama.cpp needs and this processor lacks, as far as the kernel reports it."""
        if not self.features:
            return ()
        return tuple(name for name in BASELINE.get(self.architecture, ()) if name not in self.features)

    def __str__(self) -> str:
        """Name and the instruction sets that matter here, for a sentence."""
        known = sorted(name for name in self.features if name.startswith(_SHOWN))
        return f"{self.name or self.architecture} ({' '.join(known) or 'instruction sets unknown'})"


def this_processor(facts: Path = CPU_FACTS) -> Processor:
    """The first one that the kernel lists."""
    text = facts.read_text(encoding="utf-8", errors="replace") if facts.exists() else ""
    lines = [(key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in text.splitlines())]
    first = dict(reversed(lines))
    features = first.get("flags") or first.get("Features") or ""
    return Processor(platform.machine(), first.get("model name", ""), frozenset(features.split()))


def free_cores(cores: int, table: Path = RUNNABLE) -> int:
    """How many of the cores nothing but the calling thread wants at this moment; at least 1.

    The kernel counts who is ready to run, other programs and other threads of ours among them. Takes 10 microseconds.
    """
    try:
        runnable = int(table.read_text(encoding="ascii").split()[3].partition("/")[0])
    except (OSError, ValueError, IndexError):  # not Linux
        return cores
    return max(1, cores - max(0, runnable - 1))


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
