"""An export: whole or not at all, and read by `datasets` as the card says."""

from pathlib import Path

import pytest
import soundfile

from inzwa.errors import FeedbackError
from inzwa.feedback.export.formats import Exported, Format, write_dataset
from inzwa.feedback.export.personal_details import PersonalDetails
from inzwa.feedback.export.rows import contributor_ids, read_contributor, read_shared_items
from inzwa.feedback.export.tables import TABLES, columns
from inzwa.feedback.recordings import sound_path
from inzwa.feedback.store.store import Store
from tests.feedback import sample
from tests.feedback.export.loading import loaded

ALL = [name for name in TABLES if name != "withdrawn"]


def export(store: Store, output: Path, form: Format) -> Exported:
    details = PersonalDetails()
    ids = store.read_now(contributor_ids)
    data = [store.read_now(lambda session, one=one: read_contributor(session, one, details)) for one in ids]
    return write_dataset(output, [store.read_now(read_shared_items), *data], store.folder, form, details)


@pytest.mark.processes
def test_every_table_in_json_lines_is_loaded_with_the_types_that_the_card_says(store: Store, tmp_path: Path) -> None:
    sample.fill(store)
    export(store, tmp_path / "out", "jsonl")
    found = loaded(tmp_path / "out", *ALL, "")
    assert {name: len(table["rows"]) for name, table in found.items()} == {
        **dict.fromkeys(("ratings", "judgements", "recordings", "consents", ""), 6),
        "items": 1,
    }
    for name in ALL:
        assert list(found[name]["kinds"]) == [column.name for column in columns(TABLES[name])]
    kinds = found["ratings"]["kinds"]
    assert (kinds["total_ms"], kinds["rated"], kinds["reasons"]) == (
        "Value('int64')",
        "Value('bool')",
        "List(Value('string'))",
    )
    assert kinds["started_at"] == "Value('timestamp[us, tz=UTC]')"
    assert found[""]["rows"] == found["ratings"]["rows"]
    rated = found["ratings"]["rows"][0]
    assert (rated["reasons"], rated["asr_ms"], rated["total_ms"]) == (["bad_shona", "other"], 12, None)
    assert rated["started_at"] == "2026-11-26T12:00:01.250000+00:00"


@pytest.mark.processes
def test_parquet_holds_the_recordings_in_its_rows(store: Store, tmp_path: Path) -> None:
    sample.fill(store, people=2)
    export(store, tmp_path / "out", "parquet")
    found = loaded(tmp_path / "out", *ALL)
    assert found["recordings"]["kinds"]["audio"].startswith("Audio(")
    for row in found["recordings"]["rows"]:
        assert bytes.fromhex(row["audio"]["bytes"]) == sound_path(store.folder, row["sha256"]).read_bytes()
    assert found["judgements"]["rows"][0]["b_system"] == "voice one"
    assert found["judgements"]["kinds"]["naturalness"] == "Value('int64')"


@pytest.mark.processes
def test_an_audio_folder_gives_recordings_with_their_rows_and_the_other_tables_beside_them(
    store: Store, tmp_path: Path
) -> None:
    sample.fill(store, people=2)
    export(store, tmp_path / "out", "audiofolder")
    ratings = f"json={tmp_path / 'out' / 'tables' / 'ratings.jsonl'}"
    found = loaded(tmp_path / "out", "", ratings)
    assert found[""]["kinds"]["audio"].startswith("Audio(")
    assert [row["text"] for row in found[""]["rows"]] == ["Mhoroi", "Mhoroi"]
    for row in found[""]["rows"]:
        assert soundfile.info(row["audio"]["path"]).frames == 8_000
    assert len(found[ratings]["rows"]) == 2


def test_the_sounds_that_were_judged_are_there_byte_for_byte(store: Store, tmp_path: Path) -> None:
    sample.fill(store, people=1)
    export(store, tmp_path / "out", "jsonl")
    clips = sorted((store.folder / "clips").iterdir())
    assert [path.name for path in sorted((tmp_path / "out" / "clips").iterdir())] == [path.name for path in clips]
    for clip in clips:
        assert (tmp_path / "out" / "clips" / clip.name).read_bytes() == clip.read_bytes()


def test_a_folder_that_holds_something_is_left_as_it_is(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("kept")
    with pytest.raises(FeedbackError, match="name a new folder"):
        export(store, tmp_path / "out", "jsonl")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_used(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export(store, tmp_path / "out", "jsonl")
    assert (tmp_path / "out" / "README.md").exists()


def test_an_audio_folder_without_recordings_is_refused_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    sample.add_rating(store, sample.contributor(store))
    with pytest.raises(FeedbackError, match="--format jsonl"):
        export(store, tmp_path / "new" / "out", "audiofolder")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_recording_whose_file_is_gone_is_left_out_and_counted(store: Store, tmp_path: Path) -> None:
    codes = sample.fill(store, people=2)
    sound_path(store.folder, sample.add_recording(store, codes[0], seed=77)).unlink()
    exported = export(store, tmp_path / "out", "jsonl")
    assert (exported.missing, exported.summary.rows["recordings"]) == (1, 2)


def test_the_card_counts_what_was_replaced_and_hides_what_few_say_of_themselves(store: Store, tmp_path: Path) -> None:
    sample.fill(store)
    export(store, tmp_path / "out", "jsonl")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "6 phone numbers and 6 e-mail addresses were replaced" in card
    assert "* Variety of Shona: zezuru 6" in card
    assert "* Age: 30-39 5, not shown 1" in card
    everything = "".join(path.read_text() for path in (tmp_path / "out").glob("*.*"))
    assert sample.PHONE not in everything
    assert sample.MAIL not in everything
    assert "nezve 26-11-2026" in everything
    assert '"age_band":"70+"' not in everything
    assert everything.count('"age_band":"30-39"') == 5
