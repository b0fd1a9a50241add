"""The command settings."""

from argparse import Namespace

from inzwa.settings import Settings, setting_lines


def show_settings(_: Namespace, settings: Settings) -> None:
    """Every setting: its value, its meaning, where the value came from, what it takes."""
    for line in setting_lines(settings):
        print(f"{line.variable}={line.value}\n    {line.meaning}\n    from: {line.origin}; takes {line.allowed}")
