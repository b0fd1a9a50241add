"""What `make resolve` hands to pip. What pip makes of it, the command says."""

from pathlib import Path

from packaging.requirements import Requirement

from release.resolving import BUILT, ROOT, lines


def test_other_files_are_followed_and_options_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("-r b.txt\nh11>=0.1  # small\n")
    (tmp_path / "b.txt").write_text("# first\nanyio --config-settings=x=y\n")
    assert lines(tmp_path / "a.txt", "3.14") == ["anyio", "h11>=0.1"]


def test_what_llama_cpp_needs_stands_in_its_place_and_its_server_s_needs_only_where_they_are_asked_for() -> None:
    plain, tests = (
        {Requirement(line).name for line in lines(ROOT / name, "3.14")}
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert BUILT not in plain | tests
    assert "diskcache" in plain
    assert "sse-starlette" in tests - plain
