"""Something about a model's files."""

from inzwa.errors.base import InzwaError


class ModelError(InzwaError):
    """Something about a model's files."""

    code = "model_error"


class UnknownModel(ModelError):
    code = "unknown_model"


class CatalogueError(ModelError):
    code = "bad_catalogue"


class ModelUnavailable(ModelError):
    code = "model_unavailable"
    retryable = True


class ModelCorrupt(ModelError):
    code = "model_corrupt"


class ModelUntrusted(ModelError):
    code = "model_untrusted"


class NotConvertible(ModelError):
    code = "not_convertible"


class CacheUnusable(ModelError):
    code = "cache_unusable"


class NoMemory(ModelError):
    code = "no_memory"
