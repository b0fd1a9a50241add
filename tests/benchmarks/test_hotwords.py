"""What the hotwords benchmark counts: names found wherever words are divided, errors outside the name alone."""

import numpy as np
import pytest

from benchmarks.hotwords import Said, noises, row, scored, ways

SILENCE = np.zeros(0, dtype=np.float32)
NAMED = Said("named", "Ndiri kuenda kuMutare nhasi.", SILENCE, "Mutare")


def heard(text, one=NAMED, favours=("Mutare", "Gweru", "bhazi")):
    return scored("own", favours, one, text, 250.0)


@pytest.mark.parametrize(
    ("text", "found", "letter_edits", "word_edits"),
    [
        ("Ndiri kuenda kuMutare nhasi", True, 0, 0),
        ("ndiri kuenda ku, mu tare nhasi", True, 0, 0),
        ("ndiri kuenda kumetari nhasi", False, 0, 0),
        ("ndiri kwenda kumutare nasi", True, 2, 2),
        ("", False, 21, 3),
    ],
)
def test_the_name_and_what_stands_beside_it_are_judged_apart(text, found, letter_edits, word_edits):
    one = heard(text)
    assert (one.found, one.letter_edits, one.word_edits) == (found, letter_edits, word_edits)


def test_a_favoured_name_that_nobody_said_is_made_up_and_a_favoured_word_is_not():
    assert heard("ndiri kuenda gweru").made_up
    assert not heard("ndiri kuenda kumutare nebhazi").made_up


def test_a_sentence_without_a_name_is_judged_whole():
    one = heard("moro shamwari", Said("plain", "Mhoro, shamwari!", SILENCE))
    assert (one.found, one.letters, one.letter_edits, one.words, one.word_edits) == (False, 14, 1, 2, 1)


def test_a_line_of_the_table_has_every_kind():
    said = [NAMED, Said("plain", "mhoro", SILENCE), Said("English", "good morning", SILENCE), *noises(1)]
    cells = row("own", [heard("kumutare" if one is NAMED else "", one) for one in said])
    assert cells[0] == "own"
    assert cells[1].startswith("1.000")
    assert cells[-3:] == [0, 0, 250.0]


def test_the_sessions_own_words_come_before_the_core_ones():
    assert ways(["Mutare"])["own, core"][0] == "Mutare"
    assert ways(["Mutare"])["none"] == ()
