"""A run: steps, checkpoints that resume exactly, measurements of the validation loss, a log."""

import csv
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch

from training.llm.batches import DialogueRows, Row, TextRows
from training.llm.config import Config, OptimizerConfig, Stage
from training.llm.dialogues import read_dialogues
from training.llm.model import Trained, loss, open_trained

CHECKPOINT: Final = "checkpoint.pt"
LOG: Final = "log.tsv"
COLUMNS: Final = ("step", "stage", "loss", "validation", "rate", "tokens", "seconds")


def rate_at(step: int, stage: Stage, optimizer: OptimizerConfig) -> float:
    """The learning rate of a stage's step: a rise in a line, then a cosine down to the last rate."""
    if step < optimizer.warm_up:
        return stage.rate * (step + 1) / optimizer.warm_up
    share = (step - optimizer.warm_up) / max(1, stage.steps - optimizer.warm_up)
    fall = (1 + math.cos(math.pi * share)) / 2
    return stage.rate * (optimizer.last_rate + (1 - optimizer.last_rate) * fall)


@dataclass(slots=True)
class Run:
    """Training in a folder. `train` goes on where the folder's checkpoint ends."""

    config: Config
    folder: Path
    trained: Trained = field(init=False)
    step: int = field(init=False, default=0)
    _tokens: int = field(init=False, default=0)
    _seconds: float = field(init=False, default=0.0)
    _sources: dict[str, tuple[Any, Any]] = field(init=False)
    _optimizer: torch.optim.AdamW = field(init=False)

    def __post_init__(self) -> None:
        self.trained = open_trained(self.config)
        self._sources = _sources(self.trained, self.config.seed)
        self._optimizer = torch.optim.AdamW(self.trained.weights(), weight_decay=self.config.optimizer.weight_decay)
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / CHECKPOINT).exists():
            self._resume()

    def train(self, *, steps: int | None = None, minutes: float = math.inf) -> Iterator[str]:
        """Steps until the run, so many of them, or so many minutes are over; a line of progress for each."""
        last = self.config.steps if steps is None else min(self.config.steps, self.step + steps)
        began = saved = time.monotonic()
        while self.step < last and time.monotonic() - began < 60 * minutes:
            yield self._train_step()
            if time.monotonic() - saved > 60 * self.config.checkpoints.minutes:
                self.save()
                saved = time.monotonic()
        self.save()

    def save(self) -> None:
        """All that the next step depends on, written whole or not at all."""
        state = {
            "step": self.step,
            "tokens": self._tokens,
            "seconds": self._seconds,
            "adapter": self.trained.state(),
            "optimizer": self._optimizer.state_dict(),
        }
        part = self.folder / f"{CHECKPOINT}.part"
        torch.save(state, part)
        part.replace(self.folder / CHECKPOINT)

    def validation_loss(self) -> float:
        """Of the stage that the last step was in, in nats a token."""
        stage, _ = self.config.stage_of(max(0, self.step - 1))
        source = self._sources[stage.name][1]
        rows = Stage(name=stage.name, steps=1, rate=0, rows=stage.rows, row_tokens=stage.row_tokens)
        batches = [source.batch(at, rows) for at in range(self.config.checkpoints.validation_rows // stage.rows)]
        with torch.no_grad():
            found = [loss(self.trained, batch) for batch in batches]
        return sum(float(mean) * count for mean, count in found) / sum(count for _, count in found)

    def _train_step(self) -> str:
        began = time.monotonic()
        stage, number = self.config.stage_of(self.step)
        rows: list[Row] = self._sources[stage.name][0].batch(number, stage)
        rate = rate_at(number, stage, self.config.optimizer)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        found, _ = loss(self.trained, rows)
        found.backward()
        torch.nn.utils.clip_grad_norm_(self.trained.weights(), self.config.optimizer.most_gradient)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self.step += 1
        self._tokens += sum(len(row.tokens) for row in rows)
        measured = self.step % self.config.checkpoints.steps == 0 or self.step == self.config.steps
        validation = f"{self.validation_loss():.4f}" if measured else ""
        self._seconds += time.monotonic() - began
        values = (self.step, stage.name, f"{found.item():.4f}", validation, f"{rate:.2e}", self._tokens)
        self._log((*values, f"{self._seconds:.1f}"))
        return " ".join(map(str, values))

    def _log(self, values: tuple[object, ...]) -> None:
        file = self.folder / LOG
        fresh = not file.exists()
        with file.open("a", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines, delimiter="\t", lineterminator="\n")
            if fresh:
                writer.writerow(COLUMNS)
            writer.writerow(values)

    def _resume(self) -> None:
        state = torch.load(self.folder / CHECKPOINT, weights_only=True)
        self.step, self._tokens, self._seconds = state["step"], state["tokens"], state["seconds"]
        self.trained.load(state["adapter"])
        self._optimizer.load_state_dict(state["optimizer"])


def _sources(trained: Trained, seed: int) -> dict[str, tuple[Any, Any]]:
    """By stage: rows to train with, and rows to validate with."""
    template, dialogues = trained.template, read_dialogues()
    return {
        "text": (
            TextRows("voa_train.txt.xz", trained.encode, trained.end, seed),
            TextRows("voa_valid.txt.xz", trained.encode, trained.end, seed),
        ),
        "dialogues": (
            DialogueRows(template, [each for each in dialogues if not each.held], seed),
            DialogueRows(template, [each for each in dialogues if each.held], seed),
        ),
    }
