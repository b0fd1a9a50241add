"""The base of everything that Inzwa raises on purpose."""


class InzwaError(Exception):
    """Base of the tree: a sentence for people and a `code` for programs. It never holds what a user said."""

    code = "internal"
    retryable = False

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s
        """Seconds after which the same request may succeed, where that is known."""
