"""The portable build is distinguished from those of other build settings, without running it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from inzwa.engines.llm.llama.library import BINDINGS, package_folder
from inzwa.engines.llm.llama.portable import KERNELS, is_portable, main
from inzwa.hardware.processor import BASELINE, this_processor

INSTALLED = package_folder(BINDINGS) / "lib"
AFTER_THE_BASELINE = ("%zmm", "tileload", "ldtilecfg", "tdpb", "vpdpbusd")
"""AVX-512, AMX and VNNI, as objdump writes them."""


def test_the_installed_one_is_portable():
    assert is_portable(INSTALLED)
    assert main() == 0


def test_one_with_openmp_was_built_by_other_settings(tmp_path):
    source = tmp_path / "kernels.c"
    source.write_text("#include <omp.h>\nint threads(void) { return omp_get_max_threads(); }")
    command = ["cc", "-shared", "-fPIC", "-fopenmp", "-o", str(tmp_path / KERNELS), str(source)]
    subprocess.run(command, check=True, timeout=60)
    assert not is_portable(tmp_path)


def test_declarations_without_a_library_are_not_wrong(tmp_path):
    assert is_portable(tmp_path)


def test_half_a_library_is_wrong(tmp_path):
    (tmp_path / "libllama.so").touch()
    assert not is_portable(tmp_path)


@pytest.mark.skipif(this_processor().architecture not in BASELINE, reason="the baseline is one of x86-64")
def test_its_kernels_hold_no_instruction_beyond_the_baseline():
    objdump = shutil.which("objdump")
    assert objdump, "binutils, which every compiler brings"
    command = [objdump, "-d", "--no-show-raw-insn", INSTALLED / KERNELS]
    listing = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
    assert "%ymm" in listing.stdout
    assert [name for name in AFTER_THE_BASELINE if name in listing.stdout] == []


def test_requirements_say_how_it_is_built_and_never_for_the_machine_at_hand():
    lines = (Path(__file__).parents[4] / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith("llama-cpp-python")]
    assert "-DGGML_NATIVE=OFF" in line
    assert "-DGGML_OPENMP=OFF" in line
    assert "native" not in line.replace("-DGGML_NATIVE=OFF", "")
