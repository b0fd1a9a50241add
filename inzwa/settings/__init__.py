"""Every setting (INZWA_*): what it is, what it may be, where its value came from. Imports nothing else of Inzwa's."""

from inzwa.settings.load import SettingLine, load_settings, setting_lines
from inzwa.settings.model import PREFIX, Settings

__all__ = ["PREFIX", "SettingLine", "Settings", "load_settings", "setting_lines"]
