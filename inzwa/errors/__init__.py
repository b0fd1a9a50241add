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

from inzwa.errors.base import InzwaError
from inzwa.errors.client import (
    AudioTooLong,
    BadAudio,
    BadMessage,
    ClientError,
    ConsentNeeded,
    EmptyText,
    FeedbackOff,
    NoMoreTasks,
    NoSpeech,
    OutOfOrder,
    TextTooLong,
    Unauthorized,
    UnknownTask,
    UnknownTurn,
    UnknownVoice,
    UnsupportedFormat,
    Withdrawn,
)
from inzwa.errors.engines import ContextTooLong, EngineError, EngineRefused, EngineTimeout, EngineUnfit
from inzwa.errors.feedback import FeedbackError, QuotaReached
from inzwa.errors.groups import ungrouped
from inzwa.errors.models import (
    CacheUnusable,
    CatalogueError,
    ModelCorrupt,
    ModelError,
    ModelUnavailable,
    ModelUntrusted,
    NoMemory,
    NotConvertible,
    UnknownModel,
)
from inzwa.errors.operation import BadCorpus, BadKey, ExchangeFailed, NotInstalled, SettingsError, Unreachable
from inzwa.errors.overloaded import (
    ClientTooSlow,
    ExchangeUnderway,
    FeedbackUnavailable,
    NotReady,
    Overloaded,
    RateLimited,
    TooManySessions,
)

__all__ = [
    "AudioTooLong",
    "BadAudio",
    "BadCorpus",
    "BadKey",
    "BadMessage",
    "CacheUnusable",
    "CatalogueError",
    "ClientError",
    "ClientTooSlow",
    "ConsentNeeded",
    "ContextTooLong",
    "EmptyText",
    "EngineError",
    "EngineRefused",
    "EngineTimeout",
    "EngineUnfit",
    "ExchangeFailed",
    "ExchangeUnderway",
    "FeedbackError",
    "FeedbackOff",
    "FeedbackUnavailable",
    "InzwaError",
    "ModelCorrupt",
    "ModelError",
    "ModelUnavailable",
    "ModelUntrusted",
    "NoMemory",
    "NoMoreTasks",
    "NoSpeech",
    "NotConvertible",
    "NotInstalled",
    "NotReady",
    "OutOfOrder",
    "Overloaded",
    "QuotaReached",
    "RateLimited",
    "SettingsError",
    "TextTooLong",
    "TooManySessions",
    "Unauthorized",
    "UnknownModel",
    "UnknownTask",
    "UnknownTurn",
    "UnknownVoice",
    "Unreachable",
    "UnsupportedFormat",
    "Withdrawn",
    "ungrouped",
]
