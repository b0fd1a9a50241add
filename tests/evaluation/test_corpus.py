"""Manifests and sentence files, in all the shapes in which they come."""

import pytest

from inzwa.errors import BadCorpus
from inzwa.evaluation.corpus import Recording, read_manifest, read_sentences

PLAIN = "a.wav\tmhoro\nsub/b.flac\tzvakanaka chaizvo\n"
TITLED = "id\ttext\tpath\n7\tmhoro\ta.wav\n8\tzvakanaka chaizvo\tsub/b.flac\n"
JSON = '{"audio": "a.wav", "text": "mhoro"}\n\n{"audio_filepath": "sub/b.flac", "sentence": "zvakanaka chaizvo"}\n'


@pytest.mark.parametrize(
    ("name", "text"), [("m.tsv", PLAIN), ("m.txt", "\ufeff" + PLAIN), ("m.tsv", TITLED), ("m.jsonl", JSON)]
)
def test_every_shape_names_the_same_recordings(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert read_manifest(path) == [
        Recording(tmp_path / "a.wav", "mhoro", "a.wav"),
        Recording(tmp_path / "sub" / "b.flac", "zvakanaka chaizvo", "sub/b.flac"),
    ]
    assert len(read_manifest(path, limit=1)) == 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("m.tsv", "a.wav\tmhoro\nb.wav\n", "line 2"),
        ("m.tsv", "\tmhoro\n", "line 1"),
        ("m.jsonl", '{"audio": "a.wav", "text": "a"}\n{"audio": 7, "text": "b"}\n', "line 2"),
        ("m.jsonl", "[1]\n", "line 1"),
        ("m.jsonl", "{\n", "line 1"),
        ("m.tsv", "", "no recording"),
        ("m.tsv", "path\ttext\n", "no recording"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, name, text, told):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadCorpus, match=told):
        read_manifest(path)


def test_sentences_are_the_lines_that_say_something(tmp_path):
    path = tmp_path / "s.txt"
    path.write_text("Mhoro.\n\n  Zvakanaka. \nEhe.\n", encoding="utf-8")
    assert read_sentences(path, limit=2) == ["Mhoro.", "Zvakanaka."]


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00"])
def test_a_file_without_sentences_is_refused(tmp_path, content):
    path = tmp_path / "s.txt"
    path.write_bytes(content)
    with pytest.raises(BadCorpus, match=r"s\.txt"):
        read_sentences(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadCorpus, match=r"none\.tsv"):
        read_manifest(tmp_path / "none.tsv")
