"""How one conversation behaves: what the server's settings and the client's `start` come to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from inzwa.conversation.endpointing import EndpointOptions
from inzwa.conversation.load import Measure, easy
from inzwa.protocols import ChatOptions, EngineInfo, VoiceOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """How one conversation behaves."""

    session_id: str
    language: str = "sn"
    """What the user speaks, as Whisper names it."""
    hotwords: Callable[[EngineInfo], tuple[str, ...]] = lambda _: ()
    """Words to favour, by the recogniser at hand: it may be exchanged between two utterances."""
    system_prompt: Callable[[EngineInfo], str] = lambda _: ""
    """How to answer, by the model at hand: it may be exchanged between two turns."""
    barge_in: bool = True
    """Whether speaking over the reply stops it; else speech during a reply is not heard."""
    barge_in_after_ms: int = 400
    """Sound of a reply over which speech is not heard at first, while the client's echo canceller settles."""
    push_to_talk: bool = False
    """The user says by a button when they speak: then it is no echo and no assent."""
    partial_ms: int = 400
    """New speech between two partial transcripts."""
    context_tokens: int = 2048
    engine_timeout_s: float = 20.0
    endpoint: EndpointOptions = field(default_factory=EndpointOptions)
    chat: ChatOptions = field(default_factory=ChatOptions)
    """Its `session` is ours alone: a name that clients choose could be chosen twice."""
    voice: VoiceOptions = field(default_factory=VoiceOptions)
    load: Measure = easy
    """How much there is room for now, asked before what could be left undone."""
