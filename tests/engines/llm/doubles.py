"""A language model of arithmetic for the tests: each sequence's next token is its length. Checks how it is used."""

import threading

from inzwa.engines.llm.batching.batch import Request
from inzwa.engines.llm.batching.model_runner import DecodeFailed
from inzwa.engines.llm.batching.reply_text import ReplyText
from inzwa.protocols import ChatOptions

END = 0
"""The token that ends a reply."""

POISON = 666
"""A token that cannot be decoded."""


class CountingMachine:
    """Cells as lists. Replies `<7><8><9>...`: the length that the sequence has at each token."""

    def __init__(self, reply_tokens=1000, gate=None):
        self.cells: dict[int, list[int]] = {}
        self.reply_tokens = reply_tokens
        self.gate: threading.Event | None = gate
        self.batches: list[dict[int, int]] = []
        """For every batch, sequence to number of tokens."""
        self.open_samplers = 0

    def keep(self, sequence, length):
        del self.cells.setdefault(sequence, [])[length:]
        return True

    def share(self, source, target, length):
        assert not self.cells.get(target), "only an empty sequence can be given cells"
        assert len(self.cells[source]) >= length, "only cells that are there can be shared"
        self.cells[target] = self.cells[source][:length]

    def decode(self, slices):
        if self.gate:
            self.gate.wait()
        self.batches.append({part.sequence: len(part.tokens) for part in slices})
        self._outputs = {}
        for place, part in enumerate(slices):
            if POISON in part.tokens:
                raise DecodeFailed("poison")
            assert part.start == len(self.cells.setdefault(part.sequence, [])), "tokens go behind what is there"
            self.cells[part.sequence] += part.tokens
            if part.wants_output:
                last = sum(len(before.tokens) for before in slices[: place + 1]) - 1
                self._outputs[last] = len(self.cells[part.sequence])

    def open_sampler(self, options):
        self.open_samplers += 1
        return CountingSampler(self, options)

    def token_bytes(self, token):
        return b"<%d>" % token

    def is_end(self, token):
        return token == END


class CountingSampler:
    def __init__(self, machine, options):
        self._machine = machine
        self._said = 0

    def sample(self, output):
        self._said += 1
        return END if self._said > self._machine.reply_tokens else self._machine._outputs[output]

    def close(self):
        self._machine.open_samplers -= 1


class ListOutlet:
    """Keeps what a reply was given; `full` when a test says so."""

    def __init__(self):
        self.pieces: list[str] = []
        self.full = False
        self.ended = False
        self.error = None

    def put(self, text):
        assert not self.ended
        self.pieces.append(text)

    def end(self, error=None):
        self.ended, self.error = True, error


def ask(prompt, *, limit=3, session="", prefix=0, speaks=True, stop=(), outlet=None):
    """A job as the engine would make it."""
    return Request(
        prompt=tuple(prompt),
        prefix=tuple(prompt[:prefix]),
        speaks=speaks,
        options=ChatOptions(session=session, stop=stop, max_new_tokens=limit),
        limit=limit if speaks else 0,
        outlet=outlet or ListOutlet(),
        text=ReplyText(stop),
    )
