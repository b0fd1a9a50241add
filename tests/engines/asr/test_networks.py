"""What a model is opened in, and that nothing of it is opened twice."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from onnx import ModelProto

from inzwa.engines.asr.decoder import read_rules
from inzwa.engines.asr.decoder_graph import Graphs
from inzwa.engines.asr.encoder_graph import encoder_graph
from inzwa.engines.asr.networks import open_network
from inzwa.engines.asr.tokenizer import WhisperTokenizer
from inzwa.errors import EngineError
from inzwa.formats.ct2_file import Ct2File

pytestmark = pytest.mark.weights

LOADED = """
import sys
from pathlib import Path
from inzwa.engines.asr.networks import open_network
from inzwa.models.store import Store, default_cache
network, _ = open_network(Store(default_cache()).fetch("whisper-base"), threads=1)
print(type(network).__name__, "ctranslate2" in sys.modules, "libctranslate2" in Path("/proc/self/maps").read_text())
print("model.bin" in Path("/proc/self/maps").read_text())
"""


@pytest.fixture(scope="module")
def base(models):
    return models.fetch("whisper-base")


@pytest.mark.processes
def test_floats_run_on_onnx_runtime_alone():
    said = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True).stdout
    assert said.split() == ["OnnxNetwork", "False", "False", "False"]


def test_every_weight_is_in_one_graph_and_takes_a_byte(base):
    model = Ct2File(base.path("model.bin"))
    special = WhisperTokenizer(base.path("tokenizer.json"), multilingual=True).special_tokens
    graphs = Graphs.of(model, read_rules(base.path("config.json"), special))
    files = [encoder_graph(model), graphs.cross_cache, graphs.decoder]
    tensors = [tensor for file in files for tensor in ModelProto.FromString(file).graph.initializer]
    matrices = [tensor.name for tensor in tensors if len(tensor.dims) == 2 and len(tensor.raw_data) > 200_000]
    assert len(matrices) == len(set(matrices))
    assert 0.5 < sum(map(len, files)) / base.path("model.bin").stat().st_size < 0.56


def test_weights_or_rules_that_cannot_be_read_are_left_to_ctranslate2(base, tmp_path, caplog):
    for file in base.folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    rules = json.loads((base.folder / "config.json").read_text()) | {"suppress_ids_begin": None}
    (tmp_path / "config.json").unlink()
    (tmp_path / "config.json").write_text(json.dumps(rules))
    with caplog.at_level("INFO"):
        network, _ = open_network(replace(base, folder=tmp_path), threads=1)
    assert type(network).__name__ == "Ct2Network"
    assert "suppressed" in caplog.text


def test_a_file_that_is_no_model_is_refused(base, tmp_path):
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(EngineError, match="no Whisper"):
        open_network(replace(base, folder=tmp_path), threads=1)
