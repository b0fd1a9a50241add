"""The numbers of a run."""

from pathlib import Path

import pytest

import training.llm
from training.llm.config import read_config

FILE = Path(training.llm.__file__).with_name("config.toml")


def test_the_stages_follow_each_other():
    config = read_config(FILE)
    text, talk = config.stages
    assert (text.name, talk.name) == ("text", "dialogues")
    assert config.stage_of(0) == (text, 0)
    assert config.stage_of(text.steps) == (talk, 0)
    assert config.stage_of(config.steps - 1) == (talk, talk.steps - 1)
    with pytest.raises(IndexError):
        config.stage_of(config.steps)


@pytest.mark.parametrize("change", [("rank = 32", "rnk = 32"), ("seed = 8", ""), ("[lora]", "[lora"), ("[lora]", "")])
def test_what_is_no_configuration_is_refused_with_the_files_name(tmp_path, change):
    file = tmp_path / "other.toml"
    file.write_text(FILE.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.toml"):
        read_config(file)
