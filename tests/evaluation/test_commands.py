"""python -m inzwa eval: what is typed, what is left in the folder, what a mistake looks like."""

import pytest

from inzwa.cli.evaluate import JOURNAL, REPORT
from inzwa.cli.main import main
from inzwa.evaluation.report import PICTURE

SMALL = {"INZWA_MODELS": "embedded", "INZWA_LANGUAGE": "en"}


def test_a_text_is_read_into_a_report(tmp_path, capsys):
    text = tmp_path / "t.txt"
    text.write_text("Ndine $25.\nMhoro 日本!\n", encoding="utf-8")
    assert main(["eval", "text", str(text), "-o", str(tmp_path / "out")]) == 0
    assert "| words | 4 |" in capsys.readouterr().out
    assert "| 日 | U+65E5 | 1 |" in (tmp_path / "out" / REPORT).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["asr"], "a manifest"),
        (["asr", "m.tsv", "--dataset", "fleurs"], "not two of them"),
        (["asr", "m.tsv", "--feedback"], "not two of them"),
        (["asr", "none.tsv"], "none.tsv"),
        (["tts", "none.txt"], "none.txt"),
        (["text", "none.txt"], "none.txt"),
    ],
)
def test_what_cannot_be_measured_is_said_before_any_model_is_opened(tmp_path, command, told, capsys):
    assert main(["eval", *command, "-o", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("bad_corpus: ")
    assert told in error


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    text = tmp_path / "t.txt"
    text.write_text("mhoro\n")
    assert main(["eval", "text", str(text), "-o", str(text)]) == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.weights
def test_the_voice_is_measured_and_so_is_the_recogniser_on_what_the_voice_said(tmp_path, capsys):
    sentences, sound = tmp_path / "s.txt", tmp_path / "a.wav"
    sentences.write_text("Please tell me about the weather today.\n", encoding="utf-8")
    assert main(["eval", "tts", str(sentences), "-o", str(tmp_path / "tts")], SMALL) == 0
    assert main(["say", "Please tell me about the weather today.", "-o", str(sound)], SMALL) == 0
    (tmp_path / "m.tsv").write_text("a.wav\tPlease tell me about the weather today.\n", encoding="utf-8")
    for _ in range(2):
        assert main(["eval", "asr", str(tmp_path / "m.tsv"), "-o", str(tmp_path / "asr")], SMALL) == 0
    out = capsys.readouterr().out
    assert out.count("letters (CER)") == 3
    assert "* samples: 1, of which 1 were known" in out
    for folder in ("tts", "asr"):
        assert {file.name for file in (tmp_path / folder).iterdir()} == {REPORT, JOURNAL, PICTURE}
