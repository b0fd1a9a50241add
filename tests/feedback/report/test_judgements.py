"""Judgements of replies and of Inzwa's Shona; agreement between raters and within each."""

from inzwa.feedback.report.judgements import agreement_figures, reply_figures

REPLY = {"answers": True, "shona": 4, "safe": True, "better": ""}


def rows(figures, name):
    return {row.label: row for row in next(each for each in figures if each.name == name).rows}


def test_replies_are_judged_by_language_model(given):
    item = given.item("reply", {"question": "q", "reply": "r"}, system="gemma")
    for rater in "abcdefghijkl":
        given.rater(rater)
        given.answer(rater, item, REPLY | {"answers": rater < "g"})
    found = reply_figures(given.gathered())
    shares = rows(found, "replies")
    assert shares["gemma: answers the question"].estimate.value == 0.5
    assert shares["gemma: safe"].estimate.value == 1.0
    assert rows(found, "shona")["gemma"].estimate.value == 4.0


def test_own_texts_are_judged_by_where_they_stand(given):
    for about in ("page", "reading"):
        item = given.item("review", {"text": "x", "about": about})
        for rater in "abcdefghijkl":
            if about == "page":
                given.rater(rater)
            given.answer(rater, item, {"right": about == "page", "better": ""})
    found = rows(reply_figures(given.gathered()), "review")
    assert {label: row.estimate.value for label, row in found.items()} == {"page": 1.0, "reading": 0.0}


def test_raters_who_say_the_same_of_every_item_agree(given):
    for rater in "abc":
        given.rater(rater)
    for number in range(12):
        item = given.item("review", {"text": f"{number}"})
        for rater in "abc":
            given.answer(rater, item, {"right": number % 2 == 0, "better": ""})
    [row] = rows(agreement_figures(given.gathered()), "agreement").values()
    assert (row.label, row.estimate.value, row.estimate.raters) == ("right as it is", 1.0, 3)


def test_a_comparison_is_repeated_by_the_choice_of_the_same_voice_at_whichever_side(given):
    for rater in "abcd":
        given.rater(rater)
        for _ in range(3):
            item = given.item("comparison", systems={"first": "x", "second": "y"})
            given.answer(rater, item, {"choice": "a"}, shown={"a": "first", "b": "second"})
            given.answer(rater, item, {"choice": "b"}, shown={"a": "second", "b": "first"}, repeat=True)
    [row] = rows(agreement_figures(given.gathered()), "repeats").values()
    assert (row.estimate.value, row.extra) == (1.0, ("12 of 12",))


def test_a_repeat_counts_for_no_agreement_between_raters(given):
    given.rater("a")
    item = given.item("review", {"text": "x"})
    given.answer("a", item, {"right": True, "better": ""})
    given.answer("a", item, {"right": False, "better": ""}, repeat=True)
    found = rows(agreement_figures(given.gathered()), "agreement")
    assert found == {}
