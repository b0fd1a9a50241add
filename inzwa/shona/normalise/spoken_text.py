"""A text as it is spoken, and where each piece of it was written."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final, NamedTuple


class Span(NamedTuple):
    """A stretch of the spoken text and the stretch of the written text that it speaks; indices of characters."""

    start: int
    end: int
    written_start: int
    written_end: int
    verbatim: bool
    """Whether it is spoken as written, character by character."""


@dataclass(frozen=True, slots=True)
class SpokenText:
    """What the voice reads."""

    text: str
    spans: tuple[Span, ...] = ()
    """In order, without a gap in `text`."""

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where in the written text the spoken characters from `start` up to `end` come from.

        A number is one piece: any word of it gives the span of the whole number. An empty text gives (0, 0).
        """
        if not self.spans:
            return 0, 0
        end = max(end, start + 1)
        first, last = self._span(start), self._span(end - 1)
        begin = first.written_start + (start - first.start if first.verbatim else 0)
        return begin, last.written_start + (end - last.start) if last.verbatim else last.written_end

    def _span(self, at: int) -> Span:
        at = min(max(at, 0), len(self.text) - 1)
        return self.spans[bisect_right(self.spans, at, key=lambda span: span.start) - 1]


_PAUSES: Final = ".,;:!?…"
_STRONG: Final = ".!?…"


class SpokenTextBuilder:
    """Builds a spoken text piece by piece, in the order in which it was written."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._spans: list[Span] = []
        self._length = 0
        self._gap: tuple[int, int] | None = None
        """Written space that has not been added yet: none at the beginning, one for many."""
        self._joined = False

    def copy(self, text: str, start: int, end: int) -> None:
        """`text`, written from `start` to `end`, as it is."""
        self._add_gap()
        self._put(text, start, end, verbatim=end - start == len(text))

    def replace(self, text: str, start: int, end: int) -> None:
        """`text` in place of what was written from `start` to `end`."""
        if text:
            self._add_gap()
            self._put(text, start, end, verbatim=False)

    def space(self, start: int, end: int, *, line: bool = False) -> None:
        """A space between words, for what was written from `start` to `end`; the end of a `line` is a full stop."""
        if line:
            self.punctuate(".", start, start)
        if self._length and not self._joined and (self._gap is None or self._gap[0] == self._gap[1]):
            self._gap = (start, end)

    def join_next(self) -> None:
        """No space before the next piece."""
        self._joined = True

    def punctuate(self, mark: str, start: int, end: int) -> None:
        """A mark of punctuation, close to the word before it; of two together the stronger is used."""
        if not self._length:
            return
        if self._pieces[-1] in _PAUSES:
            if mark in _STRONG and self._pieces[-1] not in _STRONG:
                self._pieces[-1] = mark
            return
        self._put(mark, start, end, verbatim=end - start == 1)
        self._gap = (end, end)

    def build(self) -> SpokenText:
        return SpokenText("".join(self._pieces), tuple(self._spans))

    def _add_gap(self) -> None:
        if self._gap:
            (start, end), self._gap = self._gap, None
            self._put(" ", start, end, verbatim=end - start == 1)

    def _put(self, text: str, start: int, end: int, *, verbatim: bool) -> None:
        self._joined = False
        begin, self._length = self._length, self._length + len(text)
        self._pieces.append(text)
        last = self._spans[-1] if self._spans else None
        if last and verbatim and last.verbatim and last.written_end == start:
            self._spans[-1] = Span(last.start, self._length, last.written_start, end, True)
        else:
            self._spans.append(Span(begin, self._length, start, end, verbatim))
