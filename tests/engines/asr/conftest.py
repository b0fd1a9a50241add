"""The small recogniser and a voice to speak to it."""

import pytest

from benchmarks.spoken import SentenceVoice, read_sentences
from inzwa.engines.asr.whisper import open_whisper


@pytest.fixture(scope="package")
def whisper(models):
    with open_whisper(models.fetch("whisper-base")) as opened:
        yield opened


@pytest.fixture(scope="package")
def voice(models):
    return SentenceVoice(models.fetch("joe-medium"))


@pytest.fixture(scope="package")
def sentences():
    """English sentences by their text."""
    return {sentence.text: sentence for sentence in read_sentences() if sentence.language == "en"}
