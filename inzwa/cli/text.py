"""Commands on Shona text: spoken, ipa."""

import sys
from argparse import Namespace
from collections.abc import Callable

from inzwa.settings import Settings
from inzwa.shona.normalise import normaliser
from inzwa.shona.phonology import ipa as pronunciation


def spoken(arguments: Namespace, settings: Settings) -> None:
    """Each line as it is said."""
    _each_line(arguments.text, lambda line: normaliser.spoken(line, settings.language).text)


def ipa(arguments: Namespace, _: Settings) -> None:
    """Each line in IPA."""
    _each_line(arguments.text, lambda line: pronunciation.ipa(normaliser.spoken(line).text))


def _each_line(text: str, work: Callable[[str], str]) -> None:
    for line in sys.stdin if text == "-" else [text]:
        print(work(line.rstrip("\n")))
