"""What `make setup` says and does on machines that lack something, with pip and Python replaced by words."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not here")


@pytest.fixture
def set_up(tmp_path):
    """Runs the recipe in a folder of the test's own; pip's command lines are printed unless something else is given."""
    (tmp_path / "pyvenv.cfg").touch()

    def run(target: str = "setup", **variables: str) -> tuple[int, str]:
        given = {"VENV": str(tmp_path), "PIP": "echo pip", "PY": "true", **variables}
        command = ["make", "--no-print-directory", target, *(f"{name}={value}" for name, value in given.items())]
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60
        )
        return done.returncode, done.stdout

    return run


def test_with_a_compiler_everything_is_installed_by_requirements_txt(set_up, tmp_path):
    status, said = set_up()
    assert status == 0
    assert "pip install -c constraints.txt -r requirements.txt" in said
    assert "No C++ compiler" not in said
    assert (tmp_path / ".installed").exists()


def test_what_measuring_needs_is_installed_on_top(set_up):
    status, said = set_up("setup-eval")
    assert status == 0
    assert said.index("-r requirements.txt") < said.index("pip install -c constraints.txt -r requirements-eval.txt")


def test_without_a_compiler_the_command_that_brings_one_is_named_and_a_prebuilt_library_taken(set_up):
    status, said = set_up(CXX="/bin/false")
    assert status == 0
    told, prebuilt, everything = (
        said.index("No C++ compiler that works. To build llama.cpp for yourself: "),
        said.index("pip install --no-cache-dir -c constraints.txt -r requirements-prebuilt.txt"),
        said.index("pip install -c constraints.txt -r requirements.txt"),
    )
    assert told < prebuilt < everything
    assert any(
        command in said for command in ("apt-get install g++", "dnf install gcc-c++", "apk add g++", "xcode-select")
    )


def test_where_there_is_no_prebuilt_library_either_nothing_is_installed(set_up, tmp_path):
    status, said = set_up(CXX="/bin/false", PIP="false")
    assert status != 0
    assert "There is no prebuilt llama.cpp for this machine either" in said
    assert "Installing." not in said
    assert not (tmp_path / ".installed").exists()


def test_a_wheel_that_was_built_by_other_settings_is_dropped_from_the_cache_and_built_anew(set_up, tmp_path):
    status, said = set_up(PY="false")
    assert status == 0
    dropped, again = (
        said.index("pip cache remove llama_cpp_python*"),
        said.index("pip install --force-reinstall --no-deps"),
    )
    assert dropped < again
    (line,) = (tmp_path / "llama.txt").read_text().splitlines()
    assert line.startswith("llama-cpp-python")
    assert "-DGGML_NATIVE=OFF" in line


def test_when_pip_fails_set_up_stops_and_is_not_taken_for_done(set_up, tmp_path):
    status, said = set_up(PIP="false")
    assert status != 0
    assert "Set-up stopped; pip's last ERROR above says why." in said
    assert not (tmp_path / ".installed").exists()


@pytest.mark.parametrize(("ci", "passes"), [("", True), ("true", False)])
def test_without_npm_the_browser_code_goes_unchecked_with_the_remedy_except_in_ci(tmp_path, ci: str, passes: bool):
    for tool in ("make", "sh", "uname"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    command = ["make", "lint-js"]
    environ = {"PATH": str(tmp_path), "CI": ci}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert "apt-get install nodejs npm" in done.stdout
    assert (done.returncode == 0) is passes
