"""Every setting (INZWA_*): what it is, what it may be, where its value came from."""

from inzwa.settings.model import (
    ENV_FILE,
    PREFIX,
    SECRETIVE,
    EngineSettings,
    SettingLine,
    Settings,
    load_settings,
    setting_lines,
)

__all__ = [
    "ENV_FILE",
    "PREFIX",
    "SECRETIVE",
    "EngineSettings",
    "SettingLine",
    "Settings",
    "load_settings",
    "setting_lines",
]
