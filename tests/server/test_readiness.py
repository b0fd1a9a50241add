"""What stages report while they are opened, for /readyz: how far they are, and what failed before."""

from inzwa.protocols import EngineInfo, FileInfo, StageReport
from inzwa.server.engine_lifecycle import MOST_FAILURES, WarmupProgress
from inzwa.server.readiness import opening_stage, running_stage


def failed(model: str) -> StageReport:
    return StageReport("llm", "failed", f"{model}: it is gated.", model)


def opening(progress: WarmupProgress, stage="llm") -> dict:
    return opening_stage(progress.stages[stage], progress.failures[stage])


def tried(progress: WarmupProgress) -> list[str]:
    return [each["model"] for each in opening(progress)["tried"]]


def test_a_stage_says_which_model_what_is_done_to_it_and_how_much_of_how_much():
    progress = WarmupProgress()
    progress.report(StageReport("llm", "fetching", "tiny: downloading", "tiny", "downloading", 3, 10))
    body = opening(progress)
    assert (body["state"], body["model"], body["step"]) == ("fetching", "tiny", "downloading")
    assert (body["done_bytes"], body["total_bytes"]) == (3, 10)
    assert opening(progress, "asr")["state"] == "waiting"


def test_what_is_not_ready_is_a_reason_each():
    progress = WarmupProgress()
    for stage in ("vad", "asr", "tts"):
        progress.report(StageReport(stage, "ready", "scripted"))
    progress.report(StageReport("llm", "loading", "tiny"))
    assert progress.reasons() == ["llm is loading: tiny"]


def test_a_stage_that_runs_tells_what_was_tried_before_and_the_bytes_of_its_files():
    progress = WarmupProgress()
    progress.report(failed("best"))
    progress.report(StageReport("llm", "ready", "small", "small"))
    files = (FileInfo("a", 3, "ab"), FileInfo("b", 4, "cd"))
    info = EngineInfo(engine="scripted", version="1", model="small", consequence="Free.", files=files)
    body = running_stage(info, progress.failures["llm"])
    assert body["tried"] == [{"model": "best", "reason": "best: it is gated."}]
    assert (body["bytes"], body["consequence"]) == (7, "Free.")


def test_what_failed_before_an_engine_was_ready_is_forgotten_when_it_is_opened_again():
    progress = WarmupProgress()
    progress.report(failed("best"))
    progress.report(StageReport("llm", "ready", "small", "small"))
    progress.report(StageReport("llm", "fetching", "best", "best"))
    assert tried(progress) == []


def test_another_attempt_at_everything_begins_without_failures():
    progress = WarmupProgress()
    progress.report(failed("best"))
    progress.restart()
    assert tried(progress) == []


def test_of_many_failures_the_last_are_remembered():
    progress = WarmupProgress()
    for number in range(MOST_FAILURES + 3):
        progress.report(failed(f"model-{number}"))
    assert tried(progress) == [f"model-{number}" for number in range(3, MOST_FAILURES + 3)]
