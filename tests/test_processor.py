"""The processor, as the kernel's table tells it."""

import platform

import pytest

from inzwa.processor import BASELINE, Processor, this_processor

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
