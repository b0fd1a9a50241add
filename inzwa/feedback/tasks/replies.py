"""Questions that a language model answers once, so that its replies can be judged before anybody has talked."""

import hashlib
from typing import Final

from inzwa.feedback.tasks.items import Item

PROMPTS: Final = (
    "Guta guru reZimbabwe nderipi?",
    "Gore rine mwedzi mingani?",
    "Vhiki rine mazuva mangani?",
    "Mwedzi wekutanga wegore unonzi chii?",
    "Mangwanani, marara sei?",
    "Unogona kundibatsira here?",
    "Ndinobika sadza sei?",
    "Ndingachengetedza sei mvura kumba?",
)
"""Not reviewed by a native speaker yet."""


def source(model: str, sha256: str, question: str) -> str:
    """A name by which it is known that this model has answered this question."""
    return hashlib.sha256(f"{model} {sha256} {question}".encode()).hexdigest()[:16]


def model_reply_item(model: str, sha256: str, question: str, reply: str) -> Item:
    """One reply of a model."""
    return Item(
        kind="reply",
        payload={"question": question, "reply": reply},
        hidden={
            "system": model,
            "details": {"model": model, "sha256": sha256},
            "source": source(model, sha256, question),
        },
    )


def sample_item(model: str, sha256: str, text: str, sound: str) -> Item:
    """A transcript to correct where nobody has given a recording: Inzwa's own sample, as the recogniser heard it."""
    return Item(
        kind="transcript",
        payload={"text": text, "sound": sound},
        hidden={"system": model, "source": source(model, sha256, "sample")},
    )
