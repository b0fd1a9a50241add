"""Recordings of evaluators as test data: whose text a person confirmed, out of the store or an export."""

import json
from functools import partial
from pathlib import Path

import pytest
import soundfile

from inzwa.cli.main import main
from inzwa.errors import BadCorpus
from inzwa.evaluation.feedback import exported_recordings, stored_recordings
from inzwa.feedback.codes import contributor_id
from inzwa.feedback.consents import give_consent
from inzwa.feedback.recordings import save_sound
from inzwa.feedback.records import Consent
from inzwa.feedback.store.schema import ConsentRow, ItemRow, RecordingRow, TaskRow, now
from inzwa.feedback.store.store import open_store
from inzwa.feedback.withdrawal import withdraw
from inzwa.settings import load_settings

SOUND = Path(__file__).parents[2] / "assets" / "mhoroi.wav"
SAID = "Mhoroi, makadii?"
VOICE = Consent(version=1, language="sn", licence="CC0-1.0", text=True, voice=True, adult=True)


@pytest.fixture
def environment(tmp_path):
    return {"INZWA_DATA": str(tmp_path / "data")}


class Recorded:
    """A store with recordings of one contributor."""

    def __init__(self, environment):
        self.settings = load_settings(environment)
        with open_store(self.settings) as store:
            self.contributor = contributor_id(store.write_now(partial(give_consent, consent=VOICE)))

    def change(self, change):
        with open_store(self.settings) as store:
            return store.write_now(change)

    def add(self, text, *, name="r1", verified=True, language="sn", times=1):
        """A recording of the sound, so many times over, under this id."""
        samples, rate = soundfile.read(SOUND, dtype="int16")
        assert rate == 16_000
        sha256, size = save_sound(self.folder, samples.tobytes() * times, quota_mb=10)
        row = RecordingRow(
            id=name, contributor=self.contributor, sha256=sha256, kind="turn", text=text, verified=verified,
            language=language, duration_ms=1_000, size_bytes=size,
        )  # fmt: skip
        self.change(lambda session: session.add(row))

    @property
    def folder(self):
        with open_store(self.settings) as store:
            return store.folder

    def names(self):
        return [(each.name, each.said) for each in stored_recordings(self.settings)]


@pytest.fixture
def recorded(environment):
    return Recorded(environment)


def test_only_what_a_person_confirmed_is_measured_on(recorded):
    recorded.add(SAID)
    recorded.add("mhoroi", name="r2", verified=False, times=2)
    recorded.add("", name="r3", times=3)
    assert recorded.names() == [("r1", SAID)]


def test_another_language_is_left_out(recorded):
    recorded.add("Good morning.", language="en")
    with pytest.raises(BadCorpus, match="no recording in sn"):
        recorded.names()


def test_what_most_evaluators_wrote_is_the_text_of_a_recording_that_its_speaker_left(recorded):
    recorded.add("mhoroi", verified=False)

    def transcribe(session):
        session.add(ItemRow(id="i", kind="transcript", payload={}, hidden={"recording": "r1"}))
        session.flush()
        for number, text in enumerate(("Mhoro makadii", SAID, SAID)):
            session.add(
                TaskRow(
                    id=f"t{number}", contributor=recorded.contributor, item_id="i", shown={}, answered_at=now(),
                    answer={"text": text},
                )
            )  # fmt: skip

    recorded.change(transcribe)
    assert recorded.names() == [("r1", SAID)]


def test_what_was_withdrawn_is_not_measured_on(recorded):
    recorded.add(SAID)
    recorded.change(lambda session: withdraw(session, recorded.contributor))
    with pytest.raises(BadCorpus, match="no recording"):
        recorded.names()


def test_a_recording_whose_consent_was_taken_back_is_left_out(recorded):
    recorded.add(SAID)

    def text_alone(session):
        said = {"version": 1, "language": "sn", "licence": "CC0-1.0", "text": True, "voice": False, "adult": True}
        session.add(ConsentRow(contributor=recorded.contributor, **said))

    recorded.change(text_alone)
    with pytest.raises(BadCorpus, match="no recording"):
        recorded.names()


@pytest.mark.parametrize(
    "table", ["recordings.jsonl", "recordings/metadata.jsonl", "data/recordings/ab/metadata.jsonl"]
)
def test_every_layout_of_an_export_is_read(tmp_path, table):
    path = tmp_path / table
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {"file_name": "a.flac", "text": SAID, "verified": True, "language": "sn"},
        {"file_name": "b.flac", "text": "mhoroi", "verified": False, "language": "sn"},
        {"file_name": "c.flac", "text": "hello", "verified": True, "language": "en"},
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    [found] = exported_recordings(tmp_path, "sn")
    assert (found.path, found.said, found.name) == (path.parent / "a.flac", SAID, "a.flac")


def test_a_row_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "recordings.jsonl").write_text('{"file_name": "a.flac"}\n')
    with pytest.raises(BadCorpus, match=r"recordings\.jsonl, line 1"):
        exported_recordings(tmp_path, "sn")


def test_a_command_line_that_names_two_sources_is_refused(tmp_path, environment, capsys):
    assert main(["eval", "asr", "m.tsv", "--feedback", "-o", str(tmp_path / "out")], environment) == 1
    assert "not two of them" in capsys.readouterr().err


@pytest.mark.weights
def test_a_recogniser_is_measured_on_what_people_corrected_in_the_store_and_in_its_export(
    recorded, environment, tmp_path, capsys
):
    recorded.add(SAID)
    recorded.add(f"{SAID} {SAID}", name="r2", times=2)
    small = {**environment, "INZWA_MODELS": "embedded"}
    assert main(["eval", "asr", "--feedback", "-o", str(tmp_path / "stored")], small) == 0
    export = ["feedback", "export", "--format", "audiofolder", "-o", str(tmp_path / "export")]
    assert main(export, small) == 0
    command = ["eval", "asr", "--feedback", str(tmp_path / "export"), "-o", str(tmp_path / "exported")]
    assert main(command, small) == 0
    out = capsys.readouterr().out
    assert out.count("* samples: 2,") == 2
    rates = [line for line in out.splitlines() if line.startswith("| letters (CER)")]
    assert len(rates) == 2
    assert rates[0] == rates[1]
