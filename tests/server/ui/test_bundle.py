"""The bundler: the order of modules, what it takes and refuses, and names that change with the content."""

import re
from pathlib import Path

import pytest

from inzwa.server.ui.bundle import bundle
from inzwa.server.ui.files import ASSETS


def written(folder: Path, **modules: str) -> Path:
    """Modules of these names in a folder; the path of the one called `main`."""
    for name, code in modules.items():
        (folder / f"{name}.js").write_text(code)
    return folder / "main.js"


def test_modules_run_after_those_that_they_import_and_each_once(tmp_path: Path) -> None:
    entry = written(
        tmp_path,
        main='import { b } from "./b.js";\nimport { a } from "./a.js";\nexport const main = a + b;\n',
        b='import { a } from "./a.js";\nexport const b = a + 1; // from a\n',
        a="export const a = 1;\n",
    )
    (script,) = bundle(entry)
    assert [script.text.index(f"return {{ {name} }}") for name in ("a", "b", "main")] == sorted(
        script.text.index(f"return {{ {name} }}") for name in ("a", "b", "main")
    )
    assert script.text.count("const a = 1;") == 1
    assert script.text.rstrip().splitlines()[-1] == "export const { main } = $module2;"


def test_comments_go_and_what_only_looks_like_one_stays(tmp_path: Path) -> None:
    kept = """const a = "// text", b = '/* text */', c = `a // ${"b"}`, d = /[/]\\/\\/*x/.test("/"), e = 4 / 2;"""
    entry = written(tmp_path, main=f'/** @type {{import("./x.js").X}} */\n{kept} // comment\n/* one\ntwo */ f();\n')
    text = bundle(entry)[0].text
    assert kept in text
    assert not re.search(r"@type|comment|two \*/", text)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ('import x from "./x.js";', "import x from"),
        ('import * as x from "./x.js";', "import \\* as x"),
        ('import "./x.js";', 'import "./x.js"'),
        ('const x = import("./x.js");', "const x = import"),
        ("const x = import.meta.url;", "const x = import.meta"),
        ("const x = new URL(name, import.meta.url);", "new URL\\(name"),
        ("export let x = 1;", "export let x"),
        ("export default 1;", "export default 1"),
        ('export { x } from "./x.js";', "export { x } from"),
        ("await 1;", "await 1"),
    ],
)
def test_a_form_that_it_does_not_know_is_named_with_its_file(tmp_path: Path, code: str, line: str) -> None:
    entry = written(tmp_path, main=f"const y = 1;\n{code}\n", x="export const x = 1;\n")
    with pytest.raises(ValueError, match=rf"main\.js: the bundler does not know this form: .*{line}"):
        bundle(entry)


def test_modules_that_import_each_other_are_named(tmp_path: Path) -> None:
    entry = written(tmp_path, main='import { x } from "./x.js";\n', x='import { y } from "./main.js";\n')
    with pytest.raises(ValueError, match=r"main\.js -> x\.js -> main\.js"):
        bundle(entry)


def test_a_name_that_is_not_exported_is_told_at_the_start_and_not_in_the_browser(tmp_path: Path) -> None:
    entry = written(tmp_path, main='import { a, wrong as w } from "./x.js";\n', x="export const a = 1;\n")
    with pytest.raises(ValueError, match=r"main\.js imports wrong as w, which x\.js does not export"):
        bundle(entry)


def test_a_script_that_is_loaded_later_is_a_bundle_of_its_own_which_the_first_names(tmp_path: Path) -> None:
    entry = written(
        tmp_path,
        main='export const later = new URL("./later.js", import.meta.url);\n',
        later='import { a } from "./a.js";\nregister(a);\n',
        a="export const a = 1;\n",
    )
    first, later = bundle(entry)
    assert f'new URL("./{later.name}", import.meta.url)' in first.text
    assert "const a = 1;" in later.text
    assert "const a = 1;" not in first.text


def test_the_name_changes_with_the_text_of_any_module_even_of_one_loaded_later(tmp_path: Path) -> None:
    entry = written(tmp_path, main='new URL("./later.js", import.meta.url);\n', later="f(1);\n")
    before = [script.name for script in bundle(entry)]
    assert before == [script.name for script in bundle(entry)]
    written(tmp_path, later="f(2);\n")
    assert not {*before} & {script.name for script in bundle(entry)}


def test_the_pages_own_scripts_are_one_bundle_and_two_worklets() -> None:
    script, *later = bundle(ASSETS / "ui" / "light-page.js")
    assert script.text.rstrip().splitlines()[-1].startswith("export const { mount } = ")
    assert sorted(each.name.rpartition("-")[0] for each in later) == ["microphone-worklet", "player-worklet"]
    for each in (script, *later):
        assert re.fullmatch(r"[\w-]+-[0-9a-f]{12}\.js", each.name)
