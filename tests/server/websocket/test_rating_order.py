"""Ratings that wait together: of two of one turn the later counts."""

from inzwa.events import Rate
from inzwa.server.websocket.ratings import _in_order


def rate(turn: int, key: str, conversation: str = "") -> Rate:
    return Rate(turn=turn, key=key, conversation=conversation, contributor="code")


def test_ratings_of_different_turns_are_stored_together() -> None:
    rates = [rate(1, "a"), rate(2, "b"), rate(1, "c", "earlier")]
    assert list(_in_order(rates, "own")) == [rates]


def test_two_ratings_of_one_turn_are_stored_one_after_the_other_however_the_conversation_is_named() -> None:
    first, other, second = rate(1, "a"), rate(2, "b"), rate(1, "c", "own")
    assert list(_in_order([first, other, second], "own")) == [[first, other], [second]]
