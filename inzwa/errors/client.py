"""The request was wrong; the same request will fail again."""

from inzwa.errors.base import InzwaError


class ClientError(InzwaError):
    """The request was wrong; the same request will fail again."""

    code = "bad_request"


class BadMessage(ClientError):
    code = "bad_message"


class OutOfOrder(ClientError):
    code = "out_of_order"


class BadAudio(ClientError):
    code = "bad_audio"


class UnsupportedFormat(ClientError):
    code = "unsupported_format"


class UnknownVoice(ClientError):
    code = "unknown_voice"


class AudioTooLong(ClientError):
    code = "audio_too_long"


class TextTooLong(ClientError):
    code = "text_too_long"


class EmptyText(ClientError):
    code = "empty_text"


class NoSpeech(ClientError):
    code = "no_speech"


class FeedbackOff(ClientError):
    code = "feedback_off"


class ConsentNeeded(ClientError):
    code = "consent_needed"


class Withdrawn(ClientError):
    code = "withdrawn"


class UnknownTurn(ClientError):
    code = "unknown_turn"


class UnknownTask(ClientError):
    code = "unknown_task"


class NoMoreTasks(ClientError):
    code = "no_more_tasks"


class Unauthorized(ClientError):
    code = "unauthorized"
