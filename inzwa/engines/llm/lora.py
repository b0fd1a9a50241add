"""Whether a low-rank adapter (LoRA) was made for a base. Knows what GGUF files say of themselves, calls no library.

llama.cpp would refuse most wrong pairs too, with one line in its own log; here both names are said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from inzwa.errors import EngineError
from inzwa.formats.gguf import Head, read_head
from inzwa.models.local_model import LocalModel
from inzwa.protocols import AdapterInfo

_DOWN, _UP = ".lora_a", ".lora_b"
"""The two halves of each change: from the layer's input down to the rank, and up to its output."""
_FLIPPED: Final = "token_embd.weight"
"""The one layer whose halves stand the other way round; llama.cpp checks it."""
_TELLS_NOTHING: Final = frozenset({"instruct", "chat", "base", "model", "gguf"})


@dataclass(frozen=True, slots=True)
class Lora:
    """An adapter on this disk, and how strongly it is applied."""

    model: LocalModel
    scale: float
    """1 as it was trained; 0 as if it were not there."""

    @property
    def info(self) -> AdapterInfo:
        """What the engine says of it."""
        model = self.model
        return AdapterInfo(model.name, self.scale, model.language, model.licence, model.source, model.files)


def require_fit(lora: LocalModel, base: LocalModel) -> None:
    """EngineError, with both names, unless the adapter was made for a base like this one."""
    worn, under = _read(lora), _read(base)
    made_for = lora.facts.get("base") or worn.text("general.base_model.0.name") or "a base that it does not name"
    complaint = next(_complaints(lora, worn, base, under), None)
    if complaint:
        raise EngineError(
            "llm", f"The adapter {lora.name}, made for {made_for}, cannot be added to {base.name}: {complaint}."
        )


def _read(model: LocalModel) -> Head:
    try:
        return read_head(model.path(".gguf"))
    except (OSError, ValueError) as error:
        raise EngineError("llm", f"{model.name} cannot be read as a GGUF file: {error}.") from error


def _complaints(lora: LocalModel, worn: Head, base: LocalModel, under: Head) -> Iterator[str]:
    """What speaks against the pair, the plainest first."""
    yield from _not_that_kind(worn)
    here, there = worn.text("general.architecture"), under.text("general.architecture")
    if here != there:
        yield f"its architecture is {here or 'not said'}, the base's is {there}"
    yield from _other_shapes(worn, under)
    yield from _other_base(lora, worn, base, under)


def _not_that_kind(worn: Head) -> Iterator[str]:
    for key, expected in (("general.type", "adapter"), ("adapter.type", "lora")):
        if (found := worn.text(key)) != expected:
            yield f"its {key} is {found or 'not said'}, expected {expected}"
    if "adapter.alora.invocation_tokens" in worn.facts:
        yield "it is one that only certain words switch on, which is not supported"


def _other_shapes(worn: Head, under: Head) -> Iterator[str]:
    layers = {name.removesuffix(half) for name in worn.shapes for half in (_DOWN, _UP) if name.endswith(half)}
    if not layers:
        yield "it changes no layer"
    for layer in sorted(layers - {_FLIPPED}):
        if layer not in under.shapes:
            yield f"the base has no {layer}"
            continue
        down, up, found = worn.shapes.get(layer + _DOWN, ()), worn.shapes.get(layer + _UP, ()), under.shapes[layer]
        if (*down[:1], *up[1:2]) != found[:2]:
            yield f"{layer} is {_size((*down[:1], *up[1:2]))} in it and {_size(found)} in the base"


def _other_base(lora: LocalModel, worn: Head, base: LocalModel, under: Head) -> Iterator[str]:
    """By name: what its catalogue entry says decides, else the words that the two files use."""
    if declared := lora.facts.get("base"):
        if declared != base.name:
            yield "its catalogue entry names that base"
        return
    wanted = _words(worn.text("general.base_model.0.name"))
    titles = (base.name, under.text("general.name"), under.text("general.basename"))
    found = _words(" ".join((*titles, under.text("general.base_model.0.name"))))
    if wanted and found and not wanted & found:
        called = under.text("general.name") or base.name
        yield f"that base calls itself {called}; if they do fit, say so in a catalogue entry (facts: base)"


def _words(title: str) -> set[str]:
    """What tells a family of models from another in a title: `smollm2` of `SmolLM2-135M-Instruct`."""
    words = re.findall(r"[a-z][a-z0-9]{2,}", title.lower())
    return set(words) - _TELLS_NOTHING


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "nothing"
