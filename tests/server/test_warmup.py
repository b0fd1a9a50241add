"""What stages say on their way to being ready, kept for who asks: how far they are, and what was tried in vain."""

from inzwa.protocols import EngineInfo, FileInfo, StageReport
from inzwa.server.warmup import MOST_TRIED, WarmupProgress


def failed(model: str) -> StageReport:
    return StageReport("llm", "failed", f"{model}: it is gated.", model)


def tried(warming: WarmupProgress) -> list[str]:
    return [each["model"] for each in warming.underway()["llm"]["tried"]]


def test_a_stage_says_which_model_what_is_done_to_it_and_how_much_of_how_much():
    warming = WarmupProgress()
    warming.take(StageReport("llm", "fetching", "tiny: downloading", "tiny", "downloading", 3, 10))
    said = warming.underway()["llm"]
    assert (said["state"], said["model"], said["step"]) == ("fetching", "tiny", "downloading")
    assert (said["done_bytes"], said["total_bytes"]) == (3, 10)
    assert warming.underway()["asr"]["state"] == "waiting"


def test_what_is_not_ready_is_a_reason_each():
    warming = WarmupProgress()
    for stage in ("vad", "asr", "tts"):
        warming.take(StageReport(stage, "ready", "scripted"))
    warming.take(StageReport("llm", "loading", "tiny"))
    assert warming.reasons() == ["llm is loading: tiny"]


def test_a_stage_that_runs_tells_what_was_tried_before_and_the_bytes_of_its_files():
    warming = WarmupProgress()
    warming.take(failed("best"))
    warming.take(StageReport("llm", "ready", "small", "small"))
    files = (FileInfo("a", 3, "ab"), FileInfo("b", 4, "cd"))
    info = EngineInfo(engine="scripted", version="1", model="small", consequence="Free.", files=files)
    said = warming.running("llm", info)
    assert said["tried"] == [{"model": "best", "reason": "best: it is gated."}]
    assert (said["bytes"], said["consequence"]) == (7, "Free.")


def test_what_failed_before_an_engine_was_ready_is_forgotten_when_it_is_opened_anew():
    warming = WarmupProgress()
    warming.take(failed("best"))
    warming.take(StageReport("llm", "ready", "small", "small"))
    warming.take(StageReport("llm", "fetching", "best", "best"))
    assert tried(warming) == []


def test_another_attempt_at_everything_begins_with_a_clean_slate():
    warming = WarmupProgress()
    warming.take(failed("best"))
    warming.begin_anew()
    assert tried(warming) == []


def test_of_many_failures_the_last_are_kept():
    warming = WarmupProgress()
    for number in range(MOST_TRIED + 3):
        warming.take(failed(f"model-{number}"))
    assert tried(warming) == [f"model-{number}" for number in range(3, MOST_TRIED + 3)]
