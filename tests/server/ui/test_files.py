"""The browser's files hold together: what is imported exists, what is said has words, nothing comes from elsewhere."""

import re
from itertools import chain

import pytest

from inzwa.server.ui.files import ASSETS, asset
from inzwa.server.ui.strings import page_strings

SCRIPTS = sorted(path.name for path in ASSETS.glob("*.js"))

LONGEST = 250


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_imports_only_files_that_lie_beside_it(name: str) -> None:
    for target in re.findall(r'(?:from|import\() ?"([^"]+)"', asset(name)):
        assert target.startswith("./")
        assert (ASSETS / target).is_file()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_short_and_puts_no_text_into_the_page_as_markup(name: str) -> None:
    script = asset(name)
    assert script.count("\n") <= LONGEST
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


@pytest.mark.parametrize("name", [*SCRIPTS, "page.css", "talk.html"])
def test_a_file_names_no_other_server(name: str) -> None:
    assert not re.search(r"https?://", asset(name))


def test_every_key_that_the_page_names_has_words() -> None:
    template = re.findall(r'data-say(?:-\w+)?="([^"]+)"', asset("talk.html"))
    scripts = chain.from_iterable(
        re.findall(r'"((?:page|connection|error|latency)\.\w+)"', asset(name)) for name in SCRIPTS
    )
    assert {*template, *scripts} <= page_strings().keys()


def test_the_template_holds_nothing_that_gradio_would_fill_in() -> None:
    assert not re.search(r"\$\{|\{\{|`|\\", asset("talk.html"))
