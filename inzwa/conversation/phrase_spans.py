"""A reply as it is written, and where in it each phrase stands. Pure; knows no voice and no clock.

Phrases come in the order in which they were written, and differ from what was written in white space alone.
"""


class PhraseAligner:
    """One reply, growing. Places are counted in characters (code points) from 0."""

    def __init__(self) -> None:
        self.text = ""
        """All that was written so far; it begins with a word."""
        self._at = 0
        """Where the phrases found so far end."""

    def write(self, words: str) -> str:
        """Append; what is new in the text, which is all of `words` but for white space before the first word."""
        new = words if self.text else words.lstrip()
        self.text += new
        return new

    def leap(self) -> None:
        """What was written and not found yet will not be said."""
        self._at = len(self.text)

    def find(self, phrase: str) -> tuple[int, int]:
        """Where the next phrase begins and ends."""
        start = end = self._word_from(self._at)
        for letter in phrase:
            if not letter.isspace():
                end = min(self._word_from(end) + 1, len(self.text))
        self._at = end
        return start, end

    def _word_from(self, at: int) -> int:
        """The first place from `at` on that is no white space."""
        while at < len(self.text) and self.text[at].isspace():
            at += 1
        return at
