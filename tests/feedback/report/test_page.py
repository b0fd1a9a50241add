"""The page: whole without anything from elsewhere, readable without pictures, and nobody's text is markup."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from benchmarks.rig.simulated_answers import simulated_session
from inzwa.feedback.report.gather import Gathered, gather
from inzwa.feedback.report.page import report_figures, report_html, report_texts
from inzwa.feedback.withdrawal import withdraw

MADE = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
MARKUP = '<script>alert(1)</script><img src=x onerror="alert(2)">&amp;{{ 7 * 7 }}'


class Page(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def simulated():
    with simulated_session(raters=8, each=24, seed=3) as session:
        return gather(session)


def test_an_empty_store_says_what_is_missing_for_every_figure():
    page = Page(report_html(Gathered(), made_at=MADE))
    names = [each.name for each in report_figures(Gathered())]
    assert [name for name in names if report_texts()[name]["missing"] not in page.words] == []
    assert "svg" not in page.tags


def test_everything_shown_is_explained_in_both_languages():
    for name, text in report_texts().items():
        assert {"title", "shona", "meaning"} <= set(text), name


def test_nothing_is_fetched_and_no_script_runs(simulated):
    page = Page(report_html(simulated, made_at=MADE))
    assert {"script", "link", "img", "iframe", "object"} & set(page.tags) == set()
    links = [value for name, value in page.attributes if name in ("href", "src", "action")]
    assert [link for link in links if not link.startswith("#")] == []
    assert [name for name, _ in page.attributes if name.startswith("on")] == []


def test_what_people_write_is_text_wherever_it_stands(given):
    given.rater("a", first_language=MARKUP[:40])
    given.turn("a", "up", comment=MARKUP, better=MARKUP, heard=MARKUP, said=MARKUP)
    given.answer("a", given.item("review", {"text": MARKUP, "about": MARKUP}), {"right": False, "better": MARKUP})
    given.answer("a", given.item("naturalness", system=MARKUP), {"naturalness": 1, "intelligibility": 1})
    page = Page(report_html(given.gathered(), made_at=MADE))
    assert {"script", "img"} & set(page.tags) == set()
    assert page.words.count(MARKUP) >= 6


def test_phone_numbers_and_addresses_are_taken_out_of_what_is_shown(given):
    given.rater("a")
    given.turn("a", "up", comment="Ndifonerei pa 0772 123 456 kana tino@example.org")
    page = report_html(given.gathered(), made_at=MADE)
    assert "0772" not in page
    assert "example.org" not in page
    assert "Ndifonerei" in page


def test_self_descriptions_of_few_are_put_together(given):
    for number in range(7):
        given.rater(f"r{number}", variety="karanga" if number < 5 else "ndau")
    page = report_html(given.gathered(), made_at=MADE)
    assert "karanga 5, others 2, not said 0" in page
    assert "ndau" not in page


def test_every_picture_is_whole_named_and_described(simulated):
    page = report_html(simulated, made_at=MADE)
    pictures = [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]
    assert len(pictures) >= 9
    for picture in pictures:
        title, described = picture.find("title"), picture.find("desc")
        assert picture.get("role") == "img"
        assert picture.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
        assert title.text
        assert "from" in described.text
        _, _, width, height = (float(value) for value in picture.get("viewBox").split())
        places = [(each.get("cx"), each.get("cy")) for each in picture.iter("circle")]
        assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in places)


def test_headings_are_marked_as_shona(simulated):
    page = report_html(simulated, made_at=MADE)
    assert page.count('class="shona" lang="sn"') == page.count("<h2") + 1


def test_simulated_data_is_called_so(simulated):
    assert "nobody said any of this" in report_html(simulated, made_at=MADE, simulated=True)
    assert "nobody said any of this" not in report_html(simulated, made_at=MADE)


def test_what_was_withdrawn_is_not_in_the_report(given):
    given.rater("a")
    given.turn("a", "up", comment="Ndinotenda")
    withdraw(given.session, "a")
    found = given.gathered()
    assert (found.turns, found.profiles, found.withdrawn) == ((), (), 1)
