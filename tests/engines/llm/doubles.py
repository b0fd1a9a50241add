"""A language model of arithmetic for the tests: each sequence's next token is its length. Checks how it is used."""

import threading

from inzwa.engines.llm.batching.engine_core import Request
from inzwa.engines.llm.batching.model_runner import DecodeFailed
from inzwa.engines.llm.reply_text import ReplyText
from inzwa.protocols import ChatOptions

END = 0
"""The token that ends a reply."""

POISON = 666
"""A token that cannot be decoded."""


class CountingRunner:
    """Cells as lists. Replies `<7><8><9>...`: the length that the sequence has at each token."""

    def __init__(self, reply_tokens=1000, gate=None, *, moves=True):
        self.moves = moves
        """Whether cells can be moved."""
        self.cells: dict[int, list[int]] = {}
        self.reply_tokens = reply_tokens
        self.gate: threading.Event | None = gate
        self.batches: list[dict[int, int]] = []
        """For every batch, sequence to number of tokens."""
        self.open_samplers = 0

    def truncate(self, sequence_id, length):
        del self.cells.setdefault(sequence_id, [])[length:]
        return True

    def close_gap(self, sequence_id, begin, end):
        if self.moves:
            del self.cells[sequence_id][begin:end]
        return self.moves

    def share(self, source_id, target_id, length):
        assert not self.cells.get(target_id), "only an empty sequence can be given cells"
        assert len(self.cells[source_id]) >= length, "only cells that are there can be shared"
        self.cells[target_id] = self.cells[source_id][:length]

    def decode(self, batch):
        if self.gate:
            self.gate.wait()
        self.batches.append({part.slot.number: len(part.tokens) for part in batch})
        self._outputs = {}
        for place, part in enumerate(batch):
            if POISON in part.tokens:
                raise DecodeFailed("poison")
            cells = self.cells.setdefault(part.slot.number, [])
            assert cells == part.slot.tokens, "tokens follow what is there"
            cells += part.tokens
            if part.needs_logits:
                last = sum(len(before.tokens) for before in batch[: place + 1]) - 1
                self._outputs[last] = len(cells)

    def open_sampler(self, options):
        self.open_samplers += 1
        return CountingSampler(self, options)

    def token_bytes(self, token):
        return b"<%d>" % token

    def is_end(self, token):
        return token == END


class CountingSampler:
    def __init__(self, runner, options):
        self._runner = runner
        self._sampled = 0

    def sample(self, output):
        self._sampled += 1
        return END if self._sampled > self._runner.reply_tokens else self._runner._outputs[output]

    def close(self):
        self._runner.open_samplers -= 1


class ListStream:
    """Collects what a reply was given; `full` when a test says so."""

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


def ask(prompt, *, limit=3, session="", prefix=0, generates=True, stop=(), stream=None):
    """A request as the engine would make it."""
    return Request(
        prompt=tuple(prompt),
        prefix=tuple(prompt[:prefix]),
        options=ChatOptions(session=session, stop=stop, max_new_tokens=limit),
        max_tokens=limit if generates else 0,
        stream=stream or ListStream(),
        text=ReplyText(stop),
    )
