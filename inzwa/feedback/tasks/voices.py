"""Which sentences which voices speak for naturalness and comparison, and the items that come of it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Final

from inzwa.feedback.records import JsonObject
from inzwa.feedback.tasks.checks import expected_check
from inzwa.feedback.tasks.items import Item
from inzwa.feedback.tasks.own_shona import sentences

SENTENCES: Final = 12
"""So many are spoken by every voice at every speed."""
SPEEDS: Final = (1.0, 0.85)
MAX_VOICES: Final = 4
INSTRUCTIONS: Final = {
    1: "Ndapota sarudzai nhamba yekutanga, motsi, pamibvunzo yose. Motsi.",
    3: "Ndapota sarudzai nhamba yetatu, nhatu, pamibvunzo yose. Nhatu.",
    5: "Ndapota sarudzai nhamba yeshanu, shanu, pamibvunzo yose. Shanu.",
}
"""Mark to the sentence that asks for it."""
DEGRADED: Final = 6
"""Of these first sentences there is a clip that nobody can call good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """What speaks: a model with its settings."""

    model: str
    sha256: str
    """Over the checksums of the model's files."""
    voice: str
    speed: float

    @property
    def name(self) -> str:
        """What the report calls it."""
        return (
            f"{self.model} {self.voice} {self.speed:g}" if self.voice != self.model else f"{self.model} {self.speed:g}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence that a system shall speak."""

    text: str
    system: System
    check: JsonObject | None = None
    """What an attention check expects."""
    degraded: bool = False

    @property
    def source(self) -> str:
        """A name by which it is known that this was made: making it again would sound a little different."""
        content = json.dumps([self.text, asdict(self.system), self.check, self.degraded], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def lines(model: str, sha256: str, voices: Iterable[str]) -> Iterator[Line]:
    """All that these voices of a model shall speak, sentence by sentence, checks among them."""
    names = list(voices)[:MAX_VOICES]
    systems = [System(model=model, sha256=sha256, voice=voice, speed=speed) for voice in names for speed in SPEEDS]
    for at, text in enumerate(sentences()[:SENTENCES]):
        yield from (Line(text=text, system=system) for system in systems)
        if systems and at < DEGRADED:
            yield Line(text=text, system=systems[0], check=expected_check(1, 2), degraded=True)
    for mark, text in INSTRUCTIONS.items() if systems else ():
        yield Line(text=text, system=systems[0], check=expected_check(mark))


def naturalness_item(line: Line, sound: str) -> Item:
    """`sound` is the name of the clip in which the line is spoken."""
    hidden: JsonObject = {"system": line.system.name, "details": asdict(line.system), "source": line.source}
    if line.check is not None:
        hidden |= {"check": line.check, "check_kind": "degraded" if line.degraded else "instructed"}
    return Item(kind="naturalness", payload={"text": line.text, "sound": sound}, hidden=hidden)


def comparison_items(spoken: Iterable[Item]) -> list[Item]:
    """Every two clips in which different systems speak the same sentence."""
    items = sorted((item for item in spoken if "check" not in item.hidden), key=lambda item: str(item.hidden["system"]))
    pairs = [pair for pair in combinations(items, 2) if pair[0].payload["text"] == pair[1].payload["text"]]
    return [_comparison(first, second) for first, second in pairs if first.hidden["system"] != second.hidden["system"]]


def _comparison(first: Item, second: Item) -> Item:
    return Item(
        kind="comparison",
        payload={"text": first.payload["text"], "first": first.payload["sound"], "second": second.payload["sound"]},
        hidden={
            "systems": {"first": first.hidden["system"], "second": second.hidden["system"]},
            "details": {"first": first.hidden.get("details", {}), "second": second.hidden.get("details", {})},
            "source": f"{first.hidden['source']} {second.hidden['source']}",
        },
    )
