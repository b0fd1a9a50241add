"""A setting's value, and what it may be, in words."""

from typing import Final, TypedDict

from pydantic import HttpUrl, SecretStr

_PATHS: Final = {"path": "a path", "file-path": "a file that can be read", "directory-path": "a folder"}
_KINDS: Final = {"integer": "a whole number", "number": "a number", "boolean": "true or false", "string": "text"}


class Schema(TypedDict, total=False):
    """What is read of a setting's JSON schema."""

    const: object
    enum: list[object]
    anyOf: list["Schema"]
    format: str
    type: str
    minimum: float
    exclusiveMinimum: float
    maximum: float


def shown(value: object) -> str:
    """As text; of a secret only whether it is set."""
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else "(not set)"
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def allowed(schema: Schema) -> str:
    """What would be right."""
    if "const" in schema:
        return shown(schema["const"])
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(_PATHS[kind] for each in schema["anyOf"] if (kind := each.get("format")) in _PATHS)
    if schema.get("format") == "uri":
        return "an http or https address without a name or password"
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    bounds = f" from {low} to {schema['maximum']}" if "maximum" in schema else ""
    return _KINDS[schema["type"]] + bounds


def without_password(url: HttpUrl) -> HttpUrl:
    """The address itself; ValueError where it holds a secret, which would be shown with it."""
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("a key belongs into INZWA_OPENAI_API_KEY")
    return url
