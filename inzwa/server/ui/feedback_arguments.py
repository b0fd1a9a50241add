"""Arguments of the feedback endpoints to records. Gradio passes on whatever JSON has: BadMessage for what is none."""

from collections.abc import Mapping
from typing import Any, get_args

from inzwa.errors import BadMessage, TextTooLong
from inzwa.feedback.consent_text import Language, version
from inzwa.feedback.ratings import MAX_TEXT, known_reasons
from inzwa.feedback.records import AgeBand, Consent, Gender, Profile, Rating, Variety, Verdict
from inzwa.server.ui.calls import check_short
from inzwa.settings import Settings


def consent_from(settings: Settings, choices: Mapping[str, object], language: str, profile: dict[str, str]) -> Consent:
    """`choices`: text, voice and adult, each true or false; `profile`: the fields of Profile."""
    for name, value in choices.items():
        if not isinstance(value, bool):
            raise BadMessage(f"`{name}` is true or false.")
    check_short(language=language, **profile)
    described = Profile(
        age_band=_one_of("age_band", profile["age_band"], AgeBand),
        gender=_one_of("gender", profile["gender"], Gender),
        variety=_one_of("variety", profile["variety"], Variety),
        first_language=profile["first_language"].strip(),
    )
    return Consent(
        version=version(),
        language=_one_of("language", language, Language),
        licence=settings.feedback_licence,
        text=choices["text"] is True,
        voice=choices["voice"] is True,
        adult=choices["adult"] is True,
        profile=described,
    )


def rating_from(verdict: str, reasons: object, texts: dict[str, str]) -> Rating:
    """`reasons`: a list of names, or None; `texts`: transcript, better_reply and comment."""
    given = [] if reasons is None else reasons
    if not isinstance(given, list) or not all(isinstance(reason, str) for reason in given):
        raise BadMessage("`reasons` is a list of names.")
    check_texts(**texts)
    return Rating(verdict=_one_of("verdict", verdict, Verdict), reasons=known_reasons(given), **texts)


def check_texts(**texts: object) -> None:
    """BadMessage for what is no text, TextTooLong for more than MAX_TEXT characters."""
    for name, text in texts.items():
        if not isinstance(text, str):
            raise BadMessage(f"`{name}` is a text.")
        if len(text) > MAX_TEXT:
            raise TextTooLong(f"`{name}` has {len(text)} characters; {MAX_TEXT} are taken.")


def check_number(name: str, value: object) -> int:
    """A turn's number."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise BadMessage(f"`{name}` is a whole number.")
    return value


def _one_of(name: str, value: str, kind: Any) -> Any:
    known = get_args(kind)
    if value not in known:
        raise BadMessage(f"`{name}` is one of {', '.join(each or 'nothing' for each in known)}.")
    return value
