"""The same model with one sequence and nothing else in its context: what a reply is compared with."""

from contextlib import contextmanager

import numpy as np
from llama_cpp import llama_cpp

from inzwa.engines.llm.batching.kv_cache import SequenceSlot
from inzwa.engines.llm.batching.scheduler import ScheduledTokens
from inzwa.engines.llm.chat_template import ChatTemplate
from inzwa.engines.llm.llama.bindings import ContextSize, open_model, open_runner


class Alone:
    def __init__(self, runner):
        self._runner = runner
        vocabulary = runner.vocabulary
        self._template = ChatTemplate(vocabulary.template, bos=vocabulary.bos)

    def regret(self, messages, reply):
        """How far the reply's tokens are from the likeliest ones, at most, in logits."""
        prompt = self._runner.vocabulary.tokens(self._template.render(messages))
        tokens = self._runner.vocabulary.tokens(reply)
        self._runner.truncate(0, 0)
        slot, worst = SequenceSlot(0), 0.0
        logits = self._decode(slot, prompt)
        for token in tokens:
            worst = max(worst, float(logits.max() - logits[token]))
            logits = self._decode(slot, (token,))
        return worst

    def logits(self, messages):
        """What the model makes of the next token, shape (vocabulary,), float32."""
        self._runner.truncate(0, 0)
        prompt = self._runner.vocabulary.tokens(self._template.render(messages))
        return self._decode(SequenceSlot(0), prompt)

    def _decode(self, slot, tokens):
        """Logits after these tokens, shape (vocabulary,), float32."""
        self._runner.decode([ScheduledTokens(slot, tokens, True)])
        slot.tokens.extend(tokens)
        found = llama_cpp.llama_get_logits_ith(self._runner._context, len(tokens) - 1)
        return np.ctypeslib.as_array(found, (self._runner.vocabulary.size,)).copy()


@contextmanager
def open_alone(model):
    size = ContextSize(cells=512, sequences=1, batch_tokens=256, threads=2)
    with open_model(model.path(".gguf")) as weights, open_runner(weights, size) as runner:
        yield Alone(runner)
