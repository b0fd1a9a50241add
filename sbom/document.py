"""The bill as a CycloneDX 1.6 document in JSON, reproducible: the same content and time give the same bytes."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cyclonedx.contrib.this.builders import this_component
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from inzwa import __version__
from inzwa.errors import InzwaError, SettingsError
from inzwa.models.store import Store
from sbom.debian import debian_components
from sbom.licences import licence
from sbom.models import model_components
from sbom.packages import Installed, NotInstalled, installed_for, installed_in, roots

ROOT: Final = "inzwa"
SITE_PACKAGES: Final = "opt/inzwa/lib/python3.*/site-packages"
"""Of the image's virtual environment."""
_NO_SERIAL: Final = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Bill:
    """The content of a document but for its time."""

    packages: Mapping[str, Installed]
    asked_for: frozenset[str]
    """Canonical names of the packages that Inzwa itself asks for."""
    models: Sequence[Component]
    system: Sequence[Component] = ()
    """Debian packages of an image."""

    @classmethod
    def of(cls, requirements: Path, store: Store) -> "Bill":
        """What is installed for the requirements, and the store's models."""
        asked_for = frozenset(canonicalize_name(each.name) for each in roots(requirements))
        return cls(installed_for(requirements), asked_for, tuple(model_components(store)))

    @classmethod
    def of_image(cls, root: Path, requirements: Path, store: Store) -> "Bill":
        """Of an image's root file system. NotInstalled without Inzwa's virtual environment."""
        asked_for = frozenset(canonicalize_name(each.name) for each in roots(requirements))
        folder = next(root.glob(SITE_PACKAGES), None)
        if folder is None:
            raise NotInstalled(f"{root / SITE_PACKAGES} is not there: no image of Inzwa")
        system = tuple(debian_components(root))
        return cls(installed_in(folder, requirements), asked_for, tuple(model_components(store)), system)


class BadBill(InzwaError):
    """The document does not conform to CycloneDX."""

    code = "bad_bill"


def written_at(environ: Mapping[str, str], now: datetime) -> datetime:
    """SOURCE_DATE_EPOCH, else `now`. SettingsError when it is no time."""
    epoch = environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return now.replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise SettingsError(f"SOURCE_DATE_EPOCH={epoch!r} cannot be: it takes seconds since 1970.") from None


def document(bill: Bill, at: datetime) -> str:
    """The document, validated by CycloneDX's schema; its serial number is a hash of the rest."""
    draft = _text(bill, at, _NO_SERIAL)
    text = _text(bill, at, uuid.uuid5(uuid.NAMESPACE_OID, draft))
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise BadBill(f"the document is not CycloneDX 1.6: {error}")
    return text


def _text(bill: Bill, at: datetime, serial: uuid.UUID) -> str:
    root = Component(
        type=ComponentType.CONTAINER if bill.system else ComponentType.APPLICATION,
        name=ROOT,
        version=__version__,
        bom_ref=ROOT,
        licenses=[licence("Apache-2.0")],
    )
    metadata = BomMetaData(component=root, timestamp=at, tools=[])
    metadata.tools.components.add(this_component())
    packages = {name: installed.component for name, installed in bill.packages.items()}
    bom = Bom(components=[*packages.values(), *bill.models, *bill.system], serial_number=serial, metadata=metadata)
    bom.register_dependency(root, [*(packages[name] for name in sorted(bill.asked_for)), *bill.models, *bill.system])
    for name, installed in bill.packages.items():
        needs = sorted(installed.needs & packages.keys())
        bom.register_dependency(packages[name], [packages[need] for need in needs])
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"
