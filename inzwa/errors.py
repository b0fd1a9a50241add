"""Everything that Inzwa raises on purpose, each with the code that a client sees.

InzwaError
├── ClientError                 the request was wrong; the same request will fail again
│   ├── BadMessage              bad_message        not JSON, an unknown type, a field of the wrong kind
│   ├── OutOfOrder              out_of_order       before `start`, a second `start`
│   ├── BadAudio                bad_audio          odd byte count, oversized frame, undecodable sound
│   ├── UnsupportedFormat       unsupported_format codec, sample rate or language we do not have
│   ├── UnknownVoice            unknown_voice      no voice of that name
│   ├── AudioTooLong            audio_too_long     more sound than max_audio_seconds
│   ├── TextTooLong             text_too_long      more characters than max_text_chars
│   ├── EmptyText               empty_text         nothing to say or to answer
│   ├── NoSpeech                no_speech          a recording in which nobody speaks
│   ├── FeedbackOff             feedback_off       this server keeps no ratings, or no recordings
│   ├── ConsentNeeded           consent_needed     nothing is kept of somebody who has not agreed to it
│   ├── Withdrawn               withdrawn          the contributor has withdrawn everything
│   ├── UnknownTurn             unknown_turn       not a turn of this conversation, or too long ago
│   ├── UnknownTask             unknown_task       not a task of this contributor's
│   ├── NoMoreTasks             no_more_tasks      everything of this kind has been answered
│   └── Unauthorized            unauthorized       a token is missing or wrong
├── Overloaded                  the request was right; there is no room for it now
│   ├── RateLimited             rate_limited       this caller asks too often
│   ├── TooManySessions         too_many_sessions  every place is taken
│   ├── NotReady                not_ready          the engines are not warm yet
│   ├── ExchangeUnderway        exchange_underway  another engine is being exchanged just now
│   ├── FeedbackUnavailable     feedback_unavailable  what evaluators give cannot be stored just now; nothing was kept
│   └── ClientTooSlow           client_too_slow    the client stopped reading what it asked for
├── EngineError                 engine_failed      an engine raised; the turn ends, the session lives
│   ├── EngineTimeout           engine_timeout     an engine took longer than it may
│   ├── EngineUnfit             engine_unfit       an engine's native library does not work on this machine
│   ├── EngineRefused           engine_refused     an engine will not do this, however often it is asked
│   └── ContextTooLong          context_too_long   a conversation is longer than the model can hold
├── ModelError                  a model's files
│   ├── UnknownModel            unknown_model      no such name in the catalogue
│   ├── CatalogueError          bad_catalogue      the catalogue itself is wrong
│   ├── ModelUnavailable        model_unavailable  no source gives the file
│   ├── ModelCorrupt            model_corrupt      the bytes are not those the catalogue promises
│   ├── ModelUntrusted          model_untrusted    a signature is required, and none that is trusted is over these files
│   ├── NotConvertible          not_convertible    a checkpoint is not what its converter reads
│   ├── CacheUnusable           cache_unusable     the cache folder cannot be written, or the disk is full
│   └── NoMemory                no_memory          there is no memory for another model beside the one that serves
├── FeedbackError               feedback_failed    what evaluators gave cannot be read, exported or published
│   └── QuotaReached            quota_reached      there is no room for another recording
├── BadKey                      bad_key            a file is not the key that it should be
├── ExchangeFailed              exchange_failed    another model could not take a stage over; the one before goes on
├── BadCorpus                   bad_corpus         what is to be measured on, or resumed, cannot be read
├── NotInstalled                not_installed      a package that only some commands need is missing
├── Unreachable                 unreachable        no server answers at the address that was given
└── SettingsError               bad_setting        a setting that cannot be true
"""

from collections.abc import Iterator
from contextlib import contextmanager


class InzwaError(Exception):
    """Base of the tree: a sentence for people and a `code` for programs. It never holds what a user said."""

    code = "internal"
    retryable = False

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s
        """Seconds after which the same request may succeed, where that is known."""


