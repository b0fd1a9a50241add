"""The machine within a container's limits."""

from pathlib import Path

import pytest

from inzwa.hardware.machine import graphics_processor, this_machine


def test_a_machine_without_a_container_has_what_the_kernel_says(tmp_path: Path) -> None:
    machine = this_machine(tmp_path)
    assert machine.cores >= 1
    assert machine.memory_mib > 0
    assert not machine.hub


@pytest.mark.parametrize(("quota", "cores"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", None)])
def test_a_container_leaves_so_many_cores(tmp_path: Path, quota: str, cores: int | None) -> None:
    (tmp_path / "cpu.max").write_text(quota + "\n")
    assert this_machine(tmp_path).cores == (cores or this_machine(tmp_path / "none").cores)


@pytest.mark.parametrize(("limit", "memory_mib"), [(str(64 << 20), 64), ("max", None)])
def test_a_container_leaves_so_much_memory(tmp_path: Path, limit: str, memory_mib: int | None) -> None:
    (tmp_path / "memory.max").write_text(limit + "\n")
    assert this_machine(tmp_path).memory_mib == (memory_mib or this_machine(tmp_path / "none").memory_mib)


def test_a_graphics_processor_is_named_by_its_driver(tmp_path: Path) -> None:
    card = tmp_path / "0000:00:04.0"
    card.mkdir()
    (card / "information").write_text("Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 11\n")
    assert graphics_processor(tmp_path, tmp_path / "kfd") == "NVIDIA H100 80GB HBM3"


def test_one_without_a_name_is_still_seen_and_none_is_nothing(tmp_path: Path) -> None:
    assert graphics_processor(tmp_path, tmp_path / "kfd") == ""
    (tmp_path / "kfd").touch()
    assert graphics_processor(tmp_path, tmp_path / "kfd") == "an AMD card"
