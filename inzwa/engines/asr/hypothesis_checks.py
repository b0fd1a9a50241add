"""What is wrong with a hypothesis of what was said, and which of several to believe.

A hypothesis is judged by its words, by how sure the network is, and by the sound: how many syllables were said in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inzwa.engines.asr.copies import first_copy_words, is_looping, plain_words
from inzwa.engines.asr.syllables import SpokenLength, count_in_text

MIN_LOG_PROB: Final = -1.2
"""Mean log-probability a token below which a hypothesis is decoded again. Whisper's authors take -1; in a language that
the model hardly knows (40 Shona sentences, whisper-base) that sends 24 back and gains 7 % of the errors, this 8 and
3 %."""

MAX_NO_SPEECH: Final = 0.6
"""Probability of no speech from which it may be silence; the threshold of Whisper's authors. Without hotwords in the
prompt noise and hum lay above 0.7, speech (120 sentences, English and Shona) below 0.6 but for one at 0.67, so this is
never enough by itself. Hotwords add 0.1 to 0.3 to it."""

SURE_LOG_PROB: Final = -1.0
"""Mean log-probability a token from which the words are believed all the same; theirs too. Words made up in noise and
hum lay below -1.1; at -0.5 two spoken sentences in Shona were taken for silence."""

CLEAR_LOG_PROB: Final = -0.7
"""Mean log-probability a token from which no other hypothesis is asked for, and that English must have in a session of
another language."""

ENGLISH_LEAD: Final = 0.3
"""How much surer, in mean log-probability a token, English must be than the session's language."""

_LOOP_COST: Final = 0.5
"""What a loop takes from how sure the network was."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One possible transcript of a sound."""

    text: str
    confidence: float
    """Mean log-probability a token."""
    no_speech: float
    """Probability that it was not speech, 0..1."""
    unfinished: bool = False
    """Whether it was cut off at the limit of its tokens."""
    tokens: tuple[int, ...] = ()
    """The text in the network's tokens."""
    language: str = "sn"
    """What the network was told to hear."""


def is_silence(hypothesis: Hypothesis) -> bool:
    """Whether there are no words, or the network itself does not believe that anybody spoke."""
    unsure = hypothesis.no_speech > MAX_NO_SPEECH and hypothesis.confidence < SURE_LOG_PROB
    return unsure or not has_words(hypothesis.text)


def is_echo(hypothesis: Hypothesis, hotwords: Sequence[str]) -> bool:
    """Whether it holds nothing but hotwords: they may come from the prompt and not from the sound."""
    expected = {word for hotword in hotwords for word in plain_words(hotword)}
    return bool(hotwords) and all(word in expected for word in plain_words(hypothesis.text))


def is_loop(hypothesis: Hypothesis) -> bool:
    """Whether the decoder repeated itself without end: wrong for certain."""
    return hypothesis.unfinished or is_looping(hypothesis.text)


def is_repeated(hypothesis: Hypothesis) -> bool:
    """Whether it loops, is one phrase several times, or has a phrase more often in a row than people say it.

    The decoder does that in a short window, where it does not see that nothing follows; people do it as well.
    """
    return is_loop(hypothesis) or first_copy_words(plain_words(hypothesis.text)) is not None


def is_clear(hypothesis: Hypothesis, length: SpokenLength) -> bool:
    """Whether the network is sure of it, and it is as long as what was said."""
    return not is_silence(hypothesis) and score(hypothesis, length) > CLEAR_LOG_PROB


def score(hypothesis: Hypothesis, length: SpokenLength) -> float:
    """Mean log-probability a token, less the share by which its length is not what was said, and less for a loop."""
    said = count_in_text(hypothesis.text, language=hypothesis.language)
    differs = max(0.0, abs(said - length.syllables) - 1) / max(said, length.syllables, 1)
    return hypothesis.confidence - differs - _LOOP_COST * is_loop(hypothesis)


def best(hypotheses: Sequence[Hypothesis], length: SpokenLength) -> Hypothesis:
    """Which to believe: the best score of those in the first one's language that are no silence, or English where that
    is clear and much better."""
    language = hypotheses[0].language
    own = [each for each in hypotheses if each.language == language]
    found = max(own, key=lambda each: (not is_silence(each), score(each, length)))
    others = [each for each in hypotheses if each.language != language and is_clear(each, length)]
    better = [each for each in others if score(each, length) > score(found, length) + ENGLISH_LEAD]
    return max(better, key=lambda each: score(each, length), default=found)


def has_words(text: str) -> bool:
    """Whether there is a letter or a figure in it."""
    return any(map(str.isalnum, text))
