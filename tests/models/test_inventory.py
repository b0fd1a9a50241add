"""The catalogue and the cache side by side."""

from inzwa.models.inventory import lines
from tests.models.shop import Shop


def test_there_is_a_line_a_model_with_its_state_and_one_for_the_disk(shop: Shop) -> None:
    store = shop.store()
    assert "not here" in next(lines(store))
    shop.fill()
    line, total = lines(store)
    assert line.split()[:8] == ["tiny", "asr", "ready", "0.0", "MB", "0.0", "MB", "here"]
    assert line.endswith("Shona · MIT: Free for any use.")
    assert total == "0.0 MB on this disk"
