"""The commands on what evaluators gave, as they are typed."""

from pathlib import Path

import pytest

from inzwa.cli.main import main
from inzwa.cli.parser import EXPORT_FORMATS
from inzwa.feedback.export.formats import FORMATS
from inzwa.feedback.store.store import open_store
from inzwa.settings import load_settings
from tests.feedback import sample


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"INZWA_DATA": str(tmp_path / "data")}


def fill(environ: dict[str, str]) -> list[str]:
    with open_store(load_settings(environ)) as store:
        return sample.fill(store, people=2)


def test_the_formats_are_those_that_can_be_written() -> None:
    assert EXPORT_FORMATS == FORMATS


def test_an_export_says_how_many_rows_and_personal_details_there_were(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(environ)
    assert main(["feedback", "export", "-o", str(tmp_path / "out")], environ) == 0
    out = capsys.readouterr().out
    assert "ratings: 2 rows" in out
    assert "replaced: 2 phone numbers, 2 e-mail addresses" in out
    assert (tmp_path / "out" / "ratings.jsonl").read_bytes().count(b"\n") == 2


def test_an_export_into_a_folder_that_holds_something_fails_in_words(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    assert main(["feedback", "export", "-o", str(tmp_path / "out")], environ) == 1
    assert "feedback_failed" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["push", "restore"])
def test_a_push_or_a_restore_without_a_dataset_says_how_to_name_one(
    environ: dict[str, str], action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback", action], environ) == 1
    assert "INZWA_FEEDBACK_DATASET" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["shona", "org/", "a/b/c"])
def test_what_is_no_name_of_a_dataset_is_told_before_the_hub_is_asked(
    name: str, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback", "push", name], environ) == 1
    assert f"{name} names no dataset: it is ORG/NAME." in capsys.readouterr().err


def test_withdrawing_says_what_was_deleted_and_leaves_no_sound_of_theirs(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    codes = fill(environ)
    sounds = Path(environ["INZWA_DATA"], "recordings")
    assert len(list(sounds.iterdir())) == 2
    assert main(["feedback", "withdraw", codes[0].lower().replace("-", " ")], environ) == 0
    out = capsys.readouterr().out
    assert "ratings: 1 deleted" in out
    assert "recordings: 1 deleted" in out
    assert len(list(sounds.iterdir())) == 1


def test_a_code_that_nobody_has_is_told_in_words(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "withdraw", "ABC"], environ) == 1
    assert "consent_needed" in capsys.readouterr().err
