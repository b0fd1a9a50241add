"""Which adapter fits which base: both are named when they do not."""

from dataclasses import replace

import pytest

from inzwa.engines.llm.lora import Lora, require_fit
from inzwa.errors import EngineError
from tests.engines.llm.adapters import adapter, on_disk

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def smollm(models):
    return models.fetch("smollm2-135m")


def test_an_adapter_made_for_the_base_fits(tmp_path, smollm):
    require_fit(adapter(tmp_path), smollm)


def test_one_that_does_not_say_for_what_it_was_made_fits_by_its_shapes(tmp_path, smollm):
    require_fit(adapter(tmp_path, general__base_model__0__name=""), smollm)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"arch": "gemma3"}, "its architecture is gemma3, the base's is llama"),
        ({"width": 640}, "blk.0.attn_q.weight is 640 x 640 in it and 576 x 576 in the base"),
        ({"layers": 31}, "the base has no blk.30.attn_q.weight"),
        ({"layers": 0}, "it changes no layer"),
        ({"adapter__type": "control"}, "its adapter.type is control, expected lora"),
        ({"general__type": ""}, "its general.type is missing, expected adapter"),
        ({"general__base_model__0__name": "Tinyllama 1.1B Chat"}, "that base calls itself Smollm2 135M"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_wrong_one_is_refused_with_both_names(tmp_path, smollm, made, reason):
    wrong = adapter(tmp_path, **made)
    with pytest.raises(EngineError) as caught:
        require_fit(wrong, smollm)
    assert "shona-lora" in caught.value.message
    assert "to smollm2-135m: " in caught.value.message
    assert reason in caught.value.message


def test_the_base_of_another_family_is_refused_with_both_names(tmp_path, models):
    gemma = models.find("gemma3-270m")
    if gemma is None:
        pytest.skip("gemma3-270m is not in the cache")
    with pytest.raises(
        EngineError, match=r"shona-lora, made for SmolLM2 135M Instruct, cannot .* gemma3-270m: .*gemma3"
    ):
        require_fit(adapter(tmp_path), gemma)


def test_the_catalogue_entry_decides_on_the_base(tmp_path, smollm):
    unlike = adapter(tmp_path, general__base_model__0__name="Tinyllama 1.1B Chat")
    require_fit(replace(unlike, facts={"base": "smollm2-135m"}), smollm)
    with pytest.raises(EngineError, match=r"shona-lora, made for mistral-2b, cannot be added to smollm2-135m"):
        require_fit(replace(unlike, facts={"base": "mistral-2b"}), smollm)


def test_a_whole_model_is_no_adapter(smollm):
    with pytest.raises(EngineError, match=r"general\.type is model, expected adapter"):
        require_fit(smollm, smollm)


def test_a_file_that_is_no_gguf_is_named(tmp_path, smollm):
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"nothing")
    with pytest.raises(EngineError, match=r"broken-lora cannot be read as a GGUF file"):
        require_fit(on_disk(path, "broken-lora"), smollm)


def test_it_says_what_it_is_and_how_strongly_it_is_applied(tmp_path):
    info = Lora(adapter(tmp_path), 0.5).info
    assert (info.name, info.scale, info.language, info.licence) == ("shona-lora", 0.5, "Shona", "CC-BY-4.0")
    assert [file.name for file in info.files] == ["adapter.gguf"]
