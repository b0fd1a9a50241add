"""Rows and batches: what is a target, and that a step's rows depend on seed and step alone."""

from random import Random

from training.llm.batches import SYSTEM, DialogueRows, Template, TextRows
from training.llm.config import Stage
from training.llm.dialogues import Dialogue, Exchange

START, END = 1000, 1001
TEXT = Stage(name="text", steps=10, rate=1e-3, rows=4, row_tokens=64)
TALK = Stage(name="dialogues", steps=10, rate=1e-3, rows=4, row_tokens=64)


def encode(text: str) -> list[int]:
    return list(text.encode())


def decode(tokens) -> str:
    return bytes(token for token in tokens if token < START).decode()


TEMPLATE = Template(encode, START, END)


def dialogue(number: int, turns: int = 1, letters: int = 5) -> Dialogue:
    exchanges = tuple(
        Exchange(ways=(f"u{number}", f"mu{number}"), reply=f"r{number}{turn}" + "a" * letters, kind="fact", fact="")
        for turn in range(turns)
    )
    return Dialogue(name=f"a-{number}", domain="a", held=False, exchanges=exchanges)


def test_targets_are_the_replies_and_their_ends():
    row = TEMPLATE.row(
        [("system", SYSTEM), ("user", "Mhoro"), ("assistant", "Mhoroi."), ("user", "Ndeipi"), ("assistant", "Ok.")]
    )
    targets = [token for token, target in zip(row.tokens, row.targets, strict=True) if target]
    assert targets == [*encode("Mhoroi."), END, *encode("Ok."), END]
    assert decode(row.tokens) == (f"system\n{SYSTEM}\nuser\nMhoro\nassistant\nMhoroi.\nuser\nNdeipi\nassistant\nOk.\n")


def test_a_step_has_the_same_rows_each_time_and_others_than_the_next():
    many = [dialogue(number, letters=number) for number in range(20)]
    for rows in (
        lambda: DialogueRows(TEMPLATE, many, 1),
        lambda: TextRows("voa_valid.txt.xz", encode, END, 1),
    ):
        stage = TALK if isinstance(rows(), DialogueRows) else TEXT
        first, again = rows(), rows()
        steps = [first.batch(step, stage) for step in range(4)]
        assert [again.batch(step, stage) for step in (3, 1)] == [steps[3], steps[1]]
        assert len({str(step) for step in steps}) == 4


def test_every_dialogue_comes_once_in_an_epoch():
    rows = DialogueRows(TEMPLATE, [dialogue(number, letters=number) for number in range(20)], 1)
    seen = [decode(row.tokens).split("assistant\n")[1] for step in range(5) for row in rows.batch(step, TALK)]
    assert len(set(seen)) == len(seen) == 20


def test_of_a_long_dialogue_the_oldest_turns_are_left_out():
    long = DialogueRows(TEMPLATE, [dialogue(number, turns=4) for number in range(4)], 1)
    for row in long.batch(0, TALK):
        assert len(row.tokens) <= TALK.row_tokens
        assert "assistant\nr" in decode(row.tokens)


def test_text_rows_are_full_and_all_of_them_targets():
    for row in TextRows("voa_valid.txt.xz", encode, END, 1).batch(2, TEXT):
        assert len(row.tokens) == len(row.targets) == TEXT.row_tokens
        assert all(row.targets)


def test_a_question_comes_in_all_its_ways():
    asked = {next(dialogue(1).messages(Random(seed)))[1] for seed in range(20)}
    assert asked == {"u1", "mu1"}
