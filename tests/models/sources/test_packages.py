"""The source `package`: files of what is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

import inzwa
from inzwa.errors import ModelUnavailable
from inzwa.models.progress import silent
from inzwa.models.sources.packages import PackageSource
from inzwa.models.sources.source import Workspace
from inzwa.protocols import FileInfo

FILE = FileInfo("silero_vad_v6.onnx", 1, "aa" * 32)


@pytest.fixture
def work(tmp_path: Path) -> Workspace:
    return Workspace("tiny", tmp_path, tmp_path, {}, silent)


def test_a_data_file_is_copied_with_its_true_digest(work: Workspace) -> None:
    source = PackageSource("faster-whisper", {FILE.name: "faster_whisper/assets/silero_vad_v6.onnx"})
    (made,) = source.fetch([FILE], work)
    assert made.digest.size == made.path.stat().st_size > 1_000_000
    assert source.title.startswith("package faster-whisper==1.")
    assert source.download_bytes([FILE]) == 0


def test_a_package_that_is_not_installed_is_named(work: Workspace) -> None:
    source = PackageSource("no-such-package-here", {FILE.name: "a"})
    with pytest.raises(ModelUnavailable, match="the package no-such-package-here is not installed"):
        list(source.fetch([FILE], work))
    assert source.title == "package no-such-package-here"


def test_a_package_without_the_file_is_named_with_its_version(work: Workspace) -> None:
    with pytest.raises(ModelUnavailable, match=r"the package pytest==.* has no file pytest/none\.bin"):
        list(PackageSource("pytest", {FILE.name: "pytest/none.bin"}).fetch([FILE], work))


def test_reading_its_data_does_not_import_the_package(tmp_path: Path) -> None:
    fetch = """
import sys
from pathlib import Path
from inzwa.models.store import Store
print(Store(Path(sys.argv[1])).fetch("silero-v6").source, "faster_whisper" in sys.modules)
"""
    root = Path(inzwa.__file__).parents[1]
    command = [sys.executable, "-c", fetch, str(tmp_path)]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert said.startswith("package faster-whisper==")
    assert said.split()[-1] == "False"
