"""Text to Whisper's tokens and back; the prompt with its language and hotwords."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tokenizers import Tokenizer

from inzwa.errors import EngineError, UnsupportedFormat

HOTWORD_TOKENS: Final = 64
"""Tokens of the prompt for hotwords at most: each costs time, and Whisper's own limit is 223."""

BYTE_TOKENS: Final = 256
"""Tokens that are one byte each; the one of this number is the first that joins two."""


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """Those that the decoder needs."""

    start: int
    """<|startoftranscript|>; the language and the task stand behind it."""
    end: int
    no_speech: int


class WhisperTokenizer:
    """A tokenizer of Whisper's, multilingual or English only."""

    def __init__(self, file: Path, *, multilingual: bool) -> None:
        self._tokenizer = read_tokenizer(file)
        self._multilingual = multilingual
        self._end = self._id("<|endoftext|>")
        self._start, self._translate = self._id("<|startoftranscript|>"), self._id("<|translate|>")

    def prompt(self, language: str, hotwords: Sequence[str] = ()) -> list[int]:
        """Tokens that ask for a transcript without timestamps. UnsupportedFormat for a language without a token."""
        favoured = self._hotword_tokens(hotwords)
        before = [self._id("<|startofprev|>"), *favoured] if favoured else []
        return [*before, self._start, *self._task(language), self._id("<|notimestamps|>")]

    @property
    def special_tokens(self) -> SpecialTokens:
        """EngineError where the tokenizer has none for silence."""
        silence = "<|nospeech|>" if self._tokenizer.token_to_id("<|nospeech|>") is not None else "<|nocaptions|>"
        return SpecialTokens(self._start, self._end, self._id(silence))

    def text(self, tokens: Sequence[int]) -> str:
        """The text of the tokens, stripped; special ones are left out."""
        return self._tokenizer.decode([token for token in tokens if token < self._end]).strip()

    def _task(self, language: str) -> list[int]:
        token = self._tokenizer.token_to_id(f"<|{language}|>") or 0
        known = self._start < token < self._translate if self._multilingual else language == "en"
        if not known:
            raise UnsupportedFormat(f"The recogniser does not know the language {language!r}.")
        return [token, self._id("<|transcribe|>")] if self._multilingual else []

    def _hotword_tokens(self, hotwords: Sequence[str]) -> list[int]:
        """As many whole words as fit, the most valuable last: the end of a prompt has the most influence.

        Words between commas and a full stop at the end: without the commas the list is transcribed when there is noise,
        without the full stop the list is continued when there is English speech (benchmarks/hotwords.py).
        """
        chosen: list[int] = []
        for word in filter(None, map(str.strip, hotwords)):
            tokens = self._encode(f" {word}{',' if chosen else '.'}")
            if len(tokens) + len(chosen) > HOTWORD_TOKENS:
                break
            chosen = tokens + chosen
        return chosen

    def _encode(self, text: str) -> list[int]:
        """The text's tokens without special ones."""
        return [token for token in self._tokenizer.encode(text, add_special_tokens=False).ids if token < self._end]

    def _id(self, name: str) -> int:
        token = self._tokenizer.token_to_id(name)
        if token is None:
            raise EngineError("asr", f"The tokenizer has no {name}: it is not Whisper's.")
        return token


def read_tokenizer(file: Path) -> Tokenizer:
    """The tokenizer, its first merge restored where that was lost. EngineError where the file has no merges.

    Whisper's first merge is ``Ġ t``, a space and a t. Merges came as a file that begins with a comment line, and
    tokenizers made of it may have lost one line more, which splits every word that begins with t wrongly. Token
    BYTE_TOKENS shows what was lost: the tokens from there on are merged ones, in the order of the merges.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        merges, vocabulary = content["model"]["merges"], content["model"]["vocab"]
        first = list(next(token for token, number in vocabulary.items() if number == BYTE_TOKENS))
        found = [merge.split(" ") if isinstance(merge, str) else merge for merge in merges[:1]]
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise EngineError("asr", f"{file.name} is no tokenizer of Whisper's.") from error
    if found in ([], [first]) or len(first) != 2:
        return Tokenizer.from_file(str(file))
    merges.insert(0, " ".join(first) if isinstance(merges[0], str) else first)
    return Tokenizer.from_str(json.dumps(content))
