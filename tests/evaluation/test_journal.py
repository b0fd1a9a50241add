"""A journal gives back what was put in, whatever happened to the file in between."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.errors import BadCorpus
from inzwa.evaluation.journal import Journal

HOW = {"recogniser": "scripted", "fold": False}


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    said: str
    words: int
    took_s: float


def rows(path, how=HOW, kind=Measure, **given):
    with Journal(path, kind, how, **given) as journal:
        return len(journal), journal.row("a.wav", "mhoro")


def keep(path, *measures, how=HOW):
    with Journal(path, Measure, how) as journal:
        for measure in measures:
            journal.append(measure)


ONE, OTHER = Measure("a.wav", "mhoro", 1, 0.25), Measure("b.wav", "zvakanaka", 1, 1e-05)


def test_a_row_is_there_again_when_the_file_is_opened_again(tmp_path):
    keep(tmp_path / "new" / "samples.tsv", ONE, OTHER)
    assert rows(tmp_path / "new" / "samples.tsv") == (2, ONE)


def test_what_a_crash_left_of_the_last_line_is_cut_off(tmp_path):
    path = tmp_path / "samples.tsv"
    keep(path, ONE, OTHER)
    path.write_text(path.read_text()[:-3])
    assert rows(path) == (1, ONE)
    keep(path, OTHER)
    assert rows(path) == (2, ONE)


@pytest.mark.parametrize("left", [0, 1, 20])
def test_a_file_cut_off_in_its_head_begins_anew(tmp_path, left):
    path = tmp_path / "samples.tsv"
    keep(path, ONE)
    path.write_text(path.read_text()[:left])
    assert rows(path) == (0, None)


def test_a_file_made_otherwise_is_refused_and_left_as_it_was(tmp_path):
    path = tmp_path / "samples.tsv"
    keep(path, ONE)
    with pytest.raises(BadCorpus, match="scripted"):
        rows(path, how={"recogniser": "another"})
    assert rows(path) == (1, ONE)


def test_a_fresh_journal_forgets(tmp_path):
    path = tmp_path / "samples.tsv"
    keep(path, ONE)
    assert rows(path, how={"recogniser": "another"}, fresh=True) == (0, None)


def test_a_row_that_somebody_wrote_by_hand_is_named(tmp_path):
    path = tmp_path / "samples.tsv"
    keep(path, ONE)
    path.write_text(path.read_text() + "b.wav\tzvakanaka\tone\t0.5\n")
    with pytest.raises(BadCorpus, match="row 2"):
        rows(path)


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    with pytest.raises(BadCorpus, match=r"cannot be kept"):
        rows(tmp_path)


@given(said=st.text(), took_s=st.floats(0, 1e9))
def test_no_text_breaks_a_line(tmp_path_factory, said, took_s):
    path = tmp_path_factory.mktemp("journal") / "samples.tsv"
    keep(path, Measure("a\tb", said, 3, took_s), ONE)
    with Journal(path, Measure, HOW) as journal:
        found = journal.row("a\tb", said)
    assert (found.words, found.took_s, found.said.split()) == (3, took_s, said.split())
