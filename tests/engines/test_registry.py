"""open_engines on real weights: the next best where the best cannot be had, and a clear end where nothing can."""

import pytest

from inzwa.engines.registry import open_engines, open_stage
from inzwa.errors import EngineError, ModelError, UnknownModel
from inzwa.models.convert.whisper_ggml import TARGET, convert
from inzwa.models.progress import silent
from inzwa.protocols import StageReport
from tests.engines.llm.adapters import adapter
from tests.engines.llm.openai_server import loopback, said
from tests.serving import settings

pytestmark = pytest.mark.weights


async def test_a_model_that_cannot_be_had_gives_way_to_the_small_one():
    reports: list[StageReport] = []
    chosen = settings(llm_model="file:/nowhere/model.gguf")
    async with open_stage(chosen, "llm", reports.append) as model:
        assert model.info.model == "smollm2-135m"
    assert [report.state for report in reports if "nowhere" in report.detail] == ["fetching", "failed"]
    assert reports[-1] == StageReport("llm", "ready", "smollm2-135m", "smollm2-135m")


async def test_a_file_that_is_no_model_gives_way_to_the_small_one(cache, tmp_path):
    wrong = tmp_path / "model.gguf"
    wrong.write_bytes(b"GGUF, but nothing else" * 100)
    reports: list[StageReport] = []
    async with open_stage(settings(llm_model=f"file:{wrong}", cache=cache), "llm", reports.append) as model:
        assert model.info.model == "smollm2-135m"
    assert "failed" in [report.state for report in reports]


async def test_nothing_takes_its_place_where_the_setting_forbids_it():
    with pytest.raises(ModelError):
        async with open_stage(settings(llm_model="file:/nowhere/model.gguf", models="embedded"), "llm", lambda _: None):
            pass


async def test_an_adapter_is_added_to_the_model_that_it_was_made_for(cache, tmp_path):
    made = adapter(tmp_path)
    chosen = settings(llm_lora=made.path(".gguf"), llm_lora_scale=0.5, models="embedded", cache=cache)
    async with open_stage(chosen, "llm", lambda _: None) as model:
        assert model.info.title.startswith("smollm2-135m with file:")
        assert model.info.adapter.scale == 0.5
        assert model.info.adapter.files[0].sha256


@pytest.mark.parametrize("named", ["/nowhere/lora.gguf", "wrong"])
async def test_an_adapter_that_is_missing_or_wrong_is_told_and_the_model_goes_on_without_it(cache, tmp_path, named):
    wrong = adapter(tmp_path, width=64).path(".gguf") if named == "wrong" else named
    reports: list[StageReport] = []
    async with open_stage(settings(llm_lora=wrong, cache=cache), "llm", reports.append) as model:
        assert model.info.adapter is None
    (failed,) = [report for report in reports if report.state == "failed"]
    assert failed.detail.startswith(f"smollm2-135m with file:{wrong}: ")


async def test_no_model_goes_on_without_its_adapter_where_the_setting_forbids_it():
    chosen = settings(llm_lora="/nowhere/lora.gguf", models="embedded")
    with pytest.raises(ModelError, match=r"/nowhere/lora\.gguf"):
        async with open_stage(chosen, "llm", lambda _: None):
            pass


async def test_a_model_is_no_adapter():
    with pytest.raises(UnknownModel, match="smollm2-135m is a model for llm, not for lora"):
        async with open_stage(settings(llm_lora="smollm2-135m"), "llm", lambda _: None):
            pass


async def test_a_server_by_flag_answers_for_the_model():
    async with loopback(said("Ehe.")) as server:
        chosen = settings(llm_engine="openai", openai_base_url=server.url, openai_api_key=" svosve\n")
        async with open_stage(chosen, "llm", lambda _: None) as model:
            assert (model.info.engine, model.info.model, model.info.source) == ("openai", "tiny", server.url)
        assert set(server.keys) == {"Bearer svosve"}


async def test_a_server_that_is_not_there_gives_way_to_the_small_model_and_is_told():
    reports: list[StageReport] = []
    chosen = settings(llm_engine="openai", openai_base_url="http://127.0.0.1:1/v1")
    async with open_stage(chosen, "llm", reports.append) as model:
        assert (model.info.engine, model.info.model) == ("llama-cpp", "smollm2-135m")
    (failed,) = [report.detail for report in reports if report.state == "failed"]
    assert failed == "auto (openai): http://127.0.0.1:1/v1 cannot be reached: is the server running?"


async def test_whisper_cpp_by_flag_hears_in_place_of_the_usual_engine(models, cache, tmp_path):
    convert(models.fetch("whisper-base"), tmp_path, silent)
    model = f"file:{tmp_path / TARGET}"
    chosen = settings(asr_engine="whisper-cpp", asr_model=model, models="embedded", cache=cache)
    async with open_stage(chosen, "asr", lambda _: None) as ears:
        assert ears.info.engine == "whisper.cpp"
        assert ears.info.files[0].sha256


async def test_whisper_cpp_gives_way_to_the_usual_engine_where_its_model_is_none():
    chosen, reports = settings(asr_engine="whisper-cpp", asr_model="whisper-base", models="embedded"), []
    with pytest.raises(EngineError, match=r"whisper\.cpp can load"):
        async with open_stage(chosen, "asr", reports.append):
            pass
    nowhere = settings(asr_engine="whisper-cpp", asr_model="file:/nowhere/ggml.bin")
    async with open_stage(nowhere, "asr", reports.append) as ears:
        assert ears.info.engine == "faster-whisper"


@pytest.mark.parametrize("name", ["whisper-huge", "joe-medium"])
async def test_a_name_that_is_wrong_is_told_and_not_worked_around(name):
    with pytest.raises(UnknownModel, match=name):
        async with open_engines(settings(asr_model=name), lambda _: None):
            pass
