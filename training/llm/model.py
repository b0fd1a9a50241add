"""The base in torch, out of its GGUF file, with a LoRA on it; losses of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig as PeftLora
from peft import get_peft_model
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, AutoTokenizer

from inzwa.models.store import Store, default_cache
from training.llm.batches import Row, Template
from training.llm.config import Config


@dataclass(frozen=True, slots=True)
class Trained:
    """What is trained, and what it reads."""

    model: Any
    """peft's wrapper; only the adapter's weights take gradients."""
    tokenizer: Any
    gguf: Path

    @property
    def template(self) -> Template:
        start, end = (self.tokenizer.convert_tokens_to_ids(token) for token in ("<|im_start|>", "<|im_end|>"))
        return Template(self.encode, start, end)

    @property
    def end(self) -> int:
        """The token between texts."""
        return int(self.tokenizer.convert_tokens_to_ids("<|endoftext|>"))

    def encode(self, text: str) -> list[int]:
        found: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return found

    def weights(self) -> list[nn.Parameter]:
        return [weight for weight in self.model.parameters() if weight.requires_grad]

    def state(self) -> dict[str, Tensor]:
        """The adapter's weights by name."""
        return {name: weight.detach().clone() for name, weight in self.model.named_parameters() if weight.requires_grad}

    def load(self, state: dict[str, Tensor]) -> None:
        """ValueError for the weights of another adapter."""
        found = {name: weight for name, weight in self.model.named_parameters() if weight.requires_grad}
        if found.keys() != state.keys():
            raise ValueError("the checkpoint is of another adapter")
        with torch.no_grad():
            for name, weight in found.items():
                weight.copy_(state[name])


def open_trained(config: Config) -> Trained:
    """Base and fresh adapter, the same each time for the same seed."""
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    gguf = Store(default_cache()).fetch(config.base).path(".gguf")
    files = {"gguf_file": gguf.name}
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **files)
    # On a CPU torch's fused attention takes four times as long as the plain one.
    attention = "sdpa" if torch.cuda.is_available() else "eager"
    base = AutoModelForCausalLM.from_pretrained(
        gguf.parent, dtype=torch.float32, attn_implementation=attention, **files
    )
    lora = PeftLora(
        r=config.lora.rank, lora_alpha=config.lora.alpha, target_modules=list(config.lora.layers), task_type="CAUSAL_LM"
    )
    return Trained(get_peft_model(base, lora), tokenizer, gguf)


def loss(trained: Trained, rows: Sequence[Row]) -> tuple[Tensor, int]:
    """The mean loss over the rows' targets, in nats a token, and how many there are. Products in bfloat16."""
    width = max(len(row.tokens) for row in rows)
    tokens = torch.full((len(rows), width), trained.end)
    targets = torch.zeros((len(rows), width), dtype=torch.bool)
    for number, row in enumerate(rows):
        tokens[number, : len(row.tokens)] = torch.tensor(row.tokens)
        targets[number, : len(row.targets)] = torch.tensor(row.targets)
    wanted = targets[:, 1:]
    causal = trained.model.base_model.model
    with torch.autocast("cpu", dtype=torch.bfloat16):
        # Rows are padded at their end, where causal attention needs no mask; only targets are compared with words.
        states = causal.model(input_ids=tokens).last_hidden_state[:, :-1][wanted]
        guesses = causal.lm_head(states)
    return nn.functional.cross_entropy(guesses.float(), tokens[:, 1:][wanted]), int(wanted.sum())
