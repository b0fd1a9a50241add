"""A Pipecat bot on the models it is given: WebSocket, Silero, Whisper, an OpenAI-compatible model, Piper.

Runs in Pipecat's own environment and imports nothing of Inzwa. Every service is Pipecat's, with its defaults, except
what the arguments say. Binary messages are PCM16, 16 kHz in and the voice's rate out; text messages are JSON.

`--turns` says who ends the user's turn:
    smart   Pipecat's default: Silero (0.2 s of silence), then the Smart Turn v3 model, then the transcript
    quick   the fastest that it documents for a microphone: Silero (0.2 s), then the transcript, no further wait
    button  the client says when speech begins and ends, no detector at all: what is left is the work alone
"""

import argparse
import asyncio
import json
from pathlib import Path

from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    BotStoppedSpeakingFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    OutputAudioRawFrame,
    OutputTransportMessageFrame,
    OutputTransportMessageUrgentFrame,
    TranscriptionFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.piper.tts import PiperTTSService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transcriptions.language import Language
from pipecat.transports.websocket.server import (
    SingleClientWebsocketServerParams,
    SingleClientWebsocketServerTransport,
)
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

INPUT_RATE = 16_000
NO_SPEECH_PROB = 0.6
"""Whisper's own threshold. Pipecat's default, 0.4, throws away a part of the Shona sentences."""

MESSAGES = (OutputTransportMessageFrame, OutputTransportMessageUrgentFrame)


class PlainSerializer(FrameSerializer):
    """Sound as bare PCM16, messages as JSON; the client's buttons become the frames that a detector would send."""

    async def serialize(self, frame: Frame) -> str | bytes | None:
        if isinstance(frame, OutputAudioRawFrame):
            return frame.audio
        if isinstance(frame, MESSAGES) and not self.should_ignore_frame(frame):
            return json.dumps(frame.message)
        return None

    async def deserialize(self, data: str | bytes) -> Frame | None:
        if isinstance(data, bytes):
            return InputAudioRawFrame(audio=data, sample_rate=INPUT_RATE, num_channels=1)
        match json.loads(data)["type"]:
            case "begin_turn":
                return VADUserStartedSpeakingFrame()
            case "end_turn":
                return VADUserStoppedSpeakingFrame()
            case "cancel":
                return InterruptionFrame()
        return None


class Teller(FrameProcessor):
    """Tells the client about the frames that pass it."""

    async def tell(self, kind: str, **facts: str) -> None:
        await self.push_frame(OutputTransportMessageUrgentFrame(message={"type": kind, **facts}))


class TranscriptTeller(Teller):
    """What was heard."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            await self.tell("asr.final", text=frame.text.strip())
        await self.push_frame(frame, direction)


class ReplyTeller(Teller):
    """The end of the user's turn, the reply's text, the end of its sound."""

    def __init__(self) -> None:
        super().__init__()
        self._reply = ""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case UserStoppedSpeakingFrame() if direction is FrameDirection.DOWNSTREAM:
                await self.tell("speech.stop")
            case LLMFullResponseStartFrame():
                self._reply = ""
            case LLMTextFrame():
                self._reply += frame.text
            case LLMFullResponseEndFrame():
                await self.tell("llm.final", text=self._reply.strip())
            case BotStoppedSpeakingFrame() if direction is FrameDirection.UPSTREAM:
                await self.tell("turn.end")
        await self.push_frame(frame, direction)


def services(asked: argparse.Namespace) -> tuple[WhisperSTTService, OpenAILLMService, PiperTTSService]:
    """Pipecat's own three, on the files that they are given."""
    stt = WhisperSTTService(
        device="cpu",
        compute_type="int8",
        settings=WhisperSTTService.Settings(
            model=str(asked.whisper), language=Language(asked.language), no_speech_prob=NO_SPEECH_PROB
        ),
    )
    llm = OpenAILLMService(
        api_key="none",
        base_url=f"{asked.llm_url}/v1",
        settings=OpenAILLMService.Settings(
            model="local",
            system_instruction=asked.system,
            max_tokens=asked.max_tokens,
            temperature=asked.temperature,
        ),
    )
    tts = PiperTTSService(download_dir=asked.voice.parent, settings=PiperTTSService.Settings(voice=asked.voice.stem))
    return stt, llm, tts


def turn_taking(turns: str) -> LLMUserAggregatorParams:
    """Who ends the user's turn. One without words is left unanswered: the model's server knows no developer role."""
    params = LLMUserAggregatorParams(empty_user_turn=None)
    if turns != "button":
        params.vad_analyzer = SileroVADAnalyzer()
    if turns != "smart":
        at_once = SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)
        params.user_turn_strategies = UserTurnStrategies(stop=[at_once])
    return params


async def serve(asked: argparse.Namespace) -> None:
    """One client at a time, until the process is told to stop."""
    params = SingleClientWebsocketServerParams(
        audio_in_enabled=True, audio_out_enabled=True, serializer=PlainSerializer()
    )
    transport = SingleClientWebsocketServerTransport(params, host="127.0.0.1", port=asked.port)
    stt, llm, tts = services(asked)
    user, assistant = LLMContextAggregatorPair(LLMContext(), user_params=turn_taking(asked.turns))
    steps = [transport.input(), stt, TranscriptTeller(), user, llm, ReplyTeller(), tts, transport.output(), assistant]
    rates = PipelineParams(audio_in_sample_rate=INPUT_RATE, audio_out_sample_rate=asked.out_rate)
    worker = PipelineWorker(Pipeline(steps), params=rates, enable_rtvi=False, idle_timeout_secs=None)
    runner = WorkerRunner()
    await runner.add_workers(worker)
    await runner.run()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--turns", choices=("smart", "quick", "button"), required=True)
    parser.add_argument("--whisper", type=Path, required=True, help="folder of a CTranslate2 model")
    parser.add_argument("--voice", type=Path, required=True, help="a Piper voice (.onnx, its .onnx.json beside it)")
    parser.add_argument("--out-rate", type=int, required=True, help="samples a second of what is sent")
    parser.add_argument("--llm-url", required=True, help="an OpenAI-compatible server, without /v1")
    parser.add_argument("--language", default="sn")
    parser.add_argument("--system", default="")
    parser.add_argument("--max-tokens", type=int, default=32)
    parser.add_argument("--temperature", type=float, default=0.4)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
