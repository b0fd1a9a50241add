"""The text that contributors read: complete in both languages, under this server's own settings."""

import re

import pytest

from inzwa.feedback.consent_text import LANGUAGES, ConsentText, consent_text, version
from tests.serving import settings


def all_of(text: ConsentText) -> str:
    return "\n".join((text.title, *text.paragraphs, text.text_choice, text.voice_choice, text.adult_choice))


@pytest.mark.parametrize("feedback", ["ratings", "full"])
@pytest.mark.parametrize("licence", ["CC0-1.0", "CC-BY-4.0"])
def test_both_languages_say_the_same_number_of_things_with_every_place_filled(feedback: str, licence: str) -> None:
    chosen = settings(feedback=feedback, feedback_licence=licence)
    texts = [consent_text(chosen, language) for language in LANGUAGES]
    assert len({len(text.paragraphs) for text in texts}) == 1
    for text in texts:
        assert not re.search("[{}]", all_of(text))
        assert licence[:3].strip("-") in all_of(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_recordings_are_spoken_of_only_where_they_are_taken(language: str) -> None:
    without, full = consent_text(settings(), language), consent_text(settings(feedback="full"), language)
    assert (without.voice_choice, without.adult_choice) == ("", "")
    assert full.voice_choice
    assert full.adult_choice
    assert "730" in all_of(full)
    assert "730" not in all_of(without)


def test_the_text_has_a_version() -> None:
    assert version() >= 1
