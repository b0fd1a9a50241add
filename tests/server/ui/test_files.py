"""The browser's files hold together: what is imported exists, what is said has words, nothing comes from elsewhere."""

import re
from itertools import chain

import pytest

from inzwa.server.ui.files import ASSETS, asset
from inzwa.server.ui.strings import page_strings

SCRIPTS = sorted(str(path.relative_to(ASSETS)) for path in ASSETS.rglob("*.js"))

LONGEST = 250


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_imports_only_files_of_the_same_folder_tree(name: str) -> None:
    for target in re.findall(r'(?:from|import\() ?"([^"]+)"', asset(name)):
        assert target.startswith(("./", "../"))
        file = (ASSETS / name).parent.joinpath(target).resolve()
        assert file.is_relative_to(ASSETS)
        assert file.is_file()


def test_every_script_is_found() -> None:
    assert {"audio/microphone-worklet.js", "conversation/session.js", "ui/page.js"} <= {*SCRIPTS}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_short_and_puts_no_text_into_the_page_as_markup(name: str) -> None:
    script = asset(name)
    assert script.count("\n") <= LONGEST
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


@pytest.mark.parametrize("name", [*SCRIPTS, "ui/page.css", "ui/page.html", "ui/light-page.css", "ui/light-page.html"])
def test_a_file_names_no_other_server(name: str) -> None:
    assert not re.search(r"https?://(?!www\.w3\.org/\d+/svg\b)", asset(name))  # but a namespace, which is no address


def test_every_key_that_the_page_names_has_words() -> None:
    template = re.findall(r'data-i18n(?:-\w+)?="([^"]+)"', asset("ui/page.html"))
    scripts = chain.from_iterable(
        re.findall(r'"((?:page|connection|error|latency)\.\w+)"', asset(name)) for name in SCRIPTS
    )
    assert {*template, *scripts} <= page_strings().keys()


def test_the_template_holds_nothing_that_gradio_would_fill_in() -> None:
    assert not re.search(r"\$\{|\{\{|`|\\", asset("ui/page.html"))
