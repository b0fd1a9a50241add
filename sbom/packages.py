"""The installed packages that a requirements file asks for, with their dependencies."""

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
    """One package and its dependencies."""

    component: Component
    needs: frozenset[str]
    """Canonical names."""


class NotInstalled(InzwaError):
    """A required package is missing."""

    code = "not_installed"


def roots(requirements: Path) -> tuple[Requirement, ...]:
    """The file's requirements on this Python and system, without pip's options."""
    text = requirements.read_text(encoding="utf-8")
    lines = (line.partition(" #")[0].partition(" --")[0].strip() for line in text.splitlines())
    wanted = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return tuple(each for each in wanted if each.marker is None or each.marker.evaluate())


Find = Callable[[str], Distribution]
"""A distribution by its name. NotInstalled when it is not there."""


def installed_for(requirements: Path, find: Find | None = None) -> dict[str, Installed]:
    """Canonical name to package, sorted: the requirements and all dependencies. NotInstalled names what is missing."""
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
    """All packages in a site-packages folder of another root, the requirements and their dependencies among them.

    Its Python must have this one's version, which dependencies depend on.
    """
    available = {canonicalize_name(each.name): each for each in distributions(path=[str(folder)])}

    def find(name: str) -> Distribution:
        if (found := available.get(canonicalize_name(name))) is None:
            raise NotInstalled(f"{name} is asked for and not installed in {folder}")
        return found

    asked_for = installed_for(requirements, find)
    others = {name: _installed(name, found, set()) for name, found in available.items() if name not in asked_for}
    return dict(sorted((asked_for | others).items()))


def _installed(name: str, found: Distribution, extras: set[str]) -> Installed:
    purl = PackageURL("pypi", name=name, version=found.version)
    component = Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=found.version,
        description=next(iter(found.metadata.get_all("Summary") or []), None),
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
    """A package's dependencies here, with these extras."""
    for line in found.requires or []:
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield need


def archive_hashes(found: Distribution) -> list[HashType]:
    """Of the archive that it was installed from, where the installer recorded them (not for one from an index)."""
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    hashes = origin.get("archive_info", {}).get("hashes", {})
    return [HashType(alg=_HASHES[name], content=value) for name, value in sorted(hashes.items()) if name in _HASHES]
