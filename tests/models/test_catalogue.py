"""The catalogue: what it holds, and how it names a mistake."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.engines.selection import EMBEDDED
from inzwa.errors import CatalogueError
from inzwa.models.catalogue import load_catalogue, parse_catalogue
from inzwa.models.convert import CONVERTERS
from inzwa.models.sources.packages import PackageSource
from inzwa.models.sources.wheels import WheelSource
from inzwa.models.toml_table import is_file_name

GOOD = """
[small]
stage = "vad"
language = "any"
licence = "MIT"
consequence = "Free for any use."

[small.files."a.onnx"]
size = 3
sha256 = "{sha256}"

[[small.sources]]
kind = "package"
name = "some-package"

[small.sources.gives]
"a.onnx" = "some_package/a.onnx"
""".replace("{sha256}", "ab" * 32)


def test_the_catalogue_that_ships_holds_one_model_at_least_for_every_stage() -> None:
    catalogue = load_catalogue()
    assert {entry.stage for entry in catalogue.values()} == {"vad", "asr", "llm", "tts"}
    assert set(EMBEDDED.values()) <= set(catalogue)


def test_the_small_models_can_be_had_without_a_hub() -> None:
    for name in EMBEDDED.values():
        assert any(isinstance(source, WheelSource) for source in load_catalogue()[name].sources)


def test_what_may_be_chosen_unasked_says_what_memory_it_takes() -> None:
    assert all(entry.memory_mib > 0 for entry in load_catalogue().values() if entry.auto)


def test_every_licence_that_forbids_commerce_says_so_where_the_page_shows_it() -> None:
    for entry in load_catalogue().values():
        if "-NC-" in entry.licence:
            assert "no commercial use" in entry.licence
            assert "Not for commercial use" in entry.consequence


def test_no_model_that_ships_needs_a_converter_that_does_not() -> None:
    assert {entry.convert for entry in load_catalogue().values()} <= {"", *CONVERTERS}


def test_every_licence_that_ships_is_explained() -> None:
    assert all(entry.consequence.endswith(".") for entry in load_catalogue().values())


def test_an_entry_keeps_what_the_file_says() -> None:
    entry = parse_catalogue(GOOD, origin="mine.toml")["small"]
    assert (entry.stage, entry.language, entry.licence, entry.size) == ("vad", "any", "MIT", 3)
    assert entry.sources == (PackageSource("some-package", {"a.onnx": "some_package/a.onnx"}),)
    assert entry.facts == {}


@pytest.mark.parametrize(
    ("typo", "correct", "complaint"),
    [
        ('stage = "ears"', 'stage = "vad"', "small.stage: expected one of vad, asr, llm, tts, lora, found 'ears'"),
        ("stage = 3", 'stage = "vad"', "small.stage: expected a string, found 3"),
        ('langage = "any"', 'language = "any"', "small: expected only the keys stage, .*, found 'langage'"),
        ("", 'licence = "MIT"', "small.licence: expected a string, found nothing"),
        ('licence = ""', 'licence = "MIT"', "small.licence: expected a string that is not empty, found ''"),
        ("size = 0", "size = 3", '"a.onnx".size: expected a whole number above zero, found 0'),
        ("size = true", "size = 3", '"a.onnx".size: expected a whole number above zero, found True'),
        ('size = "3"', "size = 3", "\"a.onnx\".size: expected a whole number, found '3'"),
        ('sha256 = "AB"', f'sha256 = "{"ab" * 32}"', "sha256: expected 64 lower-case hexadecimal digits, found 'AB'"),
        ('kind = "wheel"', 'kind = "package"', "kind: expected one of wheels, package, hub, found 'wheel'"),
        ('"b.onnx" = ', '"a.onnx" = ', r"small.sources\[0\]: expected to give \['a.onnx'\], found \['b.onnx'\]"),
        ('[small.files."../a"]', '[small.files."a.onnx"]', r"expected a file name inside .*, found '\.\./a'"),
        ('= "/etc/passwd"', '= "some_package/a.onnx"', "expected a path below .*, found '/etc/passwd'"),
        ("[Small]", "[small]", "expected"),
        ("[small", "[small]", "expected TOML, found an error"),
    ],
)
def test_a_typo_is_answered_with_place_expected_and_found(typo: str, correct: str, complaint: str) -> None:
    assert correct in GOOD
    with pytest.raises(CatalogueError, match=complaint) as error:
        parse_catalogue(GOOD.replace(correct, typo, 1), origin="mine.toml")
    assert error.value.message.startswith("mine.toml: ")


def test_a_model_without_files_is_refused() -> None:
    start, _, rest = GOOD.partition('[small.files."a.onnx"]')
    text = start + "[small.files]\n" + rest[rest.index("[[") :]
    with pytest.raises(CatalogueError, match=r"small\.files: expected at least one file"):
        parse_catalogue(text, origin="mine.toml")


def test_a_model_without_sources_is_refused() -> None:
    with pytest.raises(CatalogueError, match=r"small\.sources: expected a list of tables, found nothing"):
        parse_catalogue(GOOD[: GOOD.index("[[")], origin="mine.toml")


def test_a_catalogue_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"none\.toml cannot be read"):
        load_catalogue(tmp_path / "none.toml")


@given(st.text(alphabet="ab./\\\0 ~", max_size=12))
def test_a_name_that_is_taken_for_a_file_never_leaves_its_folder(name: str) -> None:
    folder = Path("/cache/models/small")
    if is_file_name(name):
        path = Path(f"{folder}/{name}").resolve()
        assert path != folder
        assert path.is_relative_to(folder)
