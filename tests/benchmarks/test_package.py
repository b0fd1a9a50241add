"""A benchmark says what it lacks before it does anything."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("package", ["psutil", "matplotlib", "rapidfuzz"])
def test_a_package_that_is_missing_is_named_with_the_remedy(package: str) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; import benchmarks.shona_text"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (f"Benchmarks need {package}: make setup-eval, or pip install -r requirements-eval.txt\n")
