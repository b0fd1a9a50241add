"""The same model with one sequence and nothing else in its context: what a reply is compared with."""

from contextlib import contextmanager

import numpy as np
from llama_cpp import llama_cpp

from inzwa.engines.llm.batching.kv_cache import SequenceSlot
from inzwa.engines.llm.batching.scheduler import Slice, TokenSequence
from inzwa.engines.llm.chat_template import ChatTemplate
from inzwa.engines.llm.llama.bindings import ContextSize, open_machine, open_model


class Alone:
    def __init__(self, machine):
        self._machine = machine
        vocabulary = machine.vocabulary
        self._template = ChatTemplate(vocabulary.template, bos=vocabulary.bos)

    def regret(self, messages, reply):
        """How far the reply's tokens are from the likeliest ones, at most, in logits."""
        prompt = self._machine.vocabulary.tokens(self._template.render(messages))
        tokens = self._machine.vocabulary.tokens(reply)
        self._machine.keep(0, 0)
        strand, worst = TokenSequence(prompt=prompt, seat=SequenceSlot(0)), 0.0
        logits = self._read(strand, prompt)
        for token in tokens:
            worst = max(worst, float(logits.max() - logits[token]))
            logits = self._read(strand, (token,))
        return worst

    def logits(self, messages):
        """What the model makes of the next token, shape (vocabulary,), float32."""
        self._machine.keep(0, 0)
        prompt = self._machine.vocabulary.tokens(self._template.render(messages))
        return self._read(TokenSequence(prompt=prompt, seat=SequenceSlot(0)), prompt)

    def _read(self, strand, tokens):
        """Logits after these tokens, shape (vocabulary,), float32."""
        self._machine.decode([Slice(strand, tokens, True)])
        strand.seat.tokens.extend(tokens)
        found = llama_cpp.llama_get_logits_ith(self._machine._context, len(tokens) - 1)
        return np.ctypeslib.as_array(found, (self._machine.vocabulary.size,)).copy()


@contextmanager
def open_alone(model):
    size = ContextSize(cells=512, sequences=1, batch_tokens=256, threads=2)
    with open_model(model.path(".gguf")) as weights, open_machine(weights, size) as machine:
        yield Alone(machine)
