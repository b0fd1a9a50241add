"""The requests in progress, and one step of them all. Belongs to one thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inzwa.engines.llm.batching.kv_cache import KvCache
from inzwa.engines.llm.batching.model_runner import DecodeFailed, ModelRunner, Sampler
from inzwa.engines.llm.batching.scheduler import ScheduledTokens, TokenSequence, schedule
from inzwa.engines.llm.batching.token_stream import TokenStream
from inzwa.engines.llm.reply_text import ReplyText
from inzwa.errors import EngineError
from inzwa.protocols import ChatOptions

CHUNK_TOKENS: Final = 64
"""Tokens of prompts in one batch. Larger ones are hardly faster (one thread: 177 tokens/s for 64, 179 for 256)."""

MAX_OPENING_BATCHES: Final = 6
"""Consecutive batches that leave replies under way out for the openings of others."""


@dataclass(slots=True, eq=False, kw_only=True)
class Request:
    """What is asked, and where the answer goes."""

    prompt: tuple[int, ...]
    """Token ids; at least one."""
    prefix: tuple[int, ...] = ()
    """The prompt's beginning, as far as other conversations may have the same."""
    options: ChatOptions
    max_tokens: int
    """Tokens of the reply at most; 0 to prefill the prompt and no more."""
    stream: TokenStream
    text: ReplyText
    cancelled: bool = False
    """Whether its listener has gone."""

    @property
    def generates(self) -> bool:
        """Whether a reply is wanted."""
        return self.max_tokens > 0


@dataclass(slots=True, eq=False, kw_only=True)
class RunningRequest(TokenSequence):
    """A request that has a slot."""

    request: Request
    sampler: Sampler
    prefilled: int = 0
    """Tokens of the prompt that had to be computed."""

    @property
    def ready(self) -> bool:
        """Whether its listener keeps up, so that the next token may be decoded."""
        return not self.request.stream.full


@dataclass(slots=True)
class Stats:
    """Counters since the model was opened, and two gauges."""

    batches: int = 0
    prefilled_tokens: int = 0
    """Tokens of prompts that were computed."""
    cached_tokens: int = 0
    """Tokens of prompts that were in the cells already."""
    generated_tokens: int = 0
    finished: int = 0
    """Requests answered to the end."""
    cancelled: int = 0
    """Requests whose listener left."""
    failed: int = 0
    refused: int = 0
    """Requests that found the queue full."""
    evicted: int = 0
    """Conversations whose cells were given to others."""
    running: int = 0
    """Requests being decoded now."""
    waiting: int = 0
    """Requests in the queue now."""


class EngineCore:
    """At most `max_running` requests, decoded as one batch."""

    def __init__(self, runner: ModelRunner, cache: KvCache, max_running: int) -> None:
        self._runner = runner
        self._cache = cache
        self._max_running = max_running
        self._opening_batches = 0
        self.running: dict[int, RunningRequest] = {}
        """By the number of the slot, in the order of arrival."""
        self.stats = Stats()

    @property
    def ready(self) -> bool:
        """Whether there is anything to decode."""
        return any(each.ready for each in self.running.values())

    def admit(self, request: Request) -> RunningRequest | None:
        """Give the request a slot; None while there is none."""
        if len(self.running) == self._max_running:
            return None
        prompt, options = request.prompt, request.options
        slot = self._cache.allocate(prompt, options.session, len(prompt) + request.max_tokens)
        if slot is None:
            return None
        admitted = RunningRequest(
            slot=slot,
            prompt=prompt,
            prefix=request.prefix,
            generates=request.generates,
            request=request,
            sampler=self._runner.open_sampler(options),
        )
        self.running[slot.number] = admitted
        self._end_prefill(admitted)
        return admitted

    def end(self, sequence: RunningRequest, error: EngineError | None = None) -> None:
        """Free what the request uses; its listener gets the end, or the error."""
        del self.running[sequence.slot.number]
        sequence.sampler.close()
        self._cache.free(sequence.slot)
        sequence.request.stream.end(error)

    def step(self) -> None:
        """Decode one batch. When it fails its parts are tried one by one, so that only the one at fault fails."""
        batch = self._schedule()
        if not batch or self._decode(batch) is None:
            return
        self._cache.evict_idle()
        for part in batch:
            if failure := self._decode([part]):
                self._fail(self.running[part.slot.number], failure)

    def _schedule(self) -> list[ScheduledTokens]:
        for each in [each for each in self.running.values() if each.computed < len(each.prefix)]:
            self._cache.use_prefix(each.slot, each.prompt)
            self._end_prefill(each)
        ready = [each for each in self.running.values() if each.ready]
        openings_first = self._opening_batches < MAX_OPENING_BATCHES
        batch = schedule(ready, CHUNK_TOKENS, openings_first=openings_first)
        some_left_out = openings_first and len({each.opening for each in ready}) > 1
        self._opening_batches = self._opening_batches + 1 if some_left_out else 0
        return batch

    def _decode(self, batch: Sequence[ScheduledTokens]) -> DecodeFailed | None:
        """Compute these tokens and sample the next ones; what failed, if it did."""
        self.stats.batches += 1
        try:
            self._runner.decode(batch)
        except DecodeFailed as failure:
            for part in batch:
                self._cache.roll_back(part.slot)
            return failure
        last = -1
        for part in batch:
            last += len(part.tokens)
            self._advance(part, last)
        return None

    def _advance(self, part: ScheduledTokens, output: int) -> None:
        """The part's tokens are in the cells now."""
        sequence = self.running[part.slot.number]
        before = sequence.computed
        part.slot.tokens.extend(part.tokens)
        if sequence.next_token is None:
            sequence.prefilled += len(part.tokens)
            self.stats.prefilled_tokens += len(part.tokens)
            if before < len(sequence.prefix) <= sequence.computed:
                self._cache.publish_prefix(part.slot, len(sequence.prefix))
            self._end_prefill(sequence)
        if part.needs_logits:
            self._append(sequence, sequence.sampler.sample(output))

    def _end_prefill(self, sequence: RunningRequest) -> None:
        """Counts a prompt that is prefilled; a request that wanted no more than that is done."""
        if sequence.computed >= sequence.prefill_length and sequence.next_token is None:
            self.stats.cached_tokens += len(sequence.prompt) - sequence.prefilled
            if not sequence.generates:
                self._finish(sequence)

    def _append(self, sequence: RunningRequest, token: int) -> None:
        """Add a token to the reply, and its text to the stream."""
        request = sequence.request
        ended = self._runner.is_end(token)
        text = "" if ended else request.text.push(self._runner.token_bytes(token))
        sequence.generated += not ended
        self.stats.generated_tokens += not ended
        sequence.next_token = token
        ended = ended or request.text.stopped or sequence.generated >= request.max_tokens
        if ended:
            text += request.text.flush()
        if text:
            request.stream.put(text)
        if ended:
            self._finish(sequence)

    def _finish(self, sequence: RunningRequest) -> None:
        self.stats.finished += 1
        self.end(sequence)

    def _fail(self, sequence: RunningRequest, failure: DecodeFailed) -> None:
        self.stats.failed += 1
        error = EngineError("llm", "The language model could not go on with this reply.")
        error.__cause__ = failure
        self.end(sequence, error)
