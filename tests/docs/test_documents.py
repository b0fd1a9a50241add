"""README.md and docs/ say what is true of the code: what they name is there, and what is made from it is fresh."""

import importlib
import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml

from inzwa.models.catalogue import read_catalogue
from tests.docs.documents import DOCUMENTS, README, ROOT, Block, anchors, blocks, links
from tests.docs.generated import PARTS, renewed
from tests.docs.static_checks import make_targets

NAMING = (*DOCUMENTS, ROOT / "CHANGELOG.md", ROOT / ".cursorrules")
"""The documents that name files and modules of today."""

TOP = "inzwa|tests|assets|benchmarks|deploy|docs|release|sbom|types"
PATH = re.compile(rf"(?<![\w/.:-])(?:{TOP})/[\w./-]*[\w/]")
MODULE = re.compile(r"(?:`|-m )((?:inzwa|tests|benchmarks)(?:\.[a-z_]\w*)+)")
MADE = {"benchmarks/results", "benchmarks/results/"}
LANGUAGES = {"sh", "python", "toml", "html", "mermaid", ""}
MOST_LINES = 180
MOST_PICTURE_BYTES = 200_000


def named(pattern: re.Pattern[str], document: Path) -> list[str]:
    return sorted(set(pattern.findall(document.read_text(encoding="utf-8"))))


def by_name(document: Path) -> str:
    return document.name


def test_the_readme_fits_on_three_screens() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_the_readme_begins_with_what_a_space_reads() -> None:
    _, head, _ = README.read_text(encoding="utf-8").split("---\n", 2)
    found = yaml.safe_load(head)
    assert (found["sdk"], found["app_file"], found["license"]) == ("gradio", "app.py", "apache-2.0")
    assert (found["python_version"], found["startup_duration_timeout"]) == ("3.12", "1h")
    assert len(found["short_description"]) <= 60


@pytest.mark.parametrize("document", PARTS, ids=by_name)
def test_what_is_made_from_the_code_is_fresh(document: Path) -> None:
    assert document.read_text(encoding="utf-8") == renewed(document), "run: python -m tests.docs.generated"


@pytest.mark.parametrize("document", NAMING, ids=by_name)
def test_every_path_that_is_named_is_there(document: Path) -> None:
    assert [path for path in named(PATH, document) if path not in MADE and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", NAMING, ids=by_name)
def test_every_module_that_is_named_is_there(document: Path) -> None:
    assert [name for name in named(MODULE, document) if not _is_there(name)] == []


def _is_there(name: str) -> bool:
    """A package, a module, or what a module has."""
    path = ROOT / name.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    owner, _, last = name.rpartition(".")
    return path.parent.with_suffix(".py").is_file() and hasattr(importlib.import_module(owner), last)


@pytest.mark.parametrize("document", NAMING, ids=by_name)
def test_every_make_target_that_is_named_is_one(document: Path) -> None:
    written = re.findall(r"\bmake ((?:[a-z]+-)*[a-z]+)\b(?=[` ]*[`A-Z])", document.read_text(encoding="utf-8"))
    assert sorted(set(written) - make_targets()) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_name)
def test_every_link_leads_somewhere(document: Path) -> None:
    assert [link for link in links(document) if "://" not in link and not _leads(document, link)] == []


def _leads(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    return target.exists() and (not anchor or anchor in anchors(target))


def test_every_document_is_reached_from_the_readme() -> None:
    reached = {(README.parent / link.partition("#")[0]).resolve() for link in links(README) if "://" not in link}
    assert [document.name for document in DOCUMENTS if document != README and document not in reached] == []


def test_the_architecture_names_every_package() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    parts = [path for path in (ROOT / "inzwa").iterdir() if not path.name.startswith("_")]
    assert [path.name for path in parts if f"`inzwa/{path.name}" not in text] == []


def test_pictures_are_small_and_shown() -> None:
    shown = set(chain.from_iterable(_shown(document) for document in DOCUMENTS))
    pictures = set((ROOT / "docs" / "images").iterdir())
    assert pictures <= shown
    assert [path.name for path in pictures if path.stat().st_size > MOST_PICTURE_BYTES] == []


def _shown(document: Path) -> set[Path]:
    return {(document.parent / link).resolve() for link in links(document) if link.endswith(".png")}


def test_every_block_is_of_a_kind_that_is_checked() -> None:
    assert {block.language for block in blocks()} <= LANGUAGES


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_a_catalogue_in_a_document_can_be_read(block: Block, tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_text(block.text, encoding="utf-8")
    assert read_catalogue(tmp_path / "catalogue.toml").keys() == tomllib.loads(block.text).keys()
