"""What is installed for a requirements file, and for what that needs in turn. Imports none of it, asks no index."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import Final

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.component import Component, ComponentType
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from inzwa.errors import InzwaError
from sbom.licences import package_licences

_HASHES: Final = {"sha256": HashAlgorithm.SHA_256, "sha384": HashAlgorithm.SHA_384, "sha512": HashAlgorithm.SHA_512}


@dataclass(frozen=True, slots=True)
class Installed:
    """One package and what it needs here."""

    component: Component
    needs: frozenset[str]
    """Canonical names of packages that are installed for it."""


class NotInstalled(InzwaError):
    """A bill of what is not there cannot be written."""

    code = "not_installed"


def roots(requirements: Path) -> tuple[Requirement, ...]:
    """What the file asks for, on this Python and system; pip's options on its lines are left out."""
    text = requirements.read_text(encoding="utf-8")
    lines = (line.partition(" #")[0].partition(" --")[0].strip() for line in text.splitlines())
    wanted = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return tuple(each for each in wanted if each.marker is None or each.marker.evaluate())


Find = Callable[[str], Distribution]
"""A distribution by its name. NotInstalled when it is not there."""


def installed_for(requirements: Path, find: Find | None = None) -> Mapping[str, Installed]:
    """Canonical name to package, sorted: what the file asks for and all that comes with it. NotInstalled names what
    is missing."""
    find = find or _distribution
    extras: dict[str, set[str]] = {}
    ahead = list(roots(requirements))
    while ahead:
        wanted = ahead.pop()
        name = canonicalize_name(wanted.name)
        if name not in extras or not wanted.extras <= extras[name]:
            extras.setdefault(name, set()).update(wanted.extras)
            ahead.extend(_needs(find(wanted.name), extras[name]))
    return {name: _installed(name, find(name), extras[name]) for name in sorted(extras)}


def installed_in(folder: Path, requirements: Path) -> Mapping[str, Installed]:
    """All that lies in a site-packages folder of another root, with what the requirements file asks for among it.

    Its Python has to be as old as this one: what a package needs depends on that.
    """
    there = {canonicalize_name(each.name): each for each in distributions(path=[str(folder)])}

    def find(name: str) -> Distribution:
        if (found := there.get(canonicalize_name(name))) is None:
            raise NotInstalled(f"{name} is asked for and not installed in {folder}")
        return found

    asked_for = installed_for(requirements, find)
    others = {name: _installed(name, found, set()) for name, found in there.items() if name not in asked_for}
    return dict(sorted((asked_for | others).items()))


def _installed(name: str, found: Distribution, extras: set[str]) -> Installed:
    purl = PackageURL("pypi", name=name, version=found.version)
    component = Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=found.version,
        description=found.metadata.get("Summary") or None,
        purl=purl,
        bom_ref=str(purl),
        licenses=package_licences(found.metadata),
        hashes=archive_hashes(found),
    )
    return Installed(component, frozenset(canonicalize_name(need.name) for need in _needs(found, extras)))


def _distribution(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise NotInstalled(f"{name} is asked for and not installed here; run `make setup`") from None


def _needs(found: Distribution, extras: set[str]) -> Iterator[Requirement]:
    """What a package needs here, when it was asked for with these extras."""
    for line in found.requires or []:
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield need


def archive_hashes(found: Distribution) -> list[HashType]:
    """Of the archive that it was installed from, where the installer wrote them down: for an index it does not."""
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    hashes = origin.get("archive_info", {}).get("hashes", {})
    return [HashType(alg=_HASHES[name], content=value) for name, value in sorted(hashes.items()) if name in _HASHES]
