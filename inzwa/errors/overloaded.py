"""The request was right; there is no room for it now."""

from inzwa.errors.base import InzwaError


class Overloaded(InzwaError):
    """The request was right; there is no room for it now."""

    code = "overloaded"
    retryable = True


class RateLimited(Overloaded):
    code = "rate_limited"


class TooManySessions(Overloaded):
    code = "too_many_sessions"


class NotReady(Overloaded):
    code = "not_ready"


class ExchangeUnderway(Overloaded):
    code = "exchange_underway"


class FeedbackUnavailable(Overloaded):
    code = "feedback_unavailable"


class ClientTooSlow(Overloaded):
    code = "client_too_slow"
