"""Licences by their SPDX identifiers, where the declaration is unambiguous."""

import re
from importlib.metadata import PackageMetadata
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
"""As packages declare them, in lower case. `BSD` and `Apache Software License` are ambiguous and left out."""

_REMARK: Final = re.compile(r"(?P<id>[\w.+-]+) \([^()]*\)")


def licence(declared: str) -> License:
    """By SPDX identifier or expression; else by the words of the declaration."""
    words = " ".join(declared.split())
    remarked = _REMARK.fullmatch(words)
    known = PLAIN.get(words.lower()) or fixup_id(words) or (fixup_id(remarked["id"]) if remarked else None)
    return LicenseFactory().make_from_string(known or words, license_acknowledgement=LicenseAcknowledgement.DECLARED)


def package_licences(metadata: PackageMetadata) -> list[License]:
    """By a package's licence expression, else its short licence field, else its classifiers."""
    if "License-Expression" in metadata:
        return [licence(metadata["License-Expression"])]
    field = metadata["License"].strip() if "License" in metadata else ""
    classified = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier") or []
        if line.startswith("License :: OSI Approved :: ")
    ]
    if field and "\n" not in field and (len(classified) != 1 or _is_unambiguous(field)):
        return [licence(field)]
    return [licence(name) for name in sorted(set(classified))]


def _is_unambiguous(declared: str) -> bool:
    return declared.lower() in PLAIN or fixup_id(declared) is not None
