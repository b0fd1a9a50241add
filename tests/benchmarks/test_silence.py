"""Scripted turns have the pauses that they say they have, and decisions over them are counted right."""

import numpy as np
import pytest

from benchmarks.silence_decisions import RULES, Fixed, cue_before, outcome
from benchmarks.silence_recording import Recorded, Silence, keep, kept
from benchmarks.silence_speech import (
    FLOOR_DBFS,
    LEAD_MS,
    MEDIAN_MS,
    REST_MS,
    Script,
    Speaker,
    Turn,
    chosen,
    in_a_room,
    pause_ms,
    plain_scripts,
    read_scripts,
    unmarked,
    with_pauses,
)
from inzwa.audio.pcm import INPUT_RATE, level_dbfs, samples_in
from inzwa.conversation.input.prosody import Prosody
from tests.sounds import quiet, tone

USUAL = Speaker(speed=1, pitch=1, pauses=1)


def turn(*spells, pauses=(), end_ms=None, speaker=0, text=""):
    """A turn of these (probability, frames), its pauses told."""
    probabilities = tuple(probability for probability, frames in spells for _ in range(frames))
    spoken = [at for at, probability in enumerate(probabilities, 1) if probability > 0.5]
    end_ms = spoken[-1] * 32 if end_ms is None else end_ms
    ends = [at * 32 for at in spoken if at + 1 not in spoken]
    silences = tuple(Silence(at, text, 100.0, Prosody()) for at in ends)
    return Recorded(speaker, 0, "sn", text, probabilities, tuple(pauses), end_ms, silences)


def test_every_sentence_has_its_marks_in_both_columns():
    scripts = read_scripts()
    assert len(scripts) > 100
    for script in scripts:
        if script.symbols:
            assert [script.text.count(mark) for mark in "|/"] == [script.symbols.count(mark) for mark in "|/"]
        assert not set("|/") & set(unmarked(script.text))


def test_plain_text_gets_marks_at_commas_and_at_some_words(tmp_path):
    lines = ["Ndatenga chingwa, mukaka nemazai. Ndatenda.", "", "Mhoro shamwari yangu yakanaka kwazvo"] * 20
    (tmp_path / "text").write_text("\n".join(lines))
    scripts = plain_scripts(tmp_path / "text", np.random.default_rng(0))
    assert len(scripts) == 40
    assert all("chingwa, | " in script.text and "nemazai. || " in script.text for script in scripts[::2])
    assert any(" / " in script.text for script in scripts)
    assert {unmarked(script.text) for script in scripts} == {lines[0], lines[2]}


def test_pieces_and_pauses_belong_together():
    script, chance = Script("sn", "Mhoro, | ndinoda / chingwa. || Ndatenda.", ""), np.random.default_rng(0)
    for _ in range(200):
        pieces, kinds = chosen(script, chance)
        assert len(pieces) == len(kinds) + 1
        assert " ".join(pieces) == unmarked(script.text)
        assert kinds[-1] == "sentence"


@pytest.mark.parametrize(("kind", "quarter", "three_quarters"), [("clause", 250, 500), ("hesitation", 400, 900)])
def test_the_middle_half_of_pauses_lies_where_it_is_said_to_lie(kind, quarter, three_quarters):
    chance = np.random.default_rng(0)
    drawn = [pause_ms(kind, USUAL, chance) for _ in range(20_000)]
    assert np.percentile(drawn, [25, 50, 75]) == pytest.approx([quarter, MEDIAN_MS[kind], three_quarters], rel=0.03)


def test_a_speaker_who_pauses_long_does_so_everywhere():
    slow = Speaker(speed=1, pitch=1, pauses=2)
    for seed in range(50):
        usual, long = (pause_ms("clause", who, np.random.default_rng(seed)) for who in (USUAL, slow))
        assert long == pytest.approx(2 * usual)


def test_a_pause_replaces_the_near_silence_at_its_border():
    sound = np.concatenate((quiet(80), tone(400), quiet(100), tone(300), quiet(60)))
    made, (pause,) = with_pauses(sound, [samples_in(530, INPUT_RATE)], [("clause", 350.0)])
    assert pause.end_ms - pause.start_ms == pytest.approx(350)
    assert pause.start_ms == pytest.approx(400, abs=2)
    assert made.size * 1000 / INPUT_RATE == pytest.approx(400 + 350 + 300, abs=4)
    assert not made[samples_in(pause.start_ms, INPUT_RATE) : samples_in(pause.end_ms, INPUT_RATE)].any()


def test_a_room_adds_noise_and_time():
    made, (pause,) = with_pauses(np.concatenate((tone(400), tone(300))), [6_400], [("hesitation", 500.0)])
    heard = in_a_room(Turn("", "sn", made, (pause,)), np.random.default_rng(0))
    assert heard.pauses[0].start_ms == pytest.approx(pause.start_ms + LEAD_MS)
    assert heard.end_ms == pytest.approx(LEAD_MS + 1_200, abs=4)
    assert level_dbfs(heard.sound[: samples_in(LEAD_MS, INPUT_RATE)]) == pytest.approx(FLOOR_DBFS, abs=0.5)
    assert heard.sound.size == samples_in(heard.end_ms + REST_MS, INPUT_RATE)


def test_what_is_kept_is_read_again(tmp_path):
    turns = [turn((0, 5), (1, 20), (0, 40), pauses=[("clause", 300, 500)], text="Mhoro")]
    keep(tmp_path / "turns", turns)
    assert kept(tmp_path / "turns") == turns


def test_the_wait_is_from_the_end_of_speech_to_the_decision():
    found = outcome([turn((0, 10), (1, 30), (0, 60), end_ms=1_270)], RULES["fixed"], 640, 230)
    assert found.waited_ms == (640 + 1_280 - 1_270,)
    assert (found.cut_ins, found.turns, found.drafts) == ((), 1, 1)


def test_a_decision_in_a_pause_is_a_cut_in_and_the_turn_goes_on():
    spoken = turn((0, 10), (1, 30), (0, 25), (1, 30), (0, 60), pauses=[("clause", 1_280, 2_080)])
    found = outcome([spoken], RULES["fixed"], 640, 230)
    assert [(cut.kind, cut.goes_on_ms) for cut in found.cut_ins] == [("clause", 160)]
    assert (found.pauses, found.per_100_turns, found.per_100_pauses) == (1, 100, 100)
    assert len(found.waited_ms) == 1
    assert not outcome([spoken], RULES["fixed"], 900, 230).cut_ins


def test_words_count_once_their_draft_is_ready():
    finished = turn((0, 10), (1, 30), (0, 60), text="Makadii henyu nhasi.")
    waits = [outcome([finished], RULES["before"], 700, draft_ms).waited_ms[0] for draft_ms in (50, 20_000)]
    assert waits == [480, 704]


def test_speakers_are_decided_apart():
    turns = [turn((0, 10), (1, 30), (0, 60), speaker=speaker) for speaker in (0, 1, 0)]
    assert len(outcome(turns, lambda ms: Fixed(RULES["fixed"](ms).options, 32.0), 500, 230).waited_ms) == 3


@pytest.mark.parametrize(
    ("text", "cue"),
    [("Ndinoda mvura asi", "hesitating"), ("Makadii henyu nhasi.", "finished"), ("Ehe.", ""), ("", "")],
)
def test_the_cue_of_before_is_what_it_was(text, cue):
    assert cue_before(text) == cue
