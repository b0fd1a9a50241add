"""open_engines on real weights: the next best where the best cannot be had, and a clear end where nothing can."""

import pytest

from inzwa.engines import open_engines, open_stage
from inzwa.errors import ModelError, UnknownModel
from inzwa.protocols import StageReport
from tests.serving import settings

pytestmark = pytest.mark.weights


async def test_a_model_that_cannot_be_had_gives_way_to_the_small_one():
    reports: list[StageReport] = []
    chosen = settings(llm_model="file:/nowhere/model.gguf")
    async with open_stage(chosen, "llm", reports.append) as model:
        assert model.info.model == "smollm2-135m"
    assert [report.state for report in reports if "nowhere" in report.detail] == ["fetching", "failed"]
    assert reports[-1] == StageReport("llm", "ready", "smollm2-135m")


async def test_a_file_that_is_no_model_gives_way_to_the_small_one(tmp_path):
    wrong = tmp_path / "model.gguf"
    wrong.write_bytes(b"GGUF, but nothing else" * 100)
    reports: list[StageReport] = []
    async with open_stage(settings(llm_model=f"file:{wrong}"), "llm", reports.append) as model:
        assert model.info.model == "smollm2-135m"
    assert "failed" in [report.state for report in reports]


async def test_nothing_takes_its_place_where_the_setting_forbids_it():
    with pytest.raises(ModelError):
        async with open_stage(settings(llm_model="file:/nowhere/model.gguf", models="embedded"), "llm", lambda _: None):
            pass


@pytest.mark.parametrize("name", ["whisper-huge", "joe-medium"])
async def test_a_name_that_is_wrong_is_told_and_not_worked_around(name):
    with pytest.raises(UnknownModel, match=name):
        async with open_engines(settings(asr_model=name), lambda _: None):
            pass
