"""Where items come from: added once, laid aside when they are gone, and nothing without its sentence."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.audio.pcm import level_dbfs
from inzwa.errors import BadAudio, FeedbackError
from inzwa.feedback.store.schema import ItemRow
from inzwa.feedback.tasks.clips import LEVEL_DBFS, clip_path, degraded, read_clip, save_clip
from inzwa.feedback.tasks.items import Item, add_items, known_sources, replace_items
from inzwa.feedback.tasks.organised import items_from
from inzwa.feedback.tasks.own_shona import reading_items, review_items, sentences
from inzwa.feedback.tasks.voices import INSTRUCTIONS, SENTENCES, SPEEDS, comparison_items, lines, naturalness_item


def tone(seconds: float = 1.0, rate: int = 22_050) -> np.ndarray:
    return (0.9 * np.sin(np.arange(int(seconds * rate)) / 20)).astype(np.float32)


def test_adding_the_same_item_again_adds_nothing(session: Session) -> None:
    item = Item(kind="reading", payload={"text": "Mhoroi"})
    assert add_items(session, [item, item]) == 1
    assert add_items(session, [item, Item(kind="review", payload={"text": "Mhoroi"})]) == 1


def test_an_items_that_is_gone_from_its_origin_is_laid_aside_and_comes_back(session: Session) -> None:
    old, new = (Item(kind="review", payload={"text": text}, hidden={"origin": "x"}) for text in "ab")
    foreign = Item(kind="review", payload={"text": "c"}, hidden={"origin": "y"})
    add_items(session, [foreign])
    for wanted in ([old], [new], [old]):
        replace_items(session, "review", "x", wanted)
        active = set(session.scalars(select(ItemRow.id).where(ItemRow.active)))
        assert active == {wanted[0].id, foreign.id}


def test_all_of_inzwas_own_shona_is_there_to_review() -> None:
    items = review_items({"tab.talk": ("Taurai", "Talk"), "page.title": ("Inzwa", "Inzwa")})
    about = {item.hidden["key"]: item.payload for item in items}
    assert about["page.tab.talk"] == {"text": "Taurai", "beside": "Talk", "about": "page"}
    assert "page.page.title" not in about
    assert about["dialogue.greeting"]["text"].startswith("Mhoroi")
    assert about["reading.$5"]["text"] == "madhora mashanu"
    assert len({item.id for item in items}) == len(items) > 50
    assert all(item.payload["text"].strip() and not any(map(str.isdigit, item.payload["text"])) for item in items)


def test_there_are_sentences_to_read_short_and_without_names() -> None:
    assert 60 <= len(sentences()) <= 100
    assert len(set(sentences())) == len(sentences())
    for sentence in sentences():
        assert 4 <= len(sentence.split()) <= 12
        assert not any(char.isdigit() for char in sentence)
    assert [item.payload["text"] for item in reading_items()] == list(sentences())


def test_a_voice_speaks_each_sentence_at_each_speed_and_the_checks() -> None:
    planned = list(lines("voice", "0" * 64, ["one", "two"]))
    plain = [line for line in planned if line.check is None]
    assert len(plain) == SENTENCES * 2 * len(SPEEDS)
    assert {line.text for line in planned if line.check and not line.degraded} == set(INSTRUCTIONS.values())
    assert len({line.source for line in planned}) == len(planned)
    assert list(lines("voice", "0" * 64, [])) == []


def test_pairs_are_of_one_sentence_and_two_systems(session: Session) -> None:
    planned = list(lines("voice", "0" * 64, ["one", "two"]))
    items = [naturalness_item(line, f"{at:064x}") for at, line in enumerate(planned)]
    pairs = comparison_items(items)
    assert len(pairs) == SENTENCES * 6
    assert all(pair.hidden["systems"]["first"] != pair.hidden["systems"]["second"] for pair in pairs)
    add_items(session, [*items, *pairs])
    assert {line.source for line in planned} <= known_sources(session)


def test_a_clip_keeps_its_rate_and_gets_the_level_of_all(tmp_path: Path) -> None:
    for loudness in (0.01, 1.0):
        name = save_clip(tmp_path, tone() * loudness, 22_050)
        sound, rate = read_clip(clip_path(tmp_path, name))
        assert rate == 22_050
        assert level_dbfs(sound) == pytest.approx(LEVEL_DBFS, abs=0.1)
    assert [path.name for path in clip_path(tmp_path, name).parent.iterdir() if path.suffix != ".flac"] == []


def test_silence_is_saved_as_silence(tmp_path: Path) -> None:
    name = save_clip(tmp_path, np.zeros(100, dtype=np.float32), 16_000)
    assert not read_clip(clip_path(tmp_path, name))[0].any()


def test_a_degraded_clip_is_more_noise_than_speech() -> None:
    sound = tone()
    bad = degraded(sound, 22_050, seed=1)
    likeness = float(np.corrcoef(sound, bad)[0, 1])
    assert bad.shape == sound.shape
    assert 0.3 < likeness < 0.7
    assert np.array_equal(bad, degraded(sound, 22_050, seed=1))


def organised(tmp_path: Path, *rows: object) -> Path:
    soundfile.write(tmp_path / "x.wav", tone(), 22_050)
    soundfile.write(tmp_path / "y.wav", tone() * 0.5, 16_000)
    file = tmp_path / "items.jsonl"
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return file


def test_an_organiser_adds_clips_of_other_systems(session: Session, tmp_path: Path) -> None:
    file = organised(
        tmp_path,
        {"kind": "naturalness", "payload": {"text": "Mhoroi"}, "audio": ["x.wav"], "hidden": {"system": "X"}},
        {"kind": "comparison", "audio": ["x.wav", "y.wav"], "hidden": {"systems": ["X", "Y"]}},
        {"kind": "reply", "payload": {"question": "Makadii?", "reply": "Ndiripo."}, "hidden": {"system": "M"}},
    )
    clip, pair, reply = items_from(file, tmp_path / "data")
    assert clip.hidden == {"origin": "organiser", "system": "X"}
    assert pair.hidden["systems"] == {"first": "X", "second": "Y"}
    assert pair.payload["first"] == clip.payload["sound"] != pair.payload["second"]
    assert clip_path(tmp_path / "data", pair.payload["second"]).is_file()
    assert reply.payload == {"question": "Makadii?", "reply": "Ndiripo."}
    assert add_items(session, [clip, pair, reply]) == 3
    assert add_items(session, items_from(file, tmp_path / "data")) == 0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{", "Line 1"),
        ({"kind": "song"}, "kind"),
        ({"kind": "naturalness", "audio": []}, "1 sound file"),
        ({"kind": "comparison", "audio": ["x.wav"]}, "2 sound files"),
        ({"kind": "comparison", "audio": ["x.wav", "y.wav"], "hidden": {"systems": ["X"]}}, "both"),
        ({"kind": "reply", "payload": {"question": "?"}}, "`reply`"),
        ({"kind": "reading", "payload": {"text": " "}}, "`text`"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, row: object, words: str) -> None:
    with pytest.raises(FeedbackError, match=words):
        items_from(organised(tmp_path, row), tmp_path)


def test_a_clip_that_is_no_sound_or_too_long_is_named(tmp_path: Path) -> None:
    file = organised(tmp_path, {"kind": "naturalness", "audio": ["items.jsonl"]})
    with pytest.raises(BadAudio, match=r"items\.jsonl"):
        items_from(file, tmp_path)
    soundfile.write(tmp_path / "x.wav", tone(61, 8_000), 8_000)
    file.write_text('{"kind": "naturalness", "audio": ["x.wav"]}')
    with pytest.raises(FeedbackError, match="longer"):
        items_from(file, tmp_path)
    with pytest.raises(FeedbackError, match="cannot be read"):
        items_from(tmp_path / "none.jsonl", tmp_path)
