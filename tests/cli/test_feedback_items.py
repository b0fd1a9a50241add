"""`feedback add-items` adds what its file says, once."""

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from inzwa.cli.feedback_items import add_items
from inzwa.errors import FeedbackError
from inzwa.feedback.store.schema import ItemRow
from inzwa.feedback.store.store import open_store
from inzwa.feedback.tasks.clips import clip_path
from tests.serving import settings


def test_clips_of_another_voice_are_added_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "x.wav", np.full(800, 0.1, dtype=np.float32), 8_000)
    file = tmp_path / "items.jsonl"
    file.write_text(json.dumps({"kind": "naturalness", "audio": ["x.wav"], "hidden": {"system": "X"}}))
    chosen = settings(data=tmp_path / "data")
    for _ in range(2):
        add_items(Namespace(file=file), chosen)
    assert capsys.readouterr().out.splitlines() == ["added: 1 of 1 items", "added: 0 of 1 items"]
    with open_store(chosen) as store:
        item = store.read_now(lambda session: session.scalars(select(ItemRow)).one())
        assert clip_path(store.folder, item.payload["sound"]).is_file()


def test_a_wrong_file_adds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text('{"kind": "song"}')
    with pytest.raises(FeedbackError, match="Line 1"):
        add_items(Namespace(file=file), settings(data=tmp_path / "data"))
