"""Every table is read whole: each row has as many fields as the others, and no key hides another."""

from importlib.resources import files

import pytest

from inzwa.shona.data import rows, translations

TABLES = sorted(entry.name for entry in files("inzwa.shona.data").iterdir() if entry.name.endswith(".tsv"))


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_table_is_of_one_width(name):
    assert len({len(row) for row in rows(name)}) == 1


@pytest.mark.parametrize("name", TABLES)
def test_comments_are_no_rows_and_a_dash_is_empty(name):
    assert not any(row[0].startswith("#") or "-" in row for row in rows(name))


@pytest.mark.parametrize("name", ["abbreviations.tsv", "letters.tsv", "symbols.tsv"])
def test_every_key_has_words_in_both_languages(name):
    shona, english = translations(name, "sn"), translations(name, "en")
    assert shona.keys() == english.keys()
    assert len(shona) == len(rows(name))
    assert all([*shona.values(), *english.values()])
