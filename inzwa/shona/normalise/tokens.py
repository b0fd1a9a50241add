"""What a written text is made of: words, figures, addresses, markup, marks, signs. Knows the shape of each, says none.

TOKEN finds one after another; every character is of one. No token looks at more than a bounded stretch that it does
not consume, so a text is taken apart in time linear in its length.
"""

import re
from typing import Final

from inzwa.shona.normalise.words import SHORT, TITLES
from inzwa.shona.numbers.figures import CONCORDS, ENGLISH_MONTH, FIGURE, MONEY_SIGNS
from inzwa.shona.phonology.graphemes import longest_first

_DOMAINS: Final = "com|org|net|edu|gov|info|io|app|dev|ai|africa|co|zw|za|bw|zm|mw|mz|ke|uk"
_LABEL: Final = r"[A-Za-z0-9-]{1,63}"
_BEFORE_FIGURE: Final = (
    rf"(?:(?:{longest_first(list(CONCORDS))})\ (?:[\d$€£]|(?:{MONEY_SIGNS})\ ?\d)|(?:{MONEY_SIGNS})\ \d"
    rf"|{ENGLISH_MONTH}\ \d{{1,2}}(?!\d))"
)
"""A word that belongs to the figure behind it: wa 31, ZiG 25."""
_WORD: Final = rf"(?!{_BEFORE_FIGURE})[^\W\d_]++(?:'[^\W\d_]++)*+(?![@\d_+'$€£-]|[.:/][\w/])"

TOKEN: Final = re.compile(
    rf"""(?P<space>\s++)
    | (?P<short>(?<![^\W_])(?i:{SHORT})\.(?!\w)|(?<![^\W_])(?:e\.g|i\.e)(?!\w))
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
    | {FIGURE.pattern}
    | (?P<letters>[^\W\d_]++(?:'[^\W\d_]++)*+)
    | (?P<tag></?[A-Za-z][^<>\n]{{0,200}}>|&(?:amp|lt|gt|quot|nbsp|\#\d{{1,6}});)
    | (?P<sign>(?P<one>.)(?P=one)*+)
    """,
    re.VERBOSE | re.DOTALL,
)
