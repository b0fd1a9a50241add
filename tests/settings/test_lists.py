"""Lists that people write down."""

import pytest

from inzwa.settings.lists import between_commas, lines_of, with_lines


def test_what_stands_between_commas_is_stripped_and_empty_parts_go():
    assert between_commas(" Harare, ,Moyo ,") == ("Harare", "Moyo")
    assert between_commas("  ") == ()


def test_a_file_gives_its_lines_without_remarks(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("\ufeff# names\nHarare\n\n  Moyo  # a surname\nGreat Zimbabwe\n", encoding="utf-8")
    assert lines_of(with_lines(path)) == ("Harare", "Moyo", "Great Zimbabwe")


def test_what_is_no_text_is_a_value_error(tmp_path):
    path = tmp_path / "words.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="codec"):
        with_lines(path)
    with pytest.raises(ValueError, match="none"):
        with_lines(tmp_path / "none.txt")
