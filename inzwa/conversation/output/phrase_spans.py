"""Where in the reply each spoken phrase is.

Phrases come in the order in which they were written, and differ from the reply in white space alone.
"""


class PhraseAligner:
    """One growing reply. Positions are counted in characters (code points) from 0."""

    def __init__(self) -> None:
        self.text = ""
        """All that was written so far; it begins with a word."""
        self._at = 0
        """The end of the phrases found so far."""

    def write(self, words: str) -> str:
        """Append `words`, without white space before the first word, and return what was appended."""
        new = words if self.text else words.lstrip()
        self.text += new
        return new

    def skip_rest(self) -> None:
        """Pass over what was written and not yet found in a phrase: it will not be spoken."""
        self._at = len(self.text)

    def find(self, phrase: str) -> tuple[int, int]:
        """The span of the next phrase: its start and its end (exclusive)."""
        start = end = self._skip_spaces(self._at)
        for letter in phrase:
            if not letter.isspace():
                end = min(self._skip_spaces(end) + 1, len(self.text))
        self._at = end
        return start, end

    def _skip_spaces(self, at: int) -> int:
        """The first position from `at` on that is not white space."""
        while at < len(self.text) and self.text[at].isspace():
            at += 1
        return at
