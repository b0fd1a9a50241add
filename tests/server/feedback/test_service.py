"""Ratings of turns that the server does not remember any more."""

from pathlib import Path

import pytest

from inzwa.errors import UnknownTurn
from inzwa.feedback.codes import contributor_id
from inzwa.feedback.ratings import rate
from inzwa.feedback.records import Rating
from tests.feedback.giving import TURN, consent
from tests.serving import serving


async def test_taking_back_sent_again_after_the_turn_is_forgotten_is_confirmed_again(data: Path) -> None:
    async with serving(data=data) as (_, app_state):
        feedback = app_state.require_feedback()
        code = (await feedback.consent(consent()))["code"]
        who = contributor_id(code)
        await feedback.store.write(lambda session: rate(session, who, TURN, Rating(verdict="up"), "1"))
        await feedback.rate(code, TURN.conversation, TURN.number, Rating(), "2")
        await feedback.rate(code, TURN.conversation, TURN.number, Rating(), "2")
        with pytest.raises(UnknownTurn):
            await feedback.rate(code, TURN.conversation, TURN.number, Rating(), "3")
