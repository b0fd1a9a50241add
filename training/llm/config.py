"""The numbers of a run, read from TOML. A name that is unknown or missing is an error, with the file's name."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

StageName = Literal["text", "dialogues"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraConfig:
    """The adapter's size, and which of a layer's products it changes."""

    rank: int
    alpha: float
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerConfig:
    """AdamW's."""

    weight_decay: float
    most_gradient: float
    warm_up: int
    last_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointConfig:
    """How often a run can be resumed from, and is measured."""

    minutes: float
    steps: int
    validation_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One kind of material, for a number of steps."""

    name: StageName
    steps: int
    rate: float
    rows: int
    row_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole run."""

    base: str
    seed: int
    threads: int
    lora: LoraConfig
    optimizer: OptimizerConfig
    checkpoints: CheckpointConfig
    stages: tuple[Stage, ...]

    @property
    def steps(self) -> int:
        return sum(stage.steps for stage in self.stages)

    def stage_of(self, step: int) -> tuple[Stage, int]:
        """The stage that a step of the whole run is in, and its number there. IndexError beyond the last."""
        for stage in self.stages:
            if step < stage.steps:
                return stage, step
            step -= stage.steps
        raise IndexError("the run has no such step")


def read_config(file: Path) -> Config:
    """ValueError, with the file's name, for what is no configuration."""
    try:
        found: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        lora = found.pop("lora")
        return Config(
            lora=LoraConfig(**{**lora, "layers": tuple(lora["layers"])}),
            optimizer=OptimizerConfig(**found.pop("optimizer")),
            checkpoints=CheckpointConfig(**found.pop("checkpoints")),
            stages=tuple(Stage(**stage) for stage in found.pop("stages")),
            **found,
        )
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{file}: {error}") from error
