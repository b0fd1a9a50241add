"""README's settings table is made from the settings, and stays so."""

from pathlib import Path

from inzwa.settings import load_settings, setting_lines

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- settings: made by tests/test_readme.py from inzwa/settings/model.py -->\n", "<!-- /settings -->"


def settings_table() -> str:
    """The table as README shows it."""
    rows = ["| variable | default | takes | meaning |\n|---|---|---|---|\n"]
    for line in setting_lines(load_settings({})):
        value = f"`{line.value}`" if line.value else ""
        rows.append(f"| `{line.variable}` | {value} | {line.allowed} | {line.meaning} |\n")
    return "".join(rows)


def test_the_settings_in_the_readme_are_those_of_the_code():
    text = README.read_text(encoding="utf-8")
    shown = text.split(START)[1].split(END)[0]
    assert shown == settings_table(), "run: python -m tests.test_readme"


if __name__ == "__main__":
    before, rest = README.read_text(encoding="utf-8").split(START)
    README.write_text(before + START + settings_table() + END + rest.split(END)[1], encoding="utf-8")
