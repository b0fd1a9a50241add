"""How one conversation behaves, from the server's settings and the client's `start`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from inzwa.conversation.input.endpointing import EndpointOptions
from inzwa.conversation.load_shedding import LoadSource, no_load
from inzwa.conversation.speculation import SpeculationReport, no_report
from inzwa.protocols import ChatOptions, EngineInfo, VoiceOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """How one conversation behaves."""

    session_id: str
    language: str = "sn"
    """What the user speaks, as Whisper names it."""
    hotwords: Callable[[EngineInfo], tuple[str, ...]] = lambda _: ()
    """Words to favour, for the current recogniser: it may be replaced between two utterances."""
    system_prompt: Callable[[EngineInfo], str] = lambda _: ""
    """How to answer, for the current model: it may be replaced between two turns."""
    barge_in: bool = True
    """Whether speaking over the reply stops it; else speech during a reply is ignored."""
    barge_in_after_ms: int = 400
    """Sound of a reply at whose beginning speech is ignored, while the client's echo canceller adapts."""
    push_to_talk: bool = False
    """The user presses a button to speak: then speech is neither echo nor backchannel."""
    partial_ms: int = 400
    """New speech between two partial transcripts."""
    context_tokens: int = 2048
    engine_timeout_s: float = 20.0
    endpoint: EndpointOptions = field(default_factory=EndpointOptions)
    chat: ChatOptions = field(default_factory=ChatOptions)
    """Its `session` is made here: a name that clients choose could be chosen twice."""
    voice: VoiceOptions = field(default_factory=VoiceOptions)
    load: LoadSource = no_load
    """Asked before work that could be left out."""
    speculate: bool = True
    """Whether a reply may be begun in a pause, while the cores are not strained."""
    on_speculation: SpeculationReport = no_report
    """Told what became of each such reply."""
