"""The Debian packages of a root file system, read from dpkg's status file."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, License, LicenseAcknowledgement, LicenseExpression
from packageurl import PackageURL

from inzwa.errors import InzwaError
from sbom.licences import licence

STATUS: Final = Path("var", "lib", "dpkg", "status")
COPYRIGHT_FORMAT: Final = "www.debian.org/doc/packaging-manuals/copyright-format/1.0"
"""In the first paragraph of a machine-readable copyright file."""
SPDX: Final = {
    "expat": "MIT",
    "gpl-1": "GPL-1.0-only",
    "gpl-1+": "GPL-1.0-or-later",
    "gpl-2": "GPL-2.0-only",
    "gpl-2+": "GPL-2.0-or-later",
    "gpl-3": "GPL-3.0-only",
    "gpl-3+": "GPL-3.0-or-later",
    "lgpl-2": "LGPL-2.0-only",
    "lgpl-2+": "LGPL-2.0-or-later",
    "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-2.1+": "LGPL-2.1-or-later",
    "lgpl-3": "LGPL-3.0-only",
    "lgpl-3+": "LGPL-3.0-or-later",
}
"""Debian's names of licences, in lower case, where SPDX has another."""

_PARAGRAPH: Final = re.compile(r"\n\s*\n")


class NoDebian(InzwaError):
    """A folder that is not Debian's root file system."""

    code = "no_debian"


def debian_components(root: Path) -> Iterator[Component]:
    """One component for each installed package, by name. NoDebian without dpkg's status file."""
    try:
        text = (root / STATUS).read_text(encoding="utf-8")
    except OSError as error:
        raise NoDebian(f"{root / STATUS} cannot be read ({error.strerror}): no root file system of Debian") from None
    packages = [fields(paragraph) for paragraph in _PARAGRAPH.split(text) if paragraph.strip()]
    installed = [each for each in packages if each.get("Status", "").endswith(" installed")]
    distribution = _distribution(root)
    for package in sorted(installed, key=lambda each: (each["Package"], each["Architecture"])):
        yield _component(package, root, distribution)


def fields(paragraph: str) -> dict[str, str]:
    """The fields of a control paragraph; only the first line of those with several."""
    pairs = (line.partition(":") for line in paragraph.splitlines() if line[:1] not in ("", " ", "\t", "#"))
    return {name: value.strip() for name, _, value in pairs}


def copyright_licences(text: str) -> list[License]:
    """The licences that a machine-readable copyright file names, sorted; none from prose."""
    if COPYRIGHT_FORMAT not in text.partition("\n\n")[0]:
        return []
    names = {fields(paragraph).get("License", "") for paragraph in _PARAGRAPH.split(text)}
    return [licence(SPDX.get(name.lower(), name)) for name in sorted(names - {""})]


def _component(package: Mapping[str, str], root: Path, distribution: str) -> Component:
    name, version, architecture = package["Package"], package["Version"], package["Architecture"]
    qualifiers = {"arch": architecture, **({"distro": distribution} if distribution else {})}
    purl = PackageURL("deb", namespace="debian", name=name, version=version, qualifiers=qualifiers)
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=version,
        description=package.get("Description") or None,
        purl=purl,
        bom_ref=str(purl),
        licenses=_valid(copyright_licences(_copyright(root, name))),
    )


def _valid(found: list[License]) -> list[License]:
    """CycloneDX allows several plain licences or one expression: of several, expressions become names."""
    if len(found) < 2:
        return found
    declared = LicenseAcknowledgement.DECLARED
    return [
        DisjunctiveLicense(name=each.value, acknowledgement=declared) if isinstance(each, LicenseExpression) else each
        for each in found
    ]


def _copyright(root: Path, name: str) -> str:
    path = root / "usr" / "share" / "doc" / name / "copyright"
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _distribution(root: Path) -> str:
    """`debian-12`; empty without an os-release file."""
    try:
        text = (root / "usr" / "lib" / "os-release").read_text(encoding="utf-8")
    except OSError:
        return ""
    release = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return f"{release.get('ID', '')}-{release.get('VERSION_ID', '').strip(chr(34))}".strip("-")
