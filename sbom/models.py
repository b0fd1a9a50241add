"""The models of a store as components: sources, licences and hashes, from the catalogue and models.lock."""

from collections.abc import Iterator
from typing import Final

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.component import Component, ComponentType
from packageurl import PackageURL

from inzwa.models.catalogue import Entry
from inzwa.models.sources.hub.source import HubSource, UnpinnedHub
from inzwa.models.sources.mlflow_source import MlflowSource, UnpinnedMlflow
from inzwa.models.sources.packages import PackageSource
from inzwa.models.sources.source import Source, UnpinnedSource
from inzwa.models.sources.unpinned_wheel import UnpinnedWheel
from inzwa.models.sources.wheels import Wheel, WheelSource
from inzwa.models.store import Store
from inzwa.protocols import FileInfo
from sbom.licences import licence

AnySource = Source | UnpinnedSource
UNPINNED: Final = "pinned in models.lock by the first pull"


def model_components(store: Store) -> Iterator[Component]:
    """One component a model: the catalogue's, in its order, then pulled ones that are named by their source."""
    for name in (*store.names(), *store.direct_names()):
        known = store.entry(name)
        yield _component(store.resolve(name) or known, known)


def _component(entry: Entry, known: Entry) -> Component:
    """`entry` is `known`, the catalogue's, completed by models.lock."""
    ref = f"model:{entry.name}"
    sources: list[AnySource] = [*entry.sources, *([entry.unpinned] if entry.unpinned else [])]
    main = next((source for source in sources if _purl(source)), next(iter(sources), None))
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL,
        name=entry.name,
        version=_revision(main) or None,
        description=f"{entry.stage or 'a model'}: {entry.language}",
        bom_ref=ref,
        purl=_purl(main),
        licenses=[licence(entry.licence)],
        external_references=[reference for source in sources for reference in _references(source)],
        properties=_properties(entry, known),
        components=[_file(file, ref) for file in entry.files],
    )


def _file(file: FileInfo, model: str) -> Component:
    return Component(
        type=ComponentType.FILE,
        name=file.name,
        bom_ref=f"{model}/{file.name}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=file.sha256)],
        properties=[Property(name="inzwa:bytes", value=str(file.size))],
    )


def _properties(entry: Entry, known: Entry) -> list[Property]:
    values = {
        "licence-consequence": entry.consequence,
        "stage": entry.stage,
        "converter": entry.convert,
        "files": UNPINNED if entry.unpinned else "",
        "asked-for": known.unpinned.title if known.unpinned else "",
        **{key: entry.facts.get(key, "") for key in ("same_as", "evidence")},
    }
    return [Property(name=f"inzwa:{key}", value=value) for key, value in values.items() if value]


def _revision(source: AnySource | None) -> str:
    match source:
        case HubSource() | UnpinnedHub():
            return source.revision
        case WheelSource():
            return ", ".join(sorted({wheel.version for wheel in source.wheels}))
        case UnpinnedWheel() | MlflowSource():
            return source.version
        case UnpinnedMlflow():
            return source.which
    return ""


def _purl(source: AnySource | None) -> PackageURL | None:
    match source:
        case HubSource() | UnpinnedHub():
            owner, _, name = source.repository.partition("/")
            return PackageURL("huggingface", namespace=owner, name=name, version=source.revision)
        case WheelSource(wheels=(wheel,)):
            return PackageURL("pypi", name=wheel.name, version=wheel.version)
        case UnpinnedWheel():
            return PackageURL("pypi", name=source.name, version=source.version)
    return None


def _references(source: AnySource) -> Iterator[ExternalReference]:
    match source:
        case HubSource() | UnpinnedHub():
            yield _distribution(f"https://huggingface.co/{source.repository}/tree/{source.revision}")
        case WheelSource():
            yield from map(_wheel, source.wheels)
        case UnpinnedWheel():
            yield _distribution(f"https://pypi.org/project/{source.name}/{source.version}/")
        case PackageSource():
            yield _distribution(f"https://pypi.org/project/{source.name}/", comment="as installed")


def _wheel(wheel: Wheel) -> ExternalReference:
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=wheel.digest.sha256)]
    return _distribution(f"https://pypi.org/project/{wheel.name}/{wheel.version}/", hashes=hashes)


def _distribution(url: str, *, comment: str | None = None, hashes: list[HashType] | None = None) -> ExternalReference:
    return ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION, url=XsUri(url), comment=comment, hashes=hashes or []
    )
