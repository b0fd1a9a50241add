"""Phone numbers and e-mail addresses go; figures that are none stay."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.feedback.export.personal_details import MAIL_MARKER, PHONE_MARKER, PersonalDetails

WRITTEN = [
    "07 1 00\u00a000000",
    "+263 77 123 4567",
    "+263771234567",
    "+263 (0)77 123 4567",
    "00263 771 234 567",
    "263771234567",
    "0771234567",
    "077-123 4567",
    "(077) 123-4567",
    "077.123.4567",
    "07 71 23 45 67",
    "07 11 23 45 67",
    "0242 701 234",
    "08644 123 456",
    "+44 20 7946 0958",
    "0027 82 123 4567",
]
FIGURES = [
    "26-11-2026 14:00",
    "07/12/2024 15:30:10",
    "05 11 2026",
    "2026-11-26",
    "$10 000 000",
    "US$1,077,123,456.70",
    "3.0771234567",
    "0.771234567",
    "0,0242701234",
    "12 345 678 901",
    "08:30",
    "2 + 2",
]


def replaced(text: str) -> tuple[str, int, int]:
    details = PersonalDetails()
    return details.replaced(text), details.phone_numbers, details.mail_addresses


@pytest.mark.parametrize("number", WRITTEN)
@pytest.mark.parametrize("text", ["{}", "Ndifonere pa{}.", "nhamba yangu:{}, mangwana", "{} 2024", "{}, {}"])
def test_a_phone_number_is_replaced_and_what_stands_around_it_is_not(number: str, text: str) -> None:
    expected = text.replace("{}", PHONE_MARKER)
    assert replaced(text.replace("{}", number)) == (expected, text.count("{}"), 0)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_that_is_no_phone_number_stays(figure: str) -> None:
    assert replaced(f"zvinoita {figure} chete") == (f"zvinoita {figure} chete", 0, 0)


@given(
    st.sampled_from(["+263{}", "00263{}", "0{}", "263{}"]),
    st.from_regex(r"\A7[1-8][0-9]{7}\Z"),
    st.lists(st.sampled_from(["", " ", "-", "\u00a0"]), min_size=8, max_size=8),
    st.text(alphabet="abc ,!?\n", max_size=20),
)
def test_any_mobile_number_of_zimbabwe_goes_however_it_is_grouped(
    prefix: str, digits: str, gaps: list[str], around: str
) -> None:
    number = prefix.format("".join(digit + gap for digit, gap in zip(digits, [*gaps, ""], strict=True)))
    assert replaced(f"{around} {number}{around}") == (f"{around} {PHONE_MARKER}{around}", 1, 0)


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d", "%d %m %Y"]),
    st.integers(0, 23),
)
def test_a_date_with_an_hour_after_it_stays(day: date, form: str, hour: int) -> None:
    text = f"pa {day:{form}} {hour}:00"
    assert replaced(text) == (text, 0, 0)


@given(st.integers(1, 10**12), st.sampled_from(["{:d}", "{:,d}", "${:,d}.50", "{:d} kg"]))
def test_a_number_that_does_not_begin_as_phone_numbers_do_stays(number: int, form: str) -> None:
    text = f"zvikaita {form.format(number)}"
    assert replaced(text)[0] == text or str(number).startswith("2637")


@given(st.text(alphabet="0123456789+-. ()@a,/", max_size=60))
def test_replacing_twice_changes_nothing_more_and_counts_the_same(text: str) -> None:
    once = replaced(text)
    assert replaced(once[0]) == once


@pytest.mark.parametrize("address", ["tendai@example.co.zw", "t.moyo+x@mail.example.com", "A_B-9@sub-domain.org"])
def test_an_e_mail_address_is_replaced_and_the_full_stop_after_it_is_not(address: str) -> None:
    assert replaced(f"nyorera {address}. Maita") == (f"nyorera {MAIL_MARKER}. Maita", 0, 1)


def test_ids_and_names_of_files_in_a_json_value_stay_and_its_texts_do_not() -> None:
    name = "ab0771234567cd" + "e" * 50
    details = PersonalDetails()
    value = {"sound": name, "texts": ["fona 0771234567", 771234567], "file": f"{name}.flac", "none": None}
    assert details.replaced_in(value) == value | {"texts": [f"fona {PHONE_MARKER}", 771234567]}
    assert details.phone_numbers == 1
