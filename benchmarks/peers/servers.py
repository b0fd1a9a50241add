"""The peers' servers, each in its own environment, and the model servers that some of them talk to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.peers.bot_connection import open_bot
from benchmarks.peers.lane import Models
from benchmarks.peers.realtime_connection import open_realtime
from benchmarks.rig.server import ROOT, listening, running
from benchmarks.rig.user import Connection

HERE: Final = ROOT / "benchmarks" / "peers"
LIVEKIT_RATE: Final = 24_000
"""Of sound from LiveKit's OpenAI voice, whatever the server's."""

REALTIME_RATE: Final = 16_000
"""Of sound for speech-to-speech from the speech server: its own, so that it need not be converted there."""

REALTIME_TURNS: Final = {
    "smart": ("--offline-smart-turn",),
    "quick": ("--no_smart_turn", "--speculative_reopen_ms", "0"),
    "button": ("--no_smart_turn", "--speculative_reopen_ms", "0"),
}
"""Of speech-to-speech: its default, and no wait after Silero's 64 ms of silence."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is the same for all peers."""

    environments: Path
    """A folder for each peer, and `models`, each a virtual environment."""
    models: Models
    system: str
    temperature: float
    reply_tokens: int
    threads: int
    language: str = "sn"

    def python(self, environment: str) -> str:
        return str(self.environments / environment / "bin" / "python")

    @property
    def variables(self) -> dict[str, str]:
        """For every process: as many threads as an engine of Inzwa has, and no attempt at downloads."""
        return {"OMP_NUM_THREADS": str(self.threads), "HF_HUB_OFFLINE": "1"}


@asynccontextmanager
async def chat_server(same: Conditions, lane: str) -> AsyncIterator[str]:
    """A language model for one lane alone, so that no other conversation takes its place in the cache. Its URL."""
    command = [same.python("models"), str(HERE / "models" / "chat_server.py"), "--model", str(same.models.llm)]
    command += ["--threads", str(same.threads), "--max-tokens", str(same.reply_tokens)]
    command += ["--temperature", str(same.temperature), "--port", "{port}"]
    async with running(f"{lane}-llm", command, same.variables, listening) as server:
        yield server.url


@asynccontextmanager
async def speech_server(same: Conditions) -> AsyncIterator[str]:
    """Whisper and the voice for peers that have no such engines of their own. Its URL."""
    command = [same.python("models"), str(HERE / "models" / "speech_server.py"), "--port", "{port}"]
    command += ["--whisper", str(same.models.whisper), "--voice", str(same.models.voice)]
    command += ["--language", same.language, "--threads", str(same.threads)]
    async with running("peers-speech", command, same.variables, listening) as server:
        yield server.url


@asynccontextmanager
async def pipecat(same: Conditions, turns: str, llm_url: str, speech_url: str) -> AsyncIterator[Connection]:
    """Pipecat's bot, and a conversation with it. It has Whisper and Piper itself."""
    command = _bot(same, "pipecat", "bot.py", turns, llm_url)
    command += ["--whisper", str(same.models.whisper), "--voice", str(same.models.voice)]
    command += ["--out-rate", str(same.models.voice_rate), "--max-tokens", str(same.reply_tokens)]
    async with (
        running(f"pipecat-{turns}", command, same.variables, listening) as server,
        open_bot(server.url, same.models.voice_rate, button=turns == "button") as opened,
    ):
        yield opened


@asynccontextmanager
async def livekit(same: Conditions, turns: str, llm_url: str, speech_url: str) -> AsyncIterator[Connection]:
    """LiveKit's agent, and a conversation with it."""
    command = [*_bot(same, "livekit", "agent.py", turns, llm_url), "--speech-url", speech_url]
    async with (
        running(f"livekit-{turns}", command, same.variables, listening) as server,
        open_bot(server.url, LIVEKIT_RATE, button=turns == "button") as opened,
    ):
        yield opened


def _bot(same: Conditions, peer: str, program: str, turns: str, llm_url: str) -> list[str]:
    """What both bots are told."""
    command = [same.python(peer), str(HERE / peer / program), "--port", "{port}", "--turns", turns]
    command += ["--llm-url", llm_url, "--language", same.language, "--system", same.system]
    return [*command, "--temperature", str(same.temperature)]


@asynccontextmanager
async def speech_to_speech(same: Conditions, turns: str, llm_url: str, speech_url: str) -> AsyncIterator[Connection]:
    """Hugging Face's server, and a session with it."""
    command = [same.python("speech_to_speech"), str(HERE / "speech_to_speech" / "serve.py"), "--port", "{port}"]
    command += [*_realtime_models(same, llm_url, speech_url), *REALTIME_TURNS[turns]]
    async with (
        running(f"s2s-{turns}", command, same.variables, listening) as server,
        open_realtime(server.url, same.system) as opened,
    ):
        yield opened


def _realtime_models(same: Conditions, llm_url: str, speech_url: str) -> Sequence[str]:
    """Its options for the same models: sentence by sentence, without transcripts of speech that goes on."""
    stt = ["--stt", "faster-whisper", "--faster_whisper_stt_model_name", str(same.models.whisper)]
    stt += ["--faster_whisper_stt_device", "cpu", "--faster_whisper_stt_compute_type", "int8"]
    stt += ["--faster_whisper_stt_gen_language", same.language, "--faster_whisper_stt_gen_beam_size", "5"]
    stt.append("--no_enable_live_transcription")
    llm = ["--llm_backend", "chat-completions", "--model_name", "local", "--stream_batch_sentences", "1"]
    llm += ["--responses_api_base_url", f"{llm_url}/v1", "--responses_api_api_key", "none"]
    tts = ["--tts", "openai", "--openai_tts_base_url", f"{speech_url}/v1", "--openai_tts_api_key", "none"]
    return [*stt, *llm, *tts, "--openai_tts_sample_rate", str(REALTIME_RATE)]
