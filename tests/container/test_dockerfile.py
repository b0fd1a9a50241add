"""The Dockerfile keeps to what a test can run step by step, and the image that it describes is a careful one."""

import ast
from pathlib import Path

import pytest

from tests.container.dockerfile import Stage, stages
from tests.container.image import BASE, let_through

ROOT = Path(__file__).parents[2]
STEPS = ROOT / "deploy" / "container"


@pytest.fixture(scope="module")
def built() -> dict[str, Stage]:
    """The stages by name."""
    return {stage.name: stage for stage in stages(ROOT / "Dockerfile")}


@pytest.fixture(scope="module")
def final(built: dict[str, Stage]) -> Stage:
    """The one that becomes the image."""
    return list(built.values())[-1]


def test_every_run_line_calls_one_script_of_deploy_container_and_each_script_is_called(built: dict[str, Stage]) -> None:
    called = [script for stage in built.values() for script in stage.scripts]
    scripts = sorted(STEPS.glob("*.sh"))
    assert sorted(called) == [f"/opt/steps/{script.name}" for script in scripts]
    for script in scripts:
        assert script.stat().st_mode & 0o111
        assert "set -eu" in script.read_text()


def test_stages_begin_with_debian_or_with_an_earlier_stage(built: dict[str, Stage]) -> None:
    names = list(built)
    for at, stage in enumerate(built.values()):
        assert stage.base in (BASE, *names[:at])


def test_only_the_build_stage_installs_a_compiler(built: dict[str, Stage], final: Stage) -> None:
    assert final.base == BASE
    assert [name for name, stage in built.items() if "/opt/steps/build-packages.sh" in stage.scripts] == ["build"]
    assert "g++" not in (STEPS / "runtime-packages.sh").read_text()


def test_the_image_serves_as_a_user_of_its_own_on_the_port_that_it_names(final: Stage) -> None:
    assert final.last("USER").rest == "10001:10001"
    assert final.last("EXPOSE").rest == "7860"
    assert final.last("STOPSIGNAL").rest == "SIGTERM"
    assert final.last("VOLUME").rest == final.environ["INZWA_CACHE"] == "/models"
    assert f"VOLUME {final.environ['INZWA_DATA']}\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert final.environ["INZWA_HOST"] == "0.0.0.0"
    assert final.last("CMD").command == ["python", "app.py"]
    assert final.last("HEALTHCHECK").command == ["python", "/opt/steps/healthcheck.py"]


def test_models_are_baked_in_only_when_a_build_argument_says_so(built: dict[str, Stage]) -> None:
    assert built["models"].last("ARG").pairs == {"BAKE_MODELS": "false"}


def test_llama_cpp_is_not_tuned_to_the_machine_that_builds_the_image() -> None:
    assert not [path.name for path in STEPS.glob("*.sh") if "inzwa tune" in path.read_text()]


def test_what_is_copied_goes_to_the_builder_and_nothing_else_does(built: dict[str, Stage]) -> None:
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    copies = [line for stage in built.values() for line in stage.all("COPY") if "from" not in line.options]
    sources = [source for line in copies for source in line.words[:-1]]
    assert all((ROOT / source).exists() and let_through(ignore, source) for source in sources)
    for path in (".git/config", ".env", "tests/conftest.py", ".venv/bin/python", "inzwa/__pycache__/cli.pyc", "my.key"):
        assert not let_through(ignore, path)
    assert let_through(ignore, "inzwa/models/catalogue.toml")


def test_the_health_check_needs_the_standard_library_alone() -> None:
    tree = ast.parse((STEPS / "healthcheck.py").read_text())
    names = {
        alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert names == {"os", "sys", "urllib"}


@pytest.mark.parametrize("line", ["RUN a && \\", "ADD x y", "ONBUILD RUN x"])
def test_an_instruction_that_the_test_could_not_run_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(f"FROM {BASE} AS a\n{line}\n")
    with pytest.raises(ValueError, match="not known here"):
        stages(path)
