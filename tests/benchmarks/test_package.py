"""A benchmark needs what its requirements install and nothing else, and says what it lacks before it does anything."""

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from sbom.packages import installed_for
from tests.code_rules.source import CodeBase

ROOT = Path(__file__).parents[2]
PEERS = tuple(f"benchmarks/peers/{peer}/" for peer in ("livekit", "models", "pipecat", "speech_to_speech"))
"""Run in environments of their own."""


@pytest.mark.parametrize("package", ["psutil", "matplotlib", "playwright", "rapidfuzz"])
def test_a_package_that_is_missing_is_named_with_the_remedy(package: str) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; import benchmarks.shona_text"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (f"Benchmarks need {package}: make setup-eval, or pip install -r requirements-eval.txt\n")


def test_benchmarks_import_only_what_their_requirements_install() -> None:
    code = CodeBase.at(ROOT, "benchmarks", "tests/shona/normalise/hostile.py")
    sources = [source for source in code.sources if not source.path.startswith(PEERS)]
    imported = {found.target.partition(".")[0] for source in sources for found in source.imports}
    foreign = imported - sys.stdlib_module_names - {"benchmarks", "inzwa", "tests"}
    installed = installed_for(ROOT / "requirements.txt").keys() | installed_for(ROOT / "requirements-eval.txt").keys()
    distributions = packages_distributions()
    assert {name for name in foreign if canonicalize_name(distributions[name][0]) not in installed} == set()
