"""Settings from the environment (INZWA_*) and a `.env` file, and back: what each is and where it came from."""

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from dotenv import dotenv_values
from pydantic import HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from inzwa.errors import SettingsError
from inzwa.settings.describe import Schema, allowed, shown
from inzwa.settings.model import ENV_FILE, PREFIX, Settings

SECRET_TYPES: Final = (SecretStr, HttpUrl)
"""Types of settings whose wrong value is not repeated: it may hold a secret."""


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting as `python -m inzwa settings` prints it."""

    variable: str
    value: str
    """As text; a secret is only said to be set."""
    origin: Literal["default", "environment", ".env"]
    allowed: str
    """What would be right."""
    meaning: str


class _GivenSettings(Settings):
    """Settings whose only source is what they are made of: neither this process's environment nor its `.env`."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process, where the environment overrides the `.env` file, or of `environment` alone.

    SettingsError names each wrong variable, its value and what would be right.
    """
    _refuse_unknown(_dotenv() | dict(os.environ) if environment is None else environment)
    try:
        return Settings() if environment is None else _GivenSettings.model_validate(_fields(environment))
    except ValidationError as error:
        raise SettingsError("\n".join(_complaints(error))) from None


def setting_lines(settings: Settings) -> Iterator[SettingLine]:
    """Every setting with where its value came from."""
    file_only = {name.upper() for name in _dotenv()} - {name.upper() for name in os.environ}
    for name, field in Settings.model_fields.items():
        origin: Literal["default", "environment", ".env"] = "default"
        if name in settings.model_fields_set:
            origin = ".env" if _variable(name) in file_only else "environment"
        meaning = " ".join((field.description or "").split())
        yield SettingLine(_variable(name), shown(getattr(settings, name)), origin, _allowed(name), meaning)


def _fields(environment: Mapping[str, str]) -> dict[str, str]:
    """The values by the settings' names."""
    given = {name.upper(): value for name, value in environment.items()}
    return {name: given[_variable(name)] for name in Settings.model_fields if _variable(name) in given}


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _dotenv() -> dict[str, str]:
    return {name: value for name, value in dotenv_values(ENV_FILE).items() if value is not None}


def _refuse_unknown(names: Iterable[str]) -> None:
    known = [_variable(name) for name in Settings.model_fields]
    for name in names:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f" Did you mean {near[0]}?" if near else " `python -m inzwa settings` lists them all."
            raise SettingsError(f"{name} is not a setting of Inzwa.{hint}")


def _complaints(error: ValidationError) -> Iterator[str]:
    for each in {each["loc"][0]: each for each in error.errors()}.values():  # one a setting, however many are wrong
        name = str(each["loc"][0])
        value = "(hidden)" if Settings.model_fields[name].annotation in SECRET_TYPES else repr(each["input"])
        yield f"{_variable(name)}={value} cannot be: it takes {_allowed(name)}."


def _allowed(name: str) -> str:
    return allowed(_schemas()[name])


@cache
def _schemas() -> Mapping[str, Schema]:
    properties: Mapping[str, Schema] = Settings.model_json_schema()["properties"]
    return properties
