"""Values and what they may be, in words."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from inzwa.settings.describe import allowed, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (0.5, "0.5"),
        (Path("/a"), "/a"),
        (SecretStr(""), "(not set)"),
        (SecretStr("x"), "(set)"),
    ],
)
def test_a_value_is_shown_as_it_would_be_typed_and_a_secret_not_at_all(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"const": False}, "false"),
        ({"enum": ["a", "b"]}, "a or b"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "a whole number from 1 to 9"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 2}, "a number from 0 to 2"),
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "uri"}, "an http or https address without a name or password"),
        ({"anyOf": [{"format": "path"}, {"type": "null"}]}, "a path"),
        ({"anyOf": [{"format": "file-path"}, {"format": "directory-path"}]}, "a file that can be read or a folder"),
    ],
)
def test_what_is_right_is_said_in_words(schema: dict, text: str) -> None:
    assert allowed(schema) == text
