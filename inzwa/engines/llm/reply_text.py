"""From a model's bytes to text: whole characters, from the first word to the first stop word.

A piece may end in the middle of a character or of a stop word; what could still become either is buffered.
"""

import codecs
from collections.abc import Sequence

_Utf8 = codecs.getincrementaldecoder("utf-8")


class StopMatcher:
    """Passes text on until a stop word begins, however the text was cut into pieces."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._pending = ""
        self.stopped = False
        """Whether a stop word was met; nothing comes after it."""

    def push(self, text: str) -> str:
        """The text that is certain not to belong to a stop word."""
        if self.stopped:
            return ""
        text = self._pending + text
        found = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            self.stopped, self._pending = True, ""
            return text[: min(found)]
        certain = len(text) - self._partial_match(text)
        self._pending = text[certain:]
        return text[:certain]

    def flush(self) -> str:
        """The buffered beginning of a stop word that never came."""
        rest, self._pending = self._pending, ""
        return rest

    def _partial_match(self, text: str) -> int:
        """Length of the longest ending of `text` that begins a stop word."""
        longest = max(map(len, self._stops), default=1) - 1
        lengths = range(min(longest, len(text)), 0, -1)
        return next((n for n in lengths if any(stop.startswith(text[-n:]) for stop in self._stops)), 0)


class ReplyText:
    """Decodes the bytes of one reply."""

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self._characters = _Utf8(errors="ignore")
        self._matcher = StopMatcher(stops)
        self._begun = False

    @property
    def stopped(self) -> bool:
        """Whether a stop word ended the reply."""
        return self._matcher.stopped

    def push(self, data: bytes) -> str:
        """The text that is complete now, without bytes that are no UTF-8 and blanks before the first word."""
        return self._from_first_word(self._matcher.push(self._characters.decode(data)))

    def flush(self) -> str:
        """The rest, at the reply's end. Half a character is dropped."""
        return self._from_first_word(self._matcher.flush())

    def _from_first_word(self, text: str) -> str:
        text = text if self._begun else text.lstrip()
        self._begun = self._begun or bool(text)
        return text
