"""Phone numbers and e-mail addresses in what people wrote, replaced by a marker.

Found by their form: numbers of Zimbabwe as they are written there, and those of any country with `+` or `00` before
them. Dates, prices and other figures stay. Names, postal addresses, and numbers said in words are not found.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

PHONE_MARKER: Final = "[phone number]"
MAIL_MARKER: Final = "[e-mail address]"

_GAP: Final = r"[ \u00a0\u2009\u202f\-\u2010-\u2013./()]{0,2}"
"""What people write between the digits."""
_NARROW_GAP: Final = r"[ \u00a0\u202f\-\u2011()]{0,2}"
"""The same without what stands in dates and decimal fractions."""
_DATE: Final = r"(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:19|20)?\d\d(?!\d)"
_AFTER_DATE: Final = r"[-./ T,\u00a0\u2009\u202f\u2010-\u2013]*"
_NOT_A_DATE: Final = rf"(?!{_DATE}(?:(?={_AFTER_DATE}\d{{1,2}}[:h])|(?!{_AFTER_DATE}\d)))"
"""Further digits after a date are those of a time of day; else all of it is a number."""

_FORMS: Final = (
    rf"(?:\+|00)263(?:{_GAP}\d){{7,10}}",  # +263 77 123 4567, 00263 242 701234, +263 (0)77 123 4567
    rf"263{_GAP}7{_GAP}[1-8](?:{_GAP}\d){{7}}",  # 263 771 234 567
    rf"\+[1-9](?:{_GAP}\d){{7,14}}",  # any other country's, after ITU-T E.164
    rf"00[1-9](?:{_GAP}\d){{8,13}}",
    rf"{_NOT_A_DATE}0{_NARROW_GAP}7{_GAP}[1-8](?:{_GAP}\d){{7}}",  # 0771234567, 077-123 4567
    rf"{_NOT_A_DATE}0[2-68](?:{_NARROW_GAP}\d){{7,9}}",  # 0242 701 234 and 08644 123 456
)
_PHONE: Final = re.compile(rf"(?<![\d+])(?<!\d[.,])\(?(?:{'|'.join(_FORMS)})(?!\d|[.,]\d)")
"""Letters may stand before it: `pa0771234567`."""
_MAIL: Final = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")

_HASH: Final = re.compile(r"[0-9a-f]{32,64}(?:\.[a-z0-9]{2,5})?")
"""An id or the name of a file, which may hold a number by chance."""


@dataclass(slots=True)
class PersonalDetails:
    """Replaces them, and counts the markers: those in what was restored from a dataset, too."""

    phone_numbers: int = 0
    mail_addresses: int = 0

    def replaced(self, text: str) -> str:
        """The text with markers in their place."""
        text = _PHONE.sub(PHONE_MARKER, _MAIL.sub(MAIL_MARKER, text))
        self.mail_addresses += text.count(MAIL_MARKER)
        self.phone_numbers += text.count(PHONE_MARKER)
        return text

    def replaced_in(self, value: Any) -> Any:
        """The same in every text of a JSON value that is no id and no name of a file."""
        match value:
            case str():
                return value if _HASH.fullmatch(value) else self.replaced(value)
            case list():
                return [self.replaced_in(part) for part in value]
            case dict():
                return {key: self.replaced_in(part) for key, part in value.items()}
        return value
