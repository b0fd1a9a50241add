"""python -m inzwa: what is typed, what comes out, and what a mistake looks like."""

import json
import subprocess
import sys

import pytest
import soundfile

from inzwa.cli.main import main


def test_ipa_of_a_word(capsys):
    assert main(["ipa", "n'anga"]) == 0
    assert "ŋa" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["ipa", "spoken"])
def test_a_dash_reads_lines_and_writes_as_many(command):
    done = subprocess.run(
        [sys.executable, "-m", "inzwa", command, "-"],
        input="mhoro\nzvakanaka\nmangwanani\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 3


def test_settings_name_value_origin_and_meaning(capsys):
    assert main(["settings"], {"INZWA_SILENCE_MS": "650", "INZWA_ADMIN_TOKEN": "chakavanzika"}) == 0
    out = capsys.readouterr().out
    block = out[out.index("INZWA_SILENCE_MS=650") :].split("INZWA_")[1]
    assert "from: environment" in block
    assert "chakavanzika" not in out


@pytest.mark.parametrize(
    ("variable", "value", "right"),
    [
        ("INZWA_SILENCE_MS", "x", "a whole number from 100 to 5000"),
        ("INZWA_AUDIO_OUT_CODEC", "mp3", "opus or pcm16"),
        ("INZWA_SILENC_MS", "700", "INZWA_SILENCE_MS"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_be_right(variable, value, right, capsys):
    assert main(["settings"], {variable: value}) == 2
    error = capsys.readouterr().err
    assert variable in error
    assert right in error


def test_a_file_that_is_no_sound_is_refused_in_words(tmp_path, capsys):
    path = tmp_path / "no.wav"
    path.write_text("not a sound")
    assert main(["hear", str(path)]) == 1
    assert capsys.readouterr().err.startswith("bad_audio: ")


def test_a_server_that_is_not_there_is_named(tmp_path, capsys):
    path = tmp_path / "a.wav"
    soundfile.write(path, [0.0] * 1_600, 16_000)
    assert main(["talk", str(path), "--url", "http://127.0.0.1:9", "-o", str(tmp_path / "b.wav")]) == 1
    assert "http://127.0.0.1:9" in capsys.readouterr().err


def test_a_model_that_nobody_knows_is_named(capsys):
    assert main(["models", "fetch", "whisper-huge"]) == 1
    assert "whisper-huge" in capsys.readouterr().err


@pytest.mark.parametrize("package", ["matplotlib"])
def test_a_package_that_only_measuring_needs_is_named_with_the_remedy(package):
    program = (
        f"import sys; sys.modules[{package!r}] = None; from inzwa.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run([*command, "eval", "text", "t.txt"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        f"not_installed: This command needs {package}, which is not installed: make setup-eval"
    )
    assert subprocess.run([*command, "ipa", "mhoro"], capture_output=True, check=False).returncode == 0


@pytest.mark.weights
def test_models_are_listed_and_verified(capsys):
    assert main(["models", "fetch", "silero-v6"]) == 0
    assert main(["models", "verify", "silero-v6"]) == 0
    assert main(["models"]) == 0
    out = capsys.readouterr().out
    assert "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2" in out
    assert "MIT" in out


@pytest.mark.weights
def test_what_is_said_into_a_file_is_heard_from_it(tmp_path, capsys):
    path, english = tmp_path / "said.wav", {"INZWA_LANGUAGE": "en"}
    assert main(["say", "Please tell me about the weather today.", "-o", str(path)], english) == 0
    assert main(["say", "Please.", "-o", str(path), "--voice", "nobody"], english) == 1
    assert "unknown_voice: There is no voice of that name; there are joe-medium." in capsys.readouterr().err
    assert main(["hear", str(path), "--json"], english) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "please tell me" in " ".join(line["text"] for line in lines).lower()
    assert all(line["end_ms"] > line["start_ms"] for line in lines)
