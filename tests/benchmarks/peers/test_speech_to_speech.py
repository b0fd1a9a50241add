"""The files that speech-to-speech would download, put where it looks for them."""

from pathlib import Path

from benchmarks.peers.speech_to_speech.serve import arguments, place_files


def test_silero_lies_where_torch_hub_looks_for_its_repository(tmp_path):
    variables = place_files(Path("/installed"), tmp_path)
    hubconf = Path(variables["TORCH_HOME"]) / "hub" / "snakers4_silero-vad_master" / "hubconf.py"
    text = hubconf.read_text(encoding="utf-8")
    compile(text, str(hubconf), "exec")
    assert "'/installed/silero_vad/data/silero_vad.jit'" in text


def test_nltk_finds_its_splitter_in_a_wheel_and_a_tagger_that_is_never_asked(tmp_path):
    wheel, ours = place_files(Path("/installed"), tmp_path)["NLTK_DATA"].split(":")
    assert wheel == "/installed/llama_index/core/_static/nltk_cache"
    assert (Path(ours) / "taggers" / "averaged_perceptron_tagger_eng").is_dir()


def test_files_may_be_placed_again(tmp_path):
    assert place_files(Path("/installed"), tmp_path) == place_files(Path("/installed"), tmp_path)


def test_smart_turn_is_the_one_in_pipecats_wheel():
    given = arguments(["--port", "1", "--offline-smart-turn"], Path("/installed"))
    assert given[:3] == ["--port", "1", "--smart_turn_model_path"]
    assert given[3].startswith("/installed/pipecat/")
    assert given[3].endswith("smart-turn-v3.2-cpu.onnx")


def test_other_arguments_are_passed_on():
    assert arguments(["--port", "1", "--no_smart_turn"], Path("/installed")) == ["--port", "1", "--no_smart_turn"]
