"""What setup.py gives to a wheel. That one can be built and used, tests/release shows."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from sbom.packages import roots

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def setup() -> ModuleType:
    """setup.py as a module: what stands below its main is not run."""
    spec = importlib.util.spec_from_file_location("inzwa_setup", ROOT / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_comments_other_files_and_options_of_pip_are_left_out(setup: ModuleType) -> None:
    text = '# web\n-r other.txt\n\nh11>=0.1  # small\nc>=1,<2 --config-settings="x=-DY=ON;-DZ=$ORIGIN"\n'
    assert setup.dependencies(text) == ["h11>=0.1", "c>=1,<2"]


def test_the_wheel_depends_on_what_the_bill_of_materials_lists(setup: ModuleType) -> None:
    found = setup.dependencies((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    assert sorted(each.replace(" ", "") for each in found) == sorted(
        line.partition("#")[0].partition(" --")[0].replace(" ", "")
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if line[:1].isalpha()
    )
    assert len(found) == len(roots(ROOT / "requirements.txt"))


def test_every_file_of_the_page_has_a_kind_that_the_wheel_takes() -> None:
    source = (ROOT / "setup.py").read_text(encoding="utf-8")
    files = [path for path in (ROOT / "assets").rglob("*") if path.is_file()]
    assert [path.name for path in files if f'"*{path.suffix}"' not in source] == ["latency.png"]  # of docs/measuring.md


def test_every_folder_of_code_is_a_package_that_the_wheel_takes() -> None:
    folders = {path.parent for path in (ROOT / "inzwa").rglob("*.py")}
    assert ROOT / "inzwa/feedback/store/migrations/versions" in folders  # Alembic reads its steps from files
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []
