"""Whether one more model fits: by free memory, a container's limit, and the catalogue or the sizes of the files."""

from dataclasses import replace
from pathlib import Path

import pytest

from inzwa.errors import NoMemory
from inzwa.models.catalogue import load_catalogue
from inzwa.models.memory import free_memory_mib, require_memory
from inzwa.protocols import FileInfo

SMALL = load_catalogue()["smollm2-135m"]


def machine(folder: Path, **files: str) -> tuple[Path, Path]:
    """A group and a meminfo in this folder: 8 GiB are available."""
    (folder / "meminfo").write_text("MemTotal: 16777216 kB\nMemAvailable:    8388608 kB\n")
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder, folder / "meminfo"


def test_the_kernel_says_what_is_available(tmp_path: Path) -> None:
    assert free_memory_mib(*machine(tmp_path)) == 8192


def test_a_container_leaves_less_and_what_only_caches_files_counts_as_free(tmp_path: Path) -> None:
    limits = {
        "memory_max": str(1000 << 20),
        "memory_current": str(900 << 20),
        "memory_stat": f"anon 5\ninactive_file {300 << 20}\n",
    }
    assert free_memory_mib(*machine(tmp_path, **limits)) == 400


def test_a_container_without_a_limit_has_what_the_machine_has(tmp_path: Path) -> None:
    assert free_memory_mib(*machine(tmp_path, memory_max="max\n")) == 8192


def test_a_container_beyond_its_limit_has_nothing(tmp_path: Path) -> None:
    limits = {"memory_max": "5", "memory_current": "9", "memory_stat": ""}
    assert free_memory_mib(*machine(tmp_path, **limits)) == 0


def test_this_machine_has_some() -> None:
    assert free_memory_mib() > 0


def test_what_does_not_fit_is_refused_with_both_figures() -> None:
    require_memory(SMALL, 200)
    with pytest.raises(NoMemory, match=r"smollm2-135m needs 200 MiB .*, and 199 MiB are free"):
        require_memory(SMALL, 199)


def test_a_model_of_unknown_memory_needs_at_least_the_size_of_its_files() -> None:
    unknown = replace(SMALL, memory_mib=0)
    require_memory(unknown, 0)
    with pytest.raises(NoMemory, match="needs 3 MiB"):
        require_memory(unknown, 2, (FileInfo("a.gguf", 3 << 20, ""),))
