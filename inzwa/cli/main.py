"""python -m inzwa: runs one command, and says in words why it failed."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from pkgutil import resolve_name
from typing import Final

from inzwa.cli.parser import parser
from inzwa.errors import InzwaError, NotInstalled, SettingsError
from inzwa.process import prepare_process
from inzwa.settings import Settings, load_settings

Command = Callable[[Namespace, Settings], int | None]
"""What was typed and the settings to an exit status; None is 0."""

EVAL_PACKAGES: Final = ("matplotlib",)
"""What only measuring needs, of requirements-eval.txt."""


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 when it did not, 2 when what was typed or set is wrong.

    `environment` stands in for the process's own and its `.env` file.
    """
    prepare_process()
    parsed = parser().parse_args(arguments)
    try:
        settings = load_settings(environment)
        return _command(parsed.run)(parsed, settings) or 0
    except SettingsError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    except InzwaError as error:
        sys.stderr.write(f"{error.code}: {error.message}\n")
        return 1
    except BrokenPipeError:  # the reader of our output has gone; keeps Python from complaining at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _command(run: str) -> Command:
    """The function at `module:function`; its module, and all that this imports, is loaded now."""
    try:
        command: Command = resolve_name(run)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EVAL_PACKAGES:
            raise
        remedy = "make setup-eval, or pip install -r requirements-eval.txt"
        raise NotInstalled(f"This command needs {package}, which is not installed: {remedy}") from None
    return command
