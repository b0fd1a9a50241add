"""A stable word stays, to the letter."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from inzwa.conversation.input.partials import Hypothesis, LocalAgreement

WORDS = st.sampled_from(["mhoro", "Mhoro,", "shamwari", "shamwari.", "makadii", "?", "…", "n'anga", "nanga"])
TEXTS = st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=12)


def seen(*texts):
    agreement = LocalAgreement()
    return [agreement.push(text) for text in texts]


def test_the_first_hypothesis_is_all_tail():
    assert seen("mhoro shamwari") == [Hypothesis("mhoro shamwari", "")]


def test_what_two_in_a_row_agree_on_is_stable():
    assert seen("mhoro sha", "mhoro shamwari yangu")[-1] == Hypothesis("mhoro shamwari yangu", "mhoro")


def test_agreement_with_the_one_before_the_last_does_not_count():
    assert seen("mhoro", "moro", "mhoro")[-1].stable == ""


def test_case_and_marks_are_no_disagreement():
    assert seen("mhoro shamwari.", "Mhoro, shamwari yangu")[-1].stable == "Mhoro, shamwari"


def test_an_apostrophe_is_a_letter():
    assert seen("n'anga", "nanga")[-1].stable == ""


def test_a_stable_word_keeps_the_marks_it_became_stable_with():
    assert seen("mhoro", "mhoro", "Mhoro, shamwari", "Mhoro, shamwari")[-1].text == "mhoro shamwari"


def test_a_shorter_hypothesis_takes_nothing_back():
    assert seen("mhoro shamwari", "mhoro shamwari", "")[-1] == Hypothesis("mhoro shamwari", "mhoro shamwari")


def test_a_hypothesis_that_contradicts_what_is_stable_makes_nothing_stable():
    assert seen("mhoro", "mhoro", "mwana uya", "mwana uya")[-1] == Hypothesis("mhoro uya", "mhoro")


@given(TEXTS)
def test_the_stable_beginning_only_grows(texts):
    stable = [hypothesis.stable.split() for hypothesis in seen(*texts)]
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(stable))


@given(TEXTS)
def test_the_text_begins_with_what_is_stable_and_loses_no_word_of_the_newest(texts):
    for text, hypothesis in zip(texts, seen(*texts), strict=True):
        assert hypothesis.text.startswith(hypothesis.stable)
        words, fixed = hypothesis.text.split(), len(hypothesis.stable.split())
        assert words[fixed:] == text.split()[fixed:]


@given(st.lists(WORDS, min_size=1, max_size=8).map(" ".join))
def test_saying_the_same_twice_makes_all_of_it_stable(text):
    assert seen(text, text)[-1] == Hypothesis(text, text)
