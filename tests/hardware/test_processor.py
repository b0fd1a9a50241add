"""The processor, as the kernel reports it."""

import platform

import pytest

from inzwa.hardware.processor import BASELINE, Processor, free_cores, this_processor, usable_cores

X86 = """processor\t: 0
model name\t: Intel(R) Xeon(R) Platinum 8488C
flags\t\t: fpu sse4_2 avx avx2 bmi2 f16c fma amx_tile

processor\t: 1
model name\t: another
flags\t\t: fpu
"""
ARM = "processor\t: 0\nFeatures\t: fp asimd asimddp\nCPU implementer\t: 0x41\n"


@pytest.fixture
def table(tmp_path):
    def write(text: str) -> Processor:
        file = tmp_path / "cpuinfo"
        file.write_text(text)
        return this_processor(file)

    return write


def test_the_first_processor_of_the_table_is_read(table):
    found = table(X86)
    assert found.name == "Intel(R) Xeon(R) Platinum 8488C"
    assert {"avx2", "amx_tile"} < found.features
    assert found.architecture == platform.machine()


def test_an_arm_processor_calls_its_features_otherwise(table):
    assert table(ARM).features == {"fp", "asimd", "asimddp"}


def test_without_a_table_nothing_is_claimed(tmp_path):
    found = this_processor(tmp_path / "nothing")
    assert found.features == frozenset()
    assert found.missing == ()
    assert str(found) == f"{platform.machine()} (instruction sets unknown)"


def test_what_the_portable_library_needs_and_an_old_processor_lacks_is_named():
    old = Processor("x86_64", "Core i7-2600", frozenset({"avx", "sse4_2"}))
    assert old.missing == ("avx2", "fma", "f16c", "bmi2") == BASELINE["x86_64"]
    assert Processor("aarch64", "", frozenset({"fp", "asimd"})).missing == ()


def test_the_sentence_names_the_instruction_sets_that_matter():
    assert str(Processor("x86_64", "Xeon", frozenset({"fpu", "avx2", "amx_tile"}))) == "Xeon (amx_tile avx2)"


def test_the_key_stands_for_kind_and_features_alone():
    one = Processor("x86_64", "one name", frozenset({"avx2", "fma"}))
    assert one.key == Processor("x86_64", "another", frozenset({"fma", "avx2"})).key
    assert one.key != Processor("x86_64", "one name", frozenset({"avx2"})).key
    assert one.key != Processor("aarch64", "one name", frozenset({"avx2", "fma"})).key


@pytest.mark.parametrize(("runnable", "free"), [("1/200", 2), ("2/200", 1), ("3/200", 1), ("9/200", 1), ("0/200", 2)])
def test_a_core_that_another_wants_is_not_free(tmp_path, runnable, free):
    table = tmp_path / "loadavg"
    table.write_text(f"0.10 0.20 0.30 {runnable} 4711\n")
    assert free_cores(2, table) == free


@pytest.mark.parametrize("text", [None, "", "0.1 0.2 0.3 many/200 1"])
def test_where_the_kernel_reports_nothing_every_core_is_free(tmp_path, text):
    table = tmp_path / "loadavg"
    if text is not None:
        table.write_text(text)
    assert free_cores(2, table) == 2


def test_this_machine_has_a_core_for_us():
    assert 1 <= free_cores(usable_cores()) <= usable_cores()
