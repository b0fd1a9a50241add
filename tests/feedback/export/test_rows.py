"""Only what the latest consent covers is published, and nothing of who has withdrawn."""

from inzwa.feedback.codes import contributor_id
from inzwa.feedback.consents import give_consent
from inzwa.feedback.export.personal_details import PersonalDetails
from inzwa.feedback.export.rows import ContributorData, read_contributor, read_shared_items
from inzwa.feedback.export.summary import Summary
from inzwa.feedback.export.tables import AnyRow, Consent, Judgement, Rating, from_jsonl, to_jsonl
from inzwa.feedback.store.store import Store
from inzwa.feedback.tasks.items import Item, add_items
from inzwa.feedback.withdrawal import withdraw
from tests.feedback import sample


def read(store: Store, code: str) -> ContributorData:
    return store.read_now(lambda session: read_contributor(session, contributor_id(code), PersonalDetails()))


def tables(store: Store, code: str) -> dict[str, int]:
    return {name: len(rows) for name, rows in read(store, code).tables.items()}


def only(rows: tuple[AnyRow, ...]) -> AnyRow:
    (row,) = rows
    return row


def test_all_tables_hold_what_somebody_gave_who_consented_to_all(store: Store) -> None:
    (code,) = sample.fill(store, people=1)
    assert tables(store, code) == dict.fromkeys(("consents", "ratings", "judgements", "recordings"), 1)


def test_recordings_go_when_the_latest_consent_is_for_texts_only(store: Store) -> None:
    (code,) = sample.fill(store, people=1)
    store.write_now(lambda session: give_consent(session, sample.consent(voice=False), code))
    assert tables(store, code) == dict.fromkeys(("consents", "ratings", "judgements"), 1)


def test_texts_go_when_the_latest_consent_is_for_recordings_only(store: Store) -> None:
    (code,) = sample.fill(store, people=1)
    store.write_now(lambda session: give_consent(session, sample.consent(text=False), code))
    assert tables(store, code) == dict.fromkeys(("consents", "recordings"), 1)


def test_after_withdrawal_there_is_only_that_it_happened(store: Store) -> None:
    (code,) = sample.fill(store, people=1)
    store.write_now(lambda session: withdraw(session, contributor_id(code)))
    assert tables(store, code) == {"withdrawn": 1}


def test_what_others_said_of_words_that_may_not_be_published_is_not_published_either(store: Store) -> None:
    owner, judge = sample.contributor(store), sample.contributor(store)
    item = Item(
        kind="reply", payload={"question": "Q", "reply": "R"}, hidden={"turn": "1"}, contributor=contributor_id(owner)
    )
    store.write_now(lambda session: add_items(session, [item]))
    sample.add_judgement(store, judge, item.id, "1" * 32, {"answers": True, "shona": 4, "safe": True, "better": "B"})
    assert (tables(store, owner)["items"], tables(store, judge)["judgements"]) == (1, 1)
    store.write_now(lambda session: give_consent(session, sample.consent(text=False), owner))
    assert "items" not in tables(store, owner)
    assert "judgements" not in tables(store, judge)


def test_a_judgement_names_the_systems_as_they_were_shown(store: Store) -> None:
    (code,) = sample.fill(store, people=1)
    row = only(read(store, code).tables["judgements"])
    assert isinstance(row, Judgement)
    assert (row.choice, row.a, row.a_system, row.b_system) == ("a", "second", "voice two", "voice one")
    assert (row.naturalness, row.safe, row.text) == (None, None, None)
    assert len(store.read_now(read_shared_items).tables["items"]) == 1


def test_a_rating_has_its_turns_models_and_latencies_in_columns_of_their_own(store: Store) -> None:
    (code,) = sample.fill(store, people=1)
    row = only(read(store, code).tables["ratings"])
    assert isinstance(row, Rating)
    assert (row.tts_model, row.first_audio_ms, row.total_ms, row.settings) == (
        "small-tts",
        210,
        None,
        '{"language": "sn", "speed": 1.0}',
    )
    assert row.comment == "Ndifonere pa[phone number] kana [e-mail address], nezve 26-11-2026"


def test_rows_written_as_json_lines_are_read_back_equal(store: Store) -> None:
    (code,) = sample.fill(store, people=1)
    for rows in read(store, code).tables.values():
        assert from_jsonl(type(rows[0]), to_jsonl(rows)) == rows


def test_a_self_description_that_fewer_than_five_share_is_left_out(store: Store) -> None:
    data = [read(store, code) for code in sample.fill(store, people=6)]
    summary = Summary()
    for one in data:
        summary.add(one)
    shown = [only(summary.without_rare_descriptions(one).tables["consents"]) for one in data]
    ages = sorted(row.age_band for row in shown if isinstance(row, Consent))
    assert ages == ["", *["30-39"] * 5]
