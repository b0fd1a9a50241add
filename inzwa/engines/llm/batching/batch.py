"""The requests that are decoded now, and one step of them all. Belongs to one thread; knows no library and no lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inzwa.engines.llm.batching.kv_cache import KvCache
from inzwa.engines.llm.batching.model_runner import DecodeFailed, ModelRunner, Sampler
from inzwa.engines.llm.batching.reply_text import ReplyText
from inzwa.engines.llm.batching.scheduler import Slice, TokenSequence, plan_batch
from inzwa.engines.llm.batching.token_stream import TokenStream
from inzwa.errors import EngineError
from inzwa.protocols import ChatOptions

CHUNK_TOKENS: Final = 64
"""Tokens of prompts in one batch. Larger chunks read hardly faster (177 tokens/s for 64, 179 for 256: one thread)."""

MOST_STANDING_BACK: Final = 6
"""Batches in a row that hold nothing but openings of replies. Then all take part in one."""


@dataclass(slots=True, eq=False, kw_only=True)
class Request(TokenSequence):
    """One request: what is asked, and where the answer goes."""

    options: ChatOptions
    outlet: TokenStream
    text: ReplyText
    limit: int = 0
    """Tokens of the reply at most."""
    read: int = 0
    """Tokens of the prompt that had to be read."""
    sampler: Sampler | None = None
    withdrawn: bool = False
    """Whether the listener has gone."""

    @property
    def ready(self) -> bool:
        """Whether its listener has kept up, so that the model may go on with it."""
        return not self.outlet.full


@dataclass(slots=True)
class Counts:
    """What was done since the model was opened."""

    batches: int = 0
    prompt_tokens_read: int = 0
    """Tokens of prompts that went through the model."""
    prompt_tokens_kept: int = 0
    """Tokens of prompts that still lay in the cells."""
    reply_tokens: int = 0
    finished: int = 0
    """Requests that went to their end."""
    withdrawn: int = 0
    """Requests that their listener left."""
    failed: int = 0
    refused: int = 0
    """Requests that found the line full."""
    evicted: int = 0
    """Conversations that lost what was kept for them, for want of room."""
    seated: int = 0
    """Requests being decoded now."""
    waiting: int = 0
    """Requests waiting for a place now."""


class Batch:
    """At most `places` requests, decoded as one batch."""

    def __init__(self, machine: ModelRunner, seating: KvCache, places: int) -> None:
        self._machine = machine
        self._seating = seating
        self._places = places
        self._stood_back = 0
        self.jobs: list[Request] = []
        self.counts = Counts()

    @property
    def ready(self) -> bool:
        """Whether there is anything to decode."""
        return any(job.ready for job in self.jobs)

    def sit(self, job: Request) -> bool:
        """Give the job a place and a sequence; False while there is none."""
        if len(self.jobs) == self._places:
            return False
        job.seat = self._seating.take(job.prompt, job.options.session, len(job.prompt) + job.limit)
        if job.seat is None:
            return False
        job.sampler = self._machine.open_sampler(job.options) if job.speaks else None
        self.jobs.append(job)
        self._end_reading(job)
        return True

    def leave(self, job: Request, error: EngineError | None = None) -> None:
        """Free the job's place; its listener hears the end, or the error."""
        self.jobs.remove(job)
        if job.sampler:
            job.sampler.close()
        self._seating.release(job.seat)
        job.outlet.end(error)

    def forget(self, session: str) -> None:
        """Drop what is kept for the session."""
        self._seating.forget(session)

    def step(self) -> None:
        """Decode one batch. When it fails its parts are tried one by one, so that only who is to blame fails."""
        batch = self._plan()
        if not batch or self._decode(batch) is None:
            return
        self._seating.drop_idle()
        for part in batch:
            if failure := self._decode([part]):
                self._fail(part.strand, failure)

    def _plan(self) -> list[Slice[Request]]:
        for job in [job for job in self.jobs if job.position < len(job.prefix)]:
            self._seating.adopt(job.seat, job.prompt)
            self._end_reading(job)
        ready = [job for job in self.jobs if job.ready]
        openings_first = self._stood_back < MOST_STANDING_BACK
        batch = plan_batch(ready, CHUNK_TOKENS, openings_first=openings_first)
        some_stand_back = openings_first and len({job.opening for job in ready}) > 1
        self._stood_back = self._stood_back + 1 if some_stand_back else 0
        return batch

    def _decode(self, batch: Sequence[Slice[Request]]) -> DecodeFailed | None:
        """Read these tokens and choose the next ones; what failed, if it did."""
        self.counts.batches += 1
        try:
            self._machine.decode(batch)
        except DecodeFailed as failure:
            for part in batch:
                self._seating.restore(part.strand.seat)
            return failure
        last = -1
        for part in batch:
            last += len(part.tokens)
            self._advance(part, last)
        return None

    def _advance(self, part: Slice[Request], output: int) -> None:
        """The part's tokens lie in the cells now."""
        job, before = part.strand, part.strand.position
        job.seat.tokens.extend(part.tokens)
        if job.next_token is None:
            job.read += len(part.tokens)
            self.counts.prompt_tokens_read += len(part.tokens)
            if before < len(job.prefix) <= job.position:
                self._seating.publish(job.seat, len(job.prefix))
            self._end_reading(job)
        if part.wants_output:
            self._say(job, job.sampler.sample(output))

    def _end_reading(self, job: Request) -> None:
        """Counts a prompt that is read; a request that wanted no more than that is done."""
        if job.position >= job.target and job.next_token is None:
            self.counts.prompt_tokens_kept += len(job.prompt) - job.read
            if not job.speaks:
                self._finish(job)

    def _say(self, job: Request, token: int) -> None:
        ended = self._machine.is_end(token)
        text = "" if ended else job.text.push(self._machine.token_bytes(token))
        job.said += not ended
        self.counts.reply_tokens += not ended
        job.next_token = token
        ended = ended or job.text.stopped or job.said >= job.limit
        if ended:
            text += job.text.flush()
        if text:
            job.outlet.put(text)
        if ended:
            self._finish(job)

    def _finish(self, job: Request) -> None:
        self.counts.finished += 1
        self.leave(job)

    def _fail(self, job: Request, failure: DecodeFailed) -> None:
        self.counts.failed += 1
        error = EngineError("llm", "The language model could not go on with this reply.")
        error.__cause__ = failure
        self.leave(job, error)
