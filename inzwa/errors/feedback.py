"""Something about what evaluators gave."""

from inzwa.errors.base import InzwaError


class FeedbackError(InzwaError):
    """Something about what evaluators gave."""

    code = "feedback_failed"


class QuotaReached(FeedbackError):
    code = "quota_reached"
