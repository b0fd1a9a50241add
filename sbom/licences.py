"""Licences as SPDX names them, where what was said leaves no doubt. Knows nothing of packages or of models."""

import re
from email.message import Message
from typing import Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.spdx import fixup_id

PLAIN: Final = {
    "apache 2.0": "Apache-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
}
"""How packages say it, in lower case. Not there: `BSD` and `Apache Software License`, which are several each."""

_REMARK: Final = re.compile(r"(?P<id>[\w.+-]+) \([^()]*\)")


def licence(said: str) -> License:
    """The licence by its SPDX identifier or expression; by the words that were said, where those name none."""
    words = " ".join(said.split())
    remarked = _REMARK.fullmatch(words)
    known = PLAIN.get(words.lower()) or fixup_id(words) or (fixup_id(remarked["id"]) if remarked else None)
    return LicenseFactory().make_from_string(known or words, license_acknowledgement=LicenseAcknowledgement.DECLARED)


def package_licences(metadata: Message) -> list[License]:
    """What a package declares: its expression, else its short licence field, else its classifiers."""
    if expression := metadata.get("License-Expression"):
        return [licence(expression)]
    field = metadata.get("License", "").strip()
    classified = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier") or []
        if line.startswith("License :: OSI Approved :: ")
    ]
    if field and "\n" not in field and (len(classified) != 1 or _is_certain(field)):
        return [licence(field)]
    return [licence(said) for said in sorted(set(classified))]


def _is_certain(said: str) -> bool:
    return said.lower() in PLAIN or fixup_id(said) is not None
