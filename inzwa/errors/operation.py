"""What whoever runs Inzwa asked for cannot be done."""

from inzwa.errors.base import InzwaError


class BadKey(InzwaError):
    code = "bad_key"


class ExchangeFailed(InzwaError):
    """The cause hangs on `__cause__`."""

    code = "exchange_failed"


class BadCorpus(InzwaError):
    code = "bad_corpus"


class NotInstalled(InzwaError):
    code = "not_installed"


class Unreachable(InzwaError):
    code = "unreachable"
    retryable = True


class SettingsError(InzwaError):
    code = "bad_setting"
