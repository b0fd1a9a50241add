"""Settings are read once, and a wrong one says what would be right."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from inzwa.errors import SettingsError
from inzwa.settings import PREFIX, Settings, load_settings, setting_lines

SPECIFIED = {
    "DEBUG": False,
    "REQUEST_TIMEOUT_S": 5.0,
    "MAX_TEXT_CHARS": 400,
    "MAX_AUDIO_SECONDS": 20,
    "ENABLE_WEBRTC": False,
    "ASR_ENGINE": "faster-whisper",
    "LLM_ENGINE": "llama-cpp",
    "TTS_ENGINE": "vits",
    "AUDIO_OUT_CODEC": "opus",
}
"""What the specification's template names, with its defaults."""

PRINT = """
from inzwa.settings import load_settings, setting_lines
for line in setting_lines(load_settings()):
    print(line.variable, line.value, line.origin, sep="|")
"""


@pytest.mark.parametrize(("name", "value"), SPECIFIED.items())
def test_the_specifications_names_have_its_defaults(name, value):
    assert getattr(load_settings({}), name.lower()) == value


def test_a_variable_is_read_in_any_case():
    assert load_settings({"inzwa_Port": "8000"}).port == 8000


def test_what_is_not_ours_is_nobodys_mistake():
    assert load_settings({"PATH": "/bin", "PORT": "x"}) == load_settings({})


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("PORT", "seventy", "a whole number from 1 to 65535"),
        ("PORT", "0", "a whole number from 1 to 65535"),
        ("MAX_AUDIO_SECONDS", "31", "a whole number from 1 to 28"),
        ("TEMPERATURE", "-1", "a number from 0 to 2"),
        ("DEBUG", "perhaps", "true or false"),
        ("ENABLE_WEBRTC", "true", "false"),
        ("AUDIO_OUT_CODEC", "mp3", "opus or pcm16"),
        ("LANGUAGE", "fr", "sn or en or sw"),
        ("LLM_ENGINE", "gpt", "llama-cpp or openai"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_variable_and_what_would_be_right(name, value, remedy):
    with pytest.raises(SettingsError) as caught:
        load_settings({PREFIX + name: value})
    assert caught.value.message == f"INZWA_{name}={value!r} cannot be: it takes {remedy}."


def test_every_mistake_is_told_at_once():
    with pytest.raises(SettingsError) as caught:
        load_settings({"INZWA_PORT": "x", "INZWA_SPEED": "9"})
    assert [line.split("=")[0] for line in caught.value.message.splitlines()] == ["INZWA_PORT", "INZWA_SPEED"]


def test_a_misspelt_name_is_refused_with_the_nearest_one():
    with pytest.raises(SettingsError, match=r"INZWA_PROT is not a setting.*Did you mean INZWA_PORT"):
        load_settings({"INZWA_PROT": "8000"})


def test_a_name_like_no_other_points_to_the_list():
    with pytest.raises(SettingsError, match="python -m inzwa settings"):
        load_settings({"INZWA_QQQQQQ": "1"})


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        load_settings({}).port = 1


def test_every_setting_has_a_meaning_and_says_what_it_takes():
    lines = list(setting_lines(load_settings({})))
    assert [line.variable for line in lines] == [PREFIX + name.upper() for name in Settings.model_fields]
    assert [line for line in lines if not line.allowed or not line.meaning.endswith(".")] == []


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name.endswith(("_token", "_key"))])
def test_a_secret_is_never_shown(name):
    settings = load_settings({PREFIX + name.upper(): "hunter2"})
    lines = {line.variable: line.value for line in setting_lines(settings)}
    assert lines[PREFIX + name.upper()] == "(set)"
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("url", ["gopher://x/v1", "http://me:hunter2@x/v1", "http://x/v1?key=hunter2", "", "/v1"])
def test_an_address_that_cannot_be_or_holds_a_secret_is_refused_and_not_repeated(url):
    with pytest.raises(SettingsError) as caught:
        load_settings({"INZWA_OPENAI_BASE_URL": url})
    remedy = "an http or https address without a name or password"
    assert caught.value.message == f"INZWA_OPENAI_BASE_URL=(hidden) cannot be: it takes {remedy}."


def test_lists_are_split_at_commas_and_trimmed():
    settings = load_settings(
        {"INZWA_HOTWORDS": " Harare, ,Moyo ", "INZWA_CORS_ALLOWED_ORIGINS": "https://a, https://b"}
    )
    assert settings.hotword_list == ("Harare", "Moyo")
    assert settings.origins == {"https://a", "https://b"}


def test_a_file_of_words_comes_after_those_between_commas(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("Guruve\n# a remark\nBuhera\n")
    settings = load_settings({"INZWA_HOTWORDS": "Moyo", "INZWA_HOTWORDS_FILE": str(path)})
    assert settings.hotword_list == ("Moyo", "Guruve", "Buhera")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_of_words_that_cannot_be_read_ends_the_start(tmp_path, content):
    path = tmp_path / "words.txt"
    if content:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"INZWA_HOTWORDS_FILE=.*it takes a file that can be read"):
        load_settings({"INZWA_HOTWORDS_FILE": str(path)})


def run(program, folder, **environment):
    """What another process prints that runs `program` in `folder` with this environment and no other."""
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SettingsError(done.stderr)
    return done.stdout


def printed(folder, **environment):
    """Each variable's value and origin there."""
    rows = (row.split("|") for row in run(PRINT, folder, **environment).splitlines())
    return {name: (value, origin) for name, value, origin in rows}


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path):
    (tmp_path / ".env").write_text("INZWA_PORT=8001\nINZWA_SPEED=1.5\n")
    found = printed(tmp_path, INZWA_PORT="8002")
    assert found["INZWA_PORT"] == ("8002", "environment")
    assert found["INZWA_SPEED"] == ("1.5", ".env")
    assert found["INZWA_HOST"] == ("127.0.0.1", "default")


def test_a_misspelt_name_in_the_file_is_refused_too(tmp_path):
    (tmp_path / ".env").write_text("INZWA_PROT=8001\nUNRELATED=1\n")
    with pytest.raises(SettingsError, match="Did you mean INZWA_PORT"):
        printed(tmp_path)


def test_a_wrong_value_from_the_environment_names_the_variable(tmp_path):
    with pytest.raises(SettingsError, match="INZWA_PORT='x' cannot be"):
        printed(tmp_path, INZWA_PORT="x")


def test_a_given_environment_is_the_only_one_asked(tmp_path):
    program = "from inzwa.settings import load_settings; print(load_settings({}).port)"
    assert run(program, tmp_path, INZWA_PORT="8002") == "7860\n"
