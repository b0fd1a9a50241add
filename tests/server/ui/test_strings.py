"""The page's words: both languages, the same places, and a sentence for every code a client can meet."""

import string
from collections.abc import Iterator

import pytest

from inzwa.errors import ClientError, EngineError, InzwaError, Overloaded
from inzwa.server.ui.strings import LANGUAGES, page_strings, say, table


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def with_children(kind: type[InzwaError]) -> Iterator[type[InzwaError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from with_children(child)


@pytest.mark.parametrize("key", page_strings())
def test_a_phrase_has_words_in_both_languages_with_the_same_places(key: str) -> None:
    phrase = page_strings()[key]
    assert phrase.sn.strip()
    assert phrase.en.strip()
    assert places(phrase.sn) == places(phrase.en)


@pytest.mark.parametrize("kind", [*with_children(ClientError), *with_children(Overloaded), *with_children(EngineError)])
def test_every_error_that_a_client_can_meet_has_a_sentence(kind: type[InzwaError]) -> None:
    assert kind.code in {"bad_request", "overloaded"} or f"error.{kind.code}" in page_strings()


def test_shona_comes_first_in_the_tables_and_in_what_shows_both() -> None:
    assert LANGUAGES[0] == "sn"
    assert table("sn")["talk.stop"] == "Mira"
    assert say("talk.stop") == "Mira · Stop"


def test_a_phrase_that_is_the_same_in_both_is_said_once() -> None:
    assert say("page.title") == "Inzwa"


def test_places_are_filled_in_both_languages() -> None:
    assert say("error.text_too_long", chars=40).count("40") == 2


def test_a_missing_place_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("error.text_too_long")
