"""The tree in the docstring is the tree in the code."""

import re

import pytest

from inzwa import errors
from inzwa.errors import EngineError, EngineTimeout, InzwaError, Overloaded, RateLimited

LINE = re.compile(r"^(?P<bars>[│├└─ ]*)(?P<name>[A-Z]\w+)(?:\s+(?P<code>[a-z]+_[a-z_]+)\s)?")


def drawn():
    """Each line of the drawing: name, parent, code where one is drawn."""
    above = {}
    for row in errors.__doc__.splitlines()[2:]:
        if found := LINE.match(row):
            depth = len(found["bars"]) // 4
            above[depth] = found["name"]
            yield found["name"], above.get(depth - 1), found["code"]


def defined():
    return {name for name, thing in vars(errors).items() if isinstance(thing, type) and issubclass(thing, InzwaError)}


def test_every_error_is_drawn_once():
    names = [name for name, _, _ in drawn()]
    assert sorted(names) == sorted(defined())


@pytest.mark.parametrize(("name", "parent", "code"), list(drawn()))
def test_the_drawing_is_true(name, parent, code):
    kind = getattr(errors, name)
    if parent:
        assert kind.__base__.__name__ == parent
    if code:
        assert kind.code == code


def test_no_two_errors_share_a_code():
    codes = [getattr(errors, name).code for name in defined()]
    assert len(codes) == len(set(codes))


def test_an_error_carries_its_sentence():
    error = RateLimited("Too many requests.", retry_after_s=3)
    assert (str(error), error.message, error.retry_after_s) == ("Too many requests.", "Too many requests.", 3)


def test_an_engine_error_names_its_stage_and_may_be_tried_again():
    error = EngineTimeout("asr", "The asr engine took too long.")
    assert isinstance(error, EngineError)
    assert (error.stage, error.code, error.retryable) == ("asr", "engine_timeout", True)


def test_only_what_may_pass_of_itself_is_retryable():
    retryable = {name for name in defined() if getattr(errors, name).retryable}
    overloaded = {name for name in defined() if issubclass(getattr(errors, name), Overloaded)}
    assert retryable == overloaded | {"EngineError", "EngineTimeout", "ModelUnavailable", "Unreachable"}
