"""The real thing, small: ten steps from the real base, resumed, exported, loaded by llama.cpp. `make test-train`."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from inzwa.engines.llm.llama.bindings import ContextSize, load_adapter, open_model, open_runner
from inzwa.engines.llm.lora import require_fit
from inzwa.models.local_model import LocalModel
from inzwa.protocols import FileInfo, Message
from tests.engines.llm.alone import Alone

pytestmark = [pytest.mark.train, pytest.mark.weights, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def config():
    from training.llm.config import read_config

    whole = read_config(Path(__file__).parents[2] / "training" / "llm" / "config.toml")
    stages = tuple(replace(stage, steps=5, rows=2, row_tokens=48) for stage in whole.stages)
    few = replace(whole.optimizer, warm_up=2)
    return replace(whole, stages=stages, optimizer=few, checkpoints=replace(whole.checkpoints, steps=5))


@pytest.fixture(scope="module")
def trained(config, tmp_path_factory) -> Path:
    """A folder with a run of ten steps that was stopped after four and went on."""
    from training.llm.run import Run

    folder = tmp_path_factory.mktemp("stopped")
    assert len(list(Run(config, folder).train(steps=4))) == 4
    assert len(list(Run(config, folder).train())) == 6
    return folder


def test_a_run_that_was_stopped_ends_where_one_that_was_not_does(config, trained, tmp_path):
    import torch

    from training.llm.run import CHECKPOINT, LOG, Run

    assert len(list(Run(config, tmp_path).train())) == config.steps == 10
    stopped, whole = (torch.load(folder / CHECKPOINT, weights_only=True)["adapter"] for folder in (trained, tmp_path))
    assert stopped.keys() == whole.keys()
    assert all(torch.equal(stopped[name], whole[name]) for name in whole)
    logs = [
        [line.split("\t")[:-1] for line in (folder / LOG).read_text().splitlines()] for folder in (trained, tmp_path)
    ]
    assert logs[0] == logs[1]


def test_the_rate_rises_and_falls_in_each_stage(config):
    from training.llm.run import rate_at

    stage = replace(config.stages[0], steps=100, rate=1.0)
    rates = [rate_at(step, stage, config.optimizer) for step in range(stage.steps)]
    assert rates[0] == 1 / config.optimizer.warm_up
    assert max(rates) == rates[config.optimizer.warm_up] == 1.0
    assert rates[-1] == pytest.approx(config.optimizer.last_rate, abs=0.01)


def test_what_llama_cpp_makes_of_the_exported_file_is_what_torch_computes(models, config, tmp_path):
    import numpy as np
    import torch

    from training.llm.export import write_adapter
    from training.llm.model import open_trained

    model = open_trained(config)
    generator = torch.Generator().manual_seed(1)
    state = {name: torch.randn(each.shape, generator=generator) * 0.03 for name, each in model.state().items()}
    none = {name: torch.zeros_like(each) for name, each in state.items()}
    question = (Message("system", "Unonzi Inzwa."), Message("user", "Guta guru reZimbabwe nderipi?"))
    row = model.template.row([(message.role, message.content) for message in question])
    tokens = torch.tensor([[*row.tokens, model.template.start, *model.encode("assistant\n")]])
    computed = []
    for weights in (none, state):
        model.load(weights)
        with torch.no_grad():
            computed.append(model.model(input_ids=tokens).logits[0, -1].numpy())
    base = models.fetch(config.base).path(".gguf")
    file = tmp_path / "adapter.gguf"
    write_adapter(state, config, base, file)
    with open_model(base) as opened:
        loaded = load_adapter(opened, file)
        given = []
        for scale in (0.0, 1.0):
            with open_runner(
                opened, ContextSize(cells=128, sequences=1, batch_tokens=64, threads=2), loaded, scale
            ) as runner:
                given.append(Alone(runner).logits(question))
    changed, expected = given[1] - given[0], computed[1] - computed[0]
    assert np.abs(expected).max() > 1
    assert np.corrcoef(given[0], computed[0])[0, 1] > 0.99
    assert np.corrcoef(changed, expected)[0, 1] > 0.95  # 0.97 with products in INT8 there and float32 here


def test_what_came_out_fits_its_base_and_is_small(models, config, trained, tmp_path):
    import torch

    from training.llm.export import write_adapter
    from training.llm.run import CHECKPOINT

    base = models.fetch(config.base)
    file = tmp_path / "adapter.gguf"
    write_adapter(torch.load(trained / CHECKPOINT, weights_only=True)["adapter"], config, base.path(".gguf"), file)
    assert 9e6 < file.stat().st_size < 12e6
    described = FileInfo(file.name, file.stat().st_size, sha256(file.read_bytes()).hexdigest())
    require_fit(LocalModel(name="shona", folder=tmp_path, files=(described,)), base)
