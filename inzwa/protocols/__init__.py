"""The contracts between a conversation and its engines: speech detector, recogniser, language model, voice.

Engines inherit nothing: what has these methods is one. All methods with `async` may be cancelled at any await and then
leave the engine fit for the next call. An engine fails with EngineError, or lets its own exception out, which
`stage_errors` wraps; that ends one turn, not the session.
"""

from inzwa.protocols.asr import HearOptions, Transcriber, Transcript
from inzwa.protocols.engines import Engines, Replaceable
from inzwa.protocols.failures import stage_errors
from inzwa.protocols.info import AdapterInfo, EngineInfo, FileInfo
from inzwa.protocols.llm import ChatModel, ChatOptions, Message
from inzwa.protocols.stages import STAGES, Exchange, Stage, StageReport, StageReporter, fixed
from inzwa.protocols.tts import MAX_SPEED, MIN_SPEED, Priority, SpokenChunk, Synthesizer, VoiceOptions
from inzwa.protocols.vad import VoiceDetector, VoiceStream

__all__ = [
    "MAX_SPEED",
    "MIN_SPEED",
    "STAGES",
    "AdapterInfo",
    "ChatModel",
    "ChatOptions",
    "EngineInfo",
    "Engines",
    "Exchange",
    "FileInfo",
    "HearOptions",
    "Message",
    "Priority",
    "Replaceable",
    "SpokenChunk",
    "Stage",
    "StageReport",
    "StageReporter",
    "Synthesizer",
    "Transcriber",
    "Transcript",
    "VoiceDetector",
    "VoiceOptions",
    "VoiceStream",
    "fixed",
    "stage_errors",
]
