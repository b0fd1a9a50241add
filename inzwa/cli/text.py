"""Commands that need no model: settings, spoken, ipa."""

import sys
from argparse import Namespace
from collections.abc import Callable

from inzwa.settings import Settings, setting_lines
from inzwa.shona.normalise.normaliser import spoken as as_spoken
from inzwa.shona.phonology.orthography import ipa as shona_ipa


def settings(_: Namespace, chosen: Settings) -> None:
    """A table of every setting."""
    for line in setting_lines(chosen):
        print(f"{line.variable}={line.value}\n    {line.meaning}\n    from: {line.origin}; takes {line.allowed}")


def spoken(arguments: Namespace, chosen: Settings) -> None:
    """Each line as it is said."""
    _each_line(arguments.text, lambda line: as_spoken(line, chosen.language).text)


def ipa(arguments: Namespace, _: Settings) -> None:
    """Each line in IPA."""
    _each_line(arguments.text, lambda line: shona_ipa(as_spoken(line).text))


def _each_line(text: str, work: Callable[[str], str]) -> None:
    for line in sys.stdin if text == "-" else [text]:
        print(work(line.rstrip("\n")))
