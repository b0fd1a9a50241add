"""Each phrase is found where it was written, whatever the white space."""

from hypothesis import given
from hypothesis import strategies as st

from inzwa.conversation.output.phrase_spans import PhraseAligner
from inzwa.shona.dialogue.phrases import PhraseCutter

TEXT = st.text(st.sampled_from("ab.,!? \n\t\u00a0é😀'*"), max_size=300)


def found(*pieces: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The whole text, and each phrase with its place, the phrases looked for as soon as they are cut."""
    reply, cutter = PhraseAligner(), PhraseCutter()
    places = []
    for piece in pieces:
        words = reply.write(piece)
        places += [(phrase, *reply.find(phrase)) for phrase in cutter.push(words)]
    places += [(phrase, *reply.find(phrase)) for phrase in cutter.flush()]
    return reply.text, places


def test_phrases_stand_where_they_were_written():
    text, places = found("Ehe, ", "ndiripo   pano\n", "nhasi.")
    assert [text[start:end] for _, start, end in places] == ["Ehe,", "ndiripo   pano", "nhasi."]


def test_white_space_before_the_first_word_is_not_written():
    assert found("  \n", " Ehe.") == ("Ehe.", [("Ehe.", 0, 4)])


def test_characters_are_counted_and_not_bytes():
    assert found("😀 Ehe. ") == ("😀 Ehe. ", [("😀 Ehe.", 0, 6)])


def test_what_is_skipped_is_no_part_of_the_next_phrase():
    reply = PhraseAligner()
    reply.write("Ndinoti izvi ")
    assert reply.find("Ndinoti") == (0, 7)
    reply.skip_rest()
    reply.write("Pamusoroi.")
    assert reply.find("Pamusoroi.") == (13, 23)


@given(st.lists(TEXT, max_size=8))
def test_the_written_phrase_is_the_said_one_but_for_white_space(pieces: list[str]):
    text, places = found(*pieces)
    assert all(" ".join(text[start:end].split()) == phrase for phrase, start, end in places)
    ends = [0, *(place for _, start, end in places for place in (start, end)), len(text)]
    assert ends == sorted(ends)
    assert "".join("".join(phrase.split()) for phrase, _, _ in places) == "".join(text.split())
