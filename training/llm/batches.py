"""Rows of tokens, which of them are targets, and which row comes in which step: a function of seed and step alone, so
that a run that is resumed goes on exactly as if it had never stopped."""

import lzma
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from training.llm.config import Stage
from training.llm.dialogues import Dialogue

DATA: Final = Path(__file__).parents[1] / "data"
SYSTEM: Final = "Unonzi Inzwa."
"""Before each dialogue, in training as at run time: short, because it is read anew in each conversation."""

Encode = Callable[[str], list[int]]
"""Text to tokens, without any for its beginning or end."""


@dataclass(frozen=True, slots=True)
class Template:
    """The base's chat template, ChatML, as tokens: per message <start>role, a line break, its text, <end>, another."""

    encode: Encode
    start: int
    end: int

    def row(self, messages: Sequence[tuple[str, str]]) -> "Row":
        """Roles and texts. Targets are the replies, each with its end."""
        tokens: list[int] = []
        targets: list[bool] = []
        for role, text in messages:
            opening = [self.start, *self.encode(f"{role}\n")]
            said = [*self.encode(text), self.end]
            after = self.encode("\n")
            tokens += opening + said + after
            targets += [False] * len(opening) + [role == "assistant"] * len(said) + [False] * len(after)
        return Row(tuple(tokens), tuple(targets))


@dataclass(frozen=True, slots=True)
class Row:
    """One sequence. The token at a place is predicted from those before it where its `target` is true."""

    tokens: tuple[int, ...]
    targets: tuple[bool, ...]


class TextRows:
    """News sentences, one after the other, in another order each time all have been read."""

    def __init__(self, file: str, encode: Encode, end: int, seed: int) -> None:
        with lzma.open(DATA / file, "rt", encoding="utf-8") as lines:
            self._sentences = [[*encode(line.strip()), end] for line in lines if line.strip()]
        self._seed = seed
        self._epochs: dict[int, list[int]] = {}

    def batch(self, step: int, stage: Stage) -> list[Row]:
        """The rows of a step, cut from the stream wherever it falls."""
        size = stage.rows * stage.row_tokens
        length = sum(map(len, self._sentences)) // size * size
        epoch, place = divmod(step * size, length)
        stream = self._stream(epoch)[place : place + size]
        cuts = range(0, size, stage.row_tokens)
        return [Row(tuple(stream[at : at + stage.row_tokens]), (True,) * stage.row_tokens) for at in cuts]

    def _stream(self, epoch: int) -> list[int]:
        if epoch not in self._epochs:
            order = Random(f"text {self._seed} {epoch}").sample(self._sentences, len(self._sentences))
            self._epochs = {epoch: [token for sentence in order for token in sentence]}
        return self._epochs[epoch]


class DialogueRows:
    """Dialogues, each a row of its own; those of a batch are about as long as each other."""

    def __init__(self, template: Template, dialogues: Sequence[Dialogue], seed: int) -> None:
        self._template, self._dialogues, self._seed = template, dialogues, seed

    def batch(self, step: int, stage: Stage) -> list[Row]:
        """The rows of a step: of the same epoch, sorted by length within it, the batches in an order at random."""
        count = len(self._dialogues) // stage.rows
        epoch, place = divmod(step, count)
        random = Random(f"dialogues {self._seed} {epoch}")
        shuffled = random.sample(self._dialogues, len(self._dialogues))
        by_length = sorted(shuffled[: count * stage.rows], key=_letters)
        first = random.sample(range(count), count)[place] * stage.rows
        ways = Random(f"ways {self._seed} {step}")
        return [self._row(dialogue, ways, stage.row_tokens) for dialogue in by_length[first : first + stage.rows]]

    def _row(self, dialogue: Dialogue, random: Random, most: int) -> Row:
        """The replies are targets, with the token that ends each. Of what is too long the oldest turns are left out."""
        messages = list(dialogue.messages(random))
        while True:
            row = self._template.row([("system", SYSTEM), *messages])
            if len(row.tokens) <= most or len(messages) <= 2:
                return Row(row.tokens[:most], row.targets[:most])
            messages = messages[2:]


def _letters(dialogue: Dialogue) -> int:
    return sum(len(exchange.reply) + len(exchange.ways[0]) for exchange in dialogue.exchanges)
