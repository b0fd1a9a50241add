"""Self-tests: a library that ends its process, or never returns, ends a child and not the server."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from inzwa.engines.llm.llama.library import LIBRARY, Library
from inzwa.engines.opening import EngineSpec, open_engine
from inzwa.engines.selftest import MOST_REMEMBERED, SelfTest
from inzwa.errors import EngineError, EngineUnfit
from inzwa.hardware.processor import Processor
from inzwa.models.local_model import LocalModel
from inzwa.protocols import FileInfo
from tests.deadly import DEATHS, deadly_library

NEWER = Processor("x86_64", "Xeon", frozenset({"avx2", "fma", "f16c", "bmi2", "avx512f"}))
OLDER = Processor("x86_64", "Core i7-2600", frozenset({"avx", "fma"}))


@pytest.fixture(scope="session")
def deadly(tmp_path_factory) -> dict[str, Library]:
    """Libraries that do as their names say when they are loaded."""
    return {death: deadly_library(tmp_path_factory.mktemp(death), death) for death in DEATHS}


@pytest.fixture(scope="session")
def model(models):
    return models.fetch("smollm2-135m")


def spec(model, library: Library | None = None, **values: object) -> EngineSpec:
    given = {"stage": "llm", "engine": "llama-cpp", "threads": 2, "context_tokens": 256, **values}
    return EngineSpec(model=model, library=library, **given)


def scripted(folder: Path, code: str, **values: object) -> SelfTest:
    """A self-test whose child runs this code instead."""
    return SelfTest(folder, command=(sys.executable, "-c", code), **values)


@pytest.mark.weights
async def test_a_library_with_an_unknown_instruction_ends_the_child_and_is_told_in_words(deadly, model, tmp_path):
    with pytest.raises(EngineUnfit) as refused:
        await SelfTest(tmp_path, processor=NEWER).require(spec(model, deadly["ill"]))
    said = refused.value.message
    assert refused.value.code == "engine_unfit"
    assert said.startswith("llama-cpp, ill library with smollm2-135m was ended by SIG")
    assert "Here: Xeon (avx2 avx512f bmi2 f16c fma)" in said
    assert "Remedy: name another in INZWA_LLM_LIBRARY." in said


@pytest.mark.weights
async def test_an_old_processor_is_told_what_it_lacks(deadly, model, tmp_path):
    with pytest.raises(EngineUnfit, match="this processor has no avx2, f16c, bmi2"):
        await SelfTest(tmp_path, processor=OLDER).require(spec(model, deadly["ill"]))


@pytest.mark.weights
async def test_an_old_processor_is_told_to_build_for_itself(deadly, model, tmp_path):
    portable = replace(deadly["ill"], name="portable")
    with pytest.raises(EngineUnfit, match=r"`python -m inzwa tune` builds llama\.cpp for this processor"):
        await SelfTest(tmp_path, processor=OLDER).require(spec(model, portable))


@pytest.mark.weights
async def test_a_library_that_aborts_is_told_with_its_last_words(deadly, model, tmp_path):
    with pytest.raises(EngineUnfit, match=r"was ended by SIGABRT in its self-test \(GGML_ASSERT\(rows > 0\) failed\)"):
        await SelfTest(tmp_path).require(spec(model, deadly["abort"]))


@pytest.mark.weights
async def test_a_library_that_hangs_is_ended_and_may_be_tried_again(deadly, model, tmp_path):
    selftest = SelfTest(tmp_path, limit_s=4.0)
    with pytest.raises(EngineUnfit, match="did not finish its self-test within 4 s"):
        await selftest.require(spec(model, deadly["hang"]))
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


@pytest.mark.weights
@pytest.mark.parametrize(
    ("stage", "engine", "name"),
    [("vad", "silero", "silero-v6"), ("asr", "faster-whisper", "whisper-base"), ("tts", "vits", "joe-medium")],
)
async def test_every_engine_that_works_passes_and_is_opened(models, tmp_path, stage, engine, name):
    works = spec(models.fetch(name), stage=stage, engine=engine)
    await SelfTest(tmp_path).require(works)
    async with open_engine(works) as opened:
        assert opened.info.model == name


@pytest.mark.weights
async def test_what_was_found_is_remembered_and_no_child_runs_again(deadly, model, tmp_path):
    dies = spec(model, deadly["ill"])
    with pytest.raises(EngineUnfit) as first:
        await SelfTest(tmp_path).require(dies)
    with pytest.raises(EngineUnfit) as second:
        await scripted(tmp_path, "raise SystemExit(0)").require(dies)
    assert first.value.message == second.value.message


async def test_another_processor_library_or_model_is_tried_out_anew(local, tmp_path):
    ends = scripted(tmp_path, "raise SystemExit(0)")
    await ends.require(local)
    dies = replace(ends, command=(sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGABRT)"))
    await dies.require(local)  # remembered: nothing ran
    other_library = replace(local, library=Library("mine", _file(tmp_path / "other" / LIBRARY, "other code")))
    other_model = replace(local, model=replace(local.model, files=(replace(local.model.files[0], sha256="b" * 64),)))
    for changed in (other_library, other_model):
        with pytest.raises(EngineUnfit, match="SIGABRT"):
            await dies.require(changed)
    with pytest.raises(EngineUnfit, match="SIGABRT"):
        await replace(dies, processor=OLDER).require(local)


async def test_a_library_whose_bytes_changed_in_its_place_is_tried_out_anew(local, tmp_path):
    await scripted(tmp_path, "raise SystemExit(0)").require(local)
    _file(local.library.file, "rebuilt, and longer")
    with pytest.raises(EngineUnfit, match="status 9"):
        await scripted(tmp_path, "raise SystemExit(9)").require(local)


async def test_a_refusal_of_the_engines_own_is_passed_on_as_it_is(local, tmp_path):
    with pytest.raises(EngineError, match=r"^no model$") as refused:
        await scripted(tmp_path, "print('no model'); raise SystemExit(4)").require(local)
    assert not isinstance(refused.value, EngineUnfit)


async def test_a_library_that_cannot_be_loaded_is_unfit(local, tmp_path):
    with pytest.raises(EngineUnfit, match=r"^no library$"):
        await scripted(tmp_path, "print('no library'); raise SystemExit(3)").require(local)


async def test_an_error_that_nobody_caught_is_unfit_and_told_by_its_last_line(local, tmp_path):
    with pytest.raises(EngineUnfit, match=r"^RuntimeError: no such thing$"):
        await scripted(tmp_path, "raise RuntimeError('no such thing')").require(local)


async def test_a_last_line_that_comes_in_pieces_is_told_whole(local, tmp_path):
    pieces = "import os; [os.write(1, b) for b in (b'first\\nthe ', b'last ', b'line\\n')]; os._exit(4)"
    with pytest.raises(EngineError, match=r"^the last line$"):
        await scripted(tmp_path, pieces).require(local)


async def test_who_is_killed_from_outside_is_told_and_not_remembered(local, tmp_path):
    kills = scripted(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(EngineUnfit, match="for want of memory most often"):
        await kills.require(local)
    await scripted(tmp_path, "raise SystemExit(0)").require(local)


async def test_a_child_that_says_much_is_read_to_its_end(local, tmp_path):
    loud = "import sys; [print('x' * 1000) for _ in range(2000)]; print('the end'); sys.exit(4)"
    with pytest.raises(EngineError, match="the end"):
        await scripted(tmp_path, loud).require(local)


async def test_a_folder_that_cannot_be_written_costs_a_child_and_no_more(local, tmp_path, caplog):
    (tmp_path / "file").touch()
    await scripted(tmp_path / "file" / "within", "raise SystemExit(0)").require(local)
    assert "cannot be cached" in caplog.text


async def test_the_number_of_verdicts_is_bounded(local, tmp_path):
    for number in range(MOST_REMEMBERED + 8):
        (tmp_path / f"{number:032x}").write_text(json.dumps({"verdict": ""}))
    await scripted(tmp_path, "raise SystemExit(0)").require(local)
    assert len([path for path in tmp_path.iterdir() if path.is_file()]) <= MOST_REMEMBERED + 1


@pytest.fixture
def local(tmp_path) -> EngineSpec:
    """A specification whose files are of the test's own."""
    from_file = Library("mine", _file(tmp_path / "lib" / LIBRARY, "code"))
    return spec(_model(tmp_path), from_file)


def _file(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _model(folder: Path) -> LocalModel:
    return LocalModel(name="small", folder=folder, files=(FileInfo("model.gguf", 4, "a" * 64),))
