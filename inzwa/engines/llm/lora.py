"""Whether a low-rank adapter (LoRA) was made for a base, by what their GGUF files say.

llama.cpp would refuse most wrong pairs too, with one line in its own log; this error names both.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from inzwa.errors import EngineError
from inzwa.formats.gguf import Header, read_header
from inzwa.models.local_model import LocalModel
from inzwa.protocols import AdapterInfo

_DOWN, _UP = ".lora_a", ".lora_b"
"""The two halves of each change: from the layer's input down to the rank, and up to its output."""
_TRANSPOSED: Final = "token_embd.weight"
"""The one layer whose halves are transposed; llama.cpp checks it."""
_MADE_FOR: Final = "general.base_model.0.name"
_GENERIC_WORDS: Final = frozenset({"instruct", "chat", "base", "model", "gguf"})


@dataclass(frozen=True, slots=True)
class Lora:
    """An adapter, and how strongly it is applied."""

    model: LocalModel
    scale: float
    """1 as it was trained; 0 as if it were not there."""

    @property
    def info(self) -> AdapterInfo:
        """For EngineInfo."""
        model = self.model
        return AdapterInfo(model.name, self.scale, model.language, model.licence, model.source, model.files)


def require_fit(lora: LocalModel, base: LocalModel) -> None:
    """EngineError, with both names, unless the adapter was made for a base like this one."""
    adapter_head, base_head = _read(lora), _read(base)
    made_for = lora.facts.get("base") or adapter_head.text(_MADE_FOR) or "a base that it does not name"
    if mismatch := next(_mismatches(lora, adapter_head, base, base_head), None):
        raise EngineError(
            "llm", f"The adapter {lora.name}, made for {made_for}, cannot be added to {base.name}: {mismatch}."
        )


def _read(model: LocalModel) -> Header:
    try:
        return read_header(model.path(".gguf"))
    except (OSError, ValueError) as error:
        raise EngineError("llm", f"{model.name} cannot be read as a GGUF file: {error}.") from error


def _mismatches(lora: LocalModel, adapter_head: Header, base: LocalModel, base_head: Header) -> Iterator[str]:
    """Why the two do not fit, the plainest reason first."""
    yield from _wrong_type(adapter_head)
    found, expected = adapter_head.text("general.architecture"), base_head.text("general.architecture")
    if found != expected:
        yield f"its architecture is {found or 'missing'}, the base's is {expected}"
    yield from _wrong_shapes(adapter_head, base_head)
    yield from _wrong_base(lora, adapter_head, base, base_head)


def _wrong_type(adapter: Header) -> Iterator[str]:
    for key, expected in (("general.type", "adapter"), ("adapter.type", "lora")):
        if (found := adapter.text(key)) != expected:
            yield f"its {key} is {found or 'missing'}, expected {expected}"
    if "adapter.alora.invocation_tokens" in adapter.metadata:
        yield "it is one that only certain words switch on, which is not supported"


def _wrong_shapes(adapter: Header, base: Header) -> Iterator[str]:
    layers = {name.removesuffix(half) for name in adapter.shapes for half in (_DOWN, _UP) if name.endswith(half)}
    if not layers:
        yield "it changes no layer"
    for layer in sorted(layers - {_TRANSPOSED}):
        if layer not in base.shapes:
            yield f"the base has no {layer}"
            continue
        down, up = adapter.shapes.get(layer + _DOWN, ()), adapter.shapes.get(layer + _UP, ())
        changed, found = (*down[:1], *up[1:2]), base.shapes[layer]
        if changed != found[:2]:
            yield f"{layer} is {_size(changed)} in it and {_size(found)} in the base"


def _wrong_base(lora: LocalModel, adapter_head: Header, base: LocalModel, base_head: Header) -> Iterator[str]:
    """By name: its catalogue entry decides, else the words that the two files use."""
    if declared := lora.facts.get("base"):
        if declared != base.name:
            yield "its catalogue entry names that base"
        return
    wanted = _words(adapter_head.text(_MADE_FOR))
    title = base_head.text("general.name")
    found = _words(" ".join((base.name, title, base_head.text("general.basename"), base_head.text(_MADE_FOR))))
    if wanted and found and not wanted & found:
        yield f"that base calls itself {title or base.name}; if they do fit, say so in a catalogue entry (facts: base)"


def _words(title: str) -> set[str]:
    """The words of a title that name a family of models: `smollm2` of `SmolLM2-135M-Instruct`."""
    words = re.findall(r"[a-z][a-z0-9]{2,}", title.lower())
    return set(words) - _GENERIC_WORDS


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "nothing"
