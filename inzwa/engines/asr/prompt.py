"""Text to Whisper's tokens and back: the prompt with its language and hotwords. Knows no sound."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tokenizers import Tokenizer

from inzwa.errors import EngineError, UnsupportedFormat

HOTWORD_TOKENS: Final = 64
"""What hotwords may take of the prompt: each costs time, and Whisper's own limit is 223."""

BYTE_TOKENS: Final = 256
"""Tokens that are one byte each; the one of this number is the first that joins two."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Tokens that are no text."""

    start: int
    """Behind it a transcript's language and task are told."""
    end: int
    no_speech: int


class Prompter:
    """A tokenizer of Whisper's, multilingual or English only."""

    def __init__(self, file: Path, *, multilingual: bool) -> None:
        self._tokens = read_tokenizer(file)
        self._multilingual = multilingual
        self._end = self._special("<|endoftext|>")
        self._start, self._translate = self._special("<|startoftranscript|>"), self._special("<|translate|>")

    def prompt(self, language: str, hotwords: Sequence[str] = ()) -> list[int]:
        """Token ids that ask for a plain transcript. UnsupportedFormat for a language without a token."""
        favoured = self._favoured(hotwords)
        before = [self._special("<|startofprev|>"), *favoured] if favoured else []
        return [*before, self._start, *self._task(language), self._special("<|notimestamps|>")]

    @property
    def marks(self) -> Marks:
        """EngineError where the tokenizer has none for silence."""
        silence = "<|nospeech|>" if self._tokens.token_to_id("<|nospeech|>") is not None else "<|nocaptions|>"
        return Marks(self._start, self._end, self._special(silence))

    def text(self, ids: Sequence[int]) -> str:
        """What the tokens spell, stripped; special ones spell nothing."""
        return self._tokens.decode([token for token in ids if token < self._end]).strip()

    def _task(self, language: str) -> list[int]:
        token = self._tokens.token_to_id(f"<|{language}|>") or 0
        known = self._start < token < self._translate if self._multilingual else language == "en"
        if not known:
            raise UnsupportedFormat(f"The recogniser does not know the language {language!r}.")
        return [token, self._special("<|transcribe|>")] if self._multilingual else []

    def _favoured(self, hotwords: Sequence[str]) -> list[int]:
        """As many whole words as fit, the most valuable last: the network remembers what it read last.

        Words between commas and a full stop at the end: without the commas it writes the list down when it hears noise,
        without the full stop it goes on with the list when it hears English (benchmarks/hotwords.py).
        """
        chosen: list[int] = []
        for word in filter(None, map(str.strip, hotwords)):
            ids = self._spelt(f" {word}{',' if chosen else '.'}")
            if len(ids) + len(chosen) > HOTWORD_TOKENS:
                break
            chosen = ids + chosen
        return chosen

    def _spelt(self, text: str) -> list[int]:
        """The text's tokens; what it may hold of special ones is dropped."""
        return [token for token in self._tokens.encode(text, add_special_tokens=False).ids if token < self._end]

    def _special(self, name: str) -> int:
        token = self._tokens.token_to_id(name)
        if token is None:
            raise EngineError("asr", f"The tokenizer has no {name}: it is not Whisper's.")
        return token


def read_tokenizer(file: Path) -> Tokenizer:
    """The tokenizer, its first merge restored where that was lost. EngineError where the file has no merges.

    Whisper's first merge is ``Ġ t``, a space and a t. Merges came as a file that begins with a line of comment, and
    tokenizers made of it may have lost one line more, which splits every word that begins with t wrongly. Token
    BYTE_TOKENS tells what was lost: the tokens from there on are merged ones, in the order of the merges.
    """
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        merges, vocabulary = said["model"]["merges"], said["model"]["vocab"]
        lost = list(next(token for token, number in vocabulary.items() if number == BYTE_TOKENS))
        known = [merge.split(" ") if isinstance(merge, str) else merge for merge in merges[:1]]
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise EngineError("asr", f"{file.name} is no tokenizer of Whisper's.") from error
    if known in ([], [lost]) or len(lost) != 2:
        return Tokenizer.from_file(str(file))
    merges.insert(0, " ".join(lost) if isinstance(merges[0], str) else lost)
    return Tokenizer.from_str(json.dumps(said))
