"""training/data/dialogues.tsv: its form, how much of it there is, what is kept out, and that replies can be spoken."""

import re
from collections import Counter
from pathlib import Path

import pytest

from training.data.numbers import DOMAIN, lines
from training.llm.dialogues import COLUMNS, FILE, VARIANTS, Dialogue, read_dialogues

KINDS = {
    *("greet", "fact", "number", "advice", "refuse", "unknown", "ask-back"),
    *("feeling", "joke", "story", "self", "mixed", "smalltalk"),
}
SPOKEN = re.compile(r"[A-Za-z][A-Za-z ,.;:!?'’\-éō]+[.!?]")


@pytest.fixture(scope="module")
def dialogues() -> list[Dialogue]:
    return read_dialogues()


def test_there_are_three_thousand_exchanges_over_forty_domains(dialogues):
    assert sum(len(dialogue.exchanges) for dialogue in dialogues) >= 3_000
    assert len({dialogue.domain for dialogue in dialogues}) >= 40
    assert {len(dialogue.exchanges) for dialogue in dialogues} == {1, 2, 3, 4}


def test_three_hundred_are_held_out_some_of_them_whole_domains(dialogues):
    held = [dialogue for dialogue in dialogues if dialogue.held]
    assert sum(len(dialogue.exchanges) for dialogue in held) >= 300
    trained = {dialogue.domain for dialogue in dialogues if not dialogue.held}
    assert len({dialogue.domain for dialogue in held} - trained) >= 2


def test_each_dialogue_has_its_own_name_and_every_kind_is_known(dialogues):
    assert len({dialogue.name for dialogue in dialogues}) == len(dialogues)
    assert {exchange.kind for dialogue in dialogues for exchange in dialogue.exchanges} <= KINDS


def test_most_questions_are_asked_in_several_ways(dialogues):
    ways = [exchange.ways for dialogue in dialogues for exchange in dialogue.exchanges]
    assert all(1 <= len(each) <= 5 and all(way.strip() for way in each) for each in ways)
    assert sum(len(each) > 1 for each in ways) > 0.9 * len(ways)


def test_replies_are_short_and_can_be_spoken(dialogues):
    for dialogue in dialogues:
        for exchange in dialogue.exchanges:
            assert SPOKEN.fullmatch(exchange.reply), (dialogue.name, exchange.reply)
            assert 2 <= len(exchange.reply.split()) <= 28, (dialogue.name, exchange.reply)


def test_hardly_a_reply_is_given_more_than_three_times(dialogues):
    replies = Counter(exchange.reply for dialogue in dialogues for exchange in dialogue.exchanges)
    often = [reply for reply, times in replies.items() if times > 3]
    assert len(often) <= 10, often


def test_what_is_about_numbers_is_what_inzwa_s_grammar_makes(dialogues):
    written = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line.startswith(f"{DOMAIN}-")]
    assert written == list(lines())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("dialogue\tturn\n", "expected the columns"),
        ("\t".join(COLUMNS) + "\na-001\t2\ta\ttrain\tMhoro\tMhoroi.\tgreet\t\n", "a-001: its turns"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, content, told):
    file = tmp_path / "dialogues.tsv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        read_dialogues(file)


def test_ways_of_asking_are_read_apart(dialogues):
    assert all(
        VARIANTS not in way for dialogue in dialogues for exchange in dialogue.exchanges for way in exchange.ways
    )
