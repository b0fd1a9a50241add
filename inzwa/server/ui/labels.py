"""Texts of Gradio's components in the page's language: switched in the browser, where the choice is kept."""

import json
from dataclasses import dataclass, field
from typing import Final

from gradio.blocks import Block

from inzwa.server.ui.strings import LANGUAGES, page_strings

STORED: Final = "inzwa.language"
"""Where the browser keeps the language that was chosen; assets/ui/preferences.js has the same."""

_SCRIPT: Final = """() => {
  const texts = %s;
  let language = null;
  try { language = localStorage.getItem("%s"); } catch {}
  const chosen = Object.hasOwn(texts, language) ? language : Object.keys(texts)[0];
  document.documentElement.lang = chosen;
  const updates = texts[chosen].map((update) => ({ ...update, __type__: "update" }));
  return updates.length === 1 ? updates[0] : updates;
}"""
"""Gradio takes what a script returns as it takes what an event's function returns: an update for each output."""


@dataclass(slots=True)
class Labels:
    """Which property of which component shows which text."""

    components: list[Block] = field(default_factory=list)
    _keys: list[dict[str, str]] = field(default_factory=list)

    def add(self, component: Block, **keys: str) -> None:
        """`keys`: the name of a property to the key of its text."""
        self.components.append(component)
        self._keys.append(keys)

    @property
    def script(self) -> str:
        """A JavaScript function for an event whose outputs are `components`."""
        texts = {
            language: [
                {name: getattr(page_strings()[key], language) for name, key in keys.items()} for keys in self._keys
            ]
            for language in LANGUAGES
        }
        return _SCRIPT % (json.dumps(texts, ensure_ascii=False).replace("<", r"\u003c"), STORED)
