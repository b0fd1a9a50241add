"""The tokens of a written text: words, numbers, addresses, markup, punctuation marks, symbols.

TOKEN finds one after another; every character belongs to one. No token looks further than a bounded stretch beyond
its end, so a text is split in time linear in its length.
"""

import re
from typing import Final

from inzwa.shona.normalise.abbreviations import ABBREVIATION, TITLES
from inzwa.shona.numbers.written_numbers import CONCORDS, ENGLISH_MONTH, MONEY_SIGNS, WRITTEN_NUMBER
from inzwa.shona.phonology.graphemes import longest_first

_DOMAINS: Final = "com|org|net|edu|gov|info|io|app|dev|ai|africa|co|zw|za|bw|zm|mw|mz|ke|uk"
_LABEL: Final = r"[A-Za-z0-9-]{1,63}"
_BEFORE_NUMBER: Final = (
    rf"(?:(?:{longest_first(list(CONCORDS))})\ (?:[\d$€£]|(?:{MONEY_SIGNS})\ ?\d)|(?:{MONEY_SIGNS})\ \d"
    rf"|{ENGLISH_MONTH}\ \d{{1,2}}(?!\d))"
)
"""A word that belongs to the number after it: wa 31, ZiG 25."""
_WORD: Final = rf"(?!{_BEFORE_NUMBER})[^\W\d_]++(?:'[^\W\d_]++)*+(?![@\d_+'$€£-]|[.:/][\w/])"

TOKEN: Final = re.compile(
    rf"""(?P<space>\s++)
    | (?P<short>(?<![^\W_])(?i:{ABBREVIATION})\.(?!\w)|(?<![^\W_])(?:e\.g|i\.e)(?!\w))
    | (?P<prose>(?:(?!{TITLES}\ )[A-Z]?[a-z]++(?:'[a-z]++)*+\ (?=[a-z]|[A-Z][a-z]{{2}}))++)
    | (?P<initials>(?<![^\W_])(?:(?:[A-Z]\.){{2,6}}+(?!\d)|[A-HJ-Z]\.(?=\ [A-Z])|[B-DF-HJ-NP-TV-Z](?![\w.'])))
    | (?P<times>(?<=\d)x(?=\d)|(?<=\d\ )x(?=\ \d))
    | (?P<numero>(?<![^\W_])(?:[Nn]os?\.\ ?|\#)(?=\d))
    | (?P<capitals>(?=[A-Za-z]?[a-z]{{0,8}}[A-Z]{{2}}){_WORD})
    | (?P<word>{_WORD})
    | (?P<mark>[.,;:!?…]++)
    | (?P<fence>(?:^|(?<=\n))\ {{0,3}}(?:```[^\n]{{0,40}}|~~~[^\n]{{0,40}}|[-*_=]{{3,}}+[ ]*+(?=\n|\Z)))
    | (?P<lead>(?:^|(?<=\n))\ {{0,3}}(?:\#{{1,6}}\ |[-*+]\ |>))
    | (?P<link>\]\([^\s()\[\]]{{0,2000}}\))
    | (?P<markup>(?:[*`'"\#\[{{}}]|\](?!\())++)
    | (?P<web>(?:https?://|www\.)(?P<web_host>(?:{_LABEL}\.){{0,8}}{_LABEL})?(?:[.,;:!?]*+[^\s<>()\[\]"*`.,;:!?]++)*+)
    | (?P<mail>(?P<mail_name>[\w.+-]{{1,64}}+)@(?P<mail_host>{_LABEL}(?:\.{_LABEL}){{1,5}}))
    | (?P<site>(?P<site_host>(?:{_LABEL}\.){{1,6}}(?:{_DOMAINS}))(?![\w-])(?:/[^\s<>()\[\]"*`]*+)?)
    | {WRITTEN_NUMBER.pattern}
    | (?P<letters>[^\W\d_]++(?:'[^\W\d_]++)*+)
    | (?P<tag></?[A-Za-z][^<>\n]{{0,200}}>|&(?:amp|lt|gt|quot|nbsp|\#\d{{1,6}});)
    | (?P<symbol>(?P<one>.)(?P=one)*+)
    """,
    re.VERBOSE | re.DOTALL,
)