class ClientError(InzwaError):
    """The request was wrong; the same request will fail again."""

    code = "bad_request"


class BadMessage(ClientError):
    code = "bad_message"


class OutOfOrder(ClientError):
    code = "out_of_order"


class BadAudio(ClientError):
    code = "bad_audio"


class UnsupportedFormat(ClientError):
    code = "unsupported_format"


class UnknownVoice(ClientError):
    code = "unknown_voice"


class AudioTooLong(ClientError):
    code = "audio_too_long"


class TextTooLong(ClientError):
    code = "text_too_long"


class EmptyText(ClientError):
    code = "empty_text"


class NoSpeech(ClientError):
    code = "no_speech"


class FeedbackOff(ClientError):
    code = "feedback_off"


class ConsentNeeded(ClientError):
    code = "consent_needed"


class Withdrawn(ClientError):
    code = "withdrawn"


class UnknownTurn(ClientError):
    code = "unknown_turn"


class UnknownTask(ClientError):
    code = "unknown_task"


class NoMoreTasks(ClientError):
    code = "no_more_tasks"


class Unauthorized(ClientError):
    code = "unauthorized"


class Overloaded(InzwaError):
    """The request was right; there is no room for it now."""

    code = "overloaded"
    retryable = True


class RateLimited(Overloaded):
    code = "rate_limited"


class TooManySessions(Overloaded):
    code = "too_many_sessions"


class NotReady(Overloaded):
    code = "not_ready"


class ExchangeUnderway(Overloaded):
    code = "exchange_underway"


class FeedbackUnavailable(Overloaded):
    code = "feedback_unavailable"


class ClientTooSlow(Overloaded):
    code = "client_too_slow"


class EngineError(InzwaError):
    """An engine raised. `stage` is vad, asr, llm or tts; the cause hangs on `__cause__`."""

    code = "engine_failed"
    retryable = True

    def __init__(self, stage: str, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.stage = stage


class EngineTimeout(EngineError):
    code = "engine_timeout"


class EngineUnfit(EngineError):
    code = "engine_unfit"
    retryable = False


class EngineRefused(EngineError):
    code = "engine_refused"
    retryable = False


class ContextTooLong(EngineError):
    code = "context_too_long"
    retryable = False

    def __init__(self, message: str) -> None:
        super().__init__("llm", message)


class ModelError(InzwaError):
    """Something about a model's files."""

    code = "model_error"


class UnknownModel(ModelError):
    code = "unknown_model"


class CatalogueError(ModelError):
    code = "bad_catalogue"


class ModelUnavailable(ModelError):
    code = "model_unavailable"
    retryable = True


class ModelCorrupt(ModelError):
    code = "model_corrupt"


class ModelUntrusted(ModelError):
    code = "model_untrusted"


class NotConvertible(ModelError):
    code = "not_convertible"


class CacheUnusable(ModelError):
    code = "cache_unusable"


class NoMemory(ModelError):
    code = "no_memory"


class FeedbackError(InzwaError):
    """Something about what evaluators gave."""

    code = "feedback_failed"


class QuotaReached(FeedbackError):
    code = "quota_reached"


class BadKey(InzwaError):
    code = "bad_key"


class ExchangeFailed(InzwaError):
    """The cause hangs on `__cause__`."""

    code = "exchange_failed"


class BadCorpus(InzwaError):
    code = "bad_corpus"


class NotInstalled(InzwaError):
    code = "not_installed"


class Unreachable(InzwaError):
    code = "unreachable"
    retryable = True


class SettingsError(InzwaError):
    code = "bad_setting"


@contextmanager
def ungrouped() -> Iterator[None]:
    """Around a task group: what leaves is the first error in it, its cause kept, instead of an ExceptionGroup."""
    first = None
    try:
        yield
    except BaseExceptionGroup as group:
        first = _first(group)
    if first is not None:
        raise first


def _first(group: BaseExceptionGroup) -> BaseException:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
