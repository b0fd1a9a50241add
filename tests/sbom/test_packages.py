"""What is installed for a requirements file."""

import json
from importlib.metadata import PathDistribution, version
from pathlib import Path

import pytest

from sbom.packages import NotInstalled, archive_hashes, installed_for, roots


def requirements(folder: Path, text: str) -> Path:
    path = folder / "requirements.txt"
    path.write_text(text)
    return path


def test_comments_options_and_other_systems_are_left_out(tmp_path: Path) -> None:
    file = requirements(tmp_path, '# the web\n-r other.txt\n\nh11>=0.1  # small\ncolorama>=1; sys_platform == "none"\n')
    assert [str(each) for each in roots(file)] == ["h11>=0.1"]


def test_what_a_package_needs_comes_with_it_and_is_written_down(tmp_path: Path) -> None:
    found = installed_for(requirements(tmp_path, "httpx\n"))
    assert list(found) == sorted(found)
    assert {"httpcore", "certifi", "idna", "anyio"} <= found["httpx"].needs <= set(found)
    assert found["httpx"].component.version == version("httpx")
    assert str(found["httpx"].component.purl) == f"pkg:pypi/httpx@{version('httpx')}"


def test_an_extra_brings_what_it_asks_for_and_only_when_asked(tmp_path: Path) -> None:
    assert "websockets" not in installed_for(requirements(tmp_path, "uvicorn\n"))
    assert "websockets" in installed_for(requirements(tmp_path, "uvicorn\nuvicorn[standard]\n"))["uvicorn"].needs


def test_a_package_that_is_asked_for_and_not_here_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match="no-such-package-of-ours is asked for and not installed"):
        installed_for(requirements(tmp_path, "no-such-package-of-ours\n"))


def test_the_archive_s_hash_is_told_where_the_installer_wrote_it_down(tmp_path: Path) -> None:
    info = tmp_path / "x-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: x\nVersion: 1\n")
    assert archive_hashes(PathDistribution(info)) == []
    (info / "direct_url.json").write_text(json.dumps({"archive_info": {"hashes": {"sha256": "ab" * 32, "odd": "x"}}}))
    assert [(each.alg.value, each.content) for each in archive_hashes(PathDistribution(info))] == [
        ("SHA-256", "ab" * 32)
    ]
