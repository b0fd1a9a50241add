"""The catalogue and the cache side by side."""

from inzwa.models.inventory import lines
from tests.models.hub_model import HubModel
from tests.models.wheel_index import WheelIndex


def test_there_is_a_line_a_model_with_its_state_and_one_for_the_disk(wheels: WheelIndex) -> None:
    store = wheels.store()
    assert "not here" in next(lines(store))
    wheels.fill()
    line, total = lines(store)
    assert line.split()[:8] == ["tiny", "asr", "ready", "0.0", "MB", "0.0", "MB", "here"]
    assert line.endswith("Shona · MIT: Free for any use.")
    assert total == "0.0 MB on this disk"


def test_what_was_named_by_where_it_is_has_a_line_too(pupil: HubModel) -> None:
    store = pupil.store()
    store.fetch("hf:org/pupil@main/model.gguf")
    line = list(lines(store))[1]
    assert line.split()[:5] == ["hf:org/pupil@main/model.gguf", "-", "ready", "1.0", "MB"]
    assert store.disk_use()["hf:org/pupil@main/model.gguf"] > 1_000_000
