"""How a registry's model is named, in a catalogue and directly; and errors without a registry or a client."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from inzwa.errors import CatalogueError, ModelUnavailable, UnknownModel
from inzwa.models.catalogue import parse_catalogue
from inzwa.models.sources.direct import direct_entry
from inzwa.models.sources.mlflow_registry import REQUIREMENTS, Registry
from inzwa.models.sources.mlflow_source import UnpinnedMlflow
from inzwa.models.store import Store
from tests.models.sources.mlflow_registry import TAKEN


@pytest.mark.parametrize(
    ("name", "source", "title"),
    [
        ("mlflow:shona-llm@champion", UnpinnedMlflow("shona-llm", "@champion"), "mlflow shona-llm@champion"),
        ("mlflow:Shona LLM/12", UnpinnedMlflow("Shona LLM", "12"), "mlflow Shona LLM version 12"),
    ],
)
def test_a_name_says_model_and_alias_or_version(name: str, source: UnpinnedMlflow, title: str) -> None:
    assert direct_entry(name).unpinned == source
    assert source.title == title


@pytest.mark.parametrize("name", ["mlflow:", "mlflow:a", "mlflow:a@", "mlflow:a/b", "mlflow:a/1@b", "mlflow:a/b/1"])
def test_a_name_of_no_known_form_is_answered_with_the_right_ones(name: str) -> None:
    with pytest.raises(UnknownModel, match="mlflow:name@alias, mlflow:name/version"):
        direct_entry(name)


def test_a_catalogue_may_name_a_registry() -> None:
    source = parse_catalogue(TAKEN, origin="mine.toml")["tiny"].unpinned
    assert source == UnpinnedMlflow("shona-llm", "@champion", ("weights/*.gguf",), ("config.json",))


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ('alias = "champion"', "", "either an alias or a version"),
        ('alias = "champion"', 'alias = "champion"\nversion = "1"', "either an alias or a version"),
        ('model = "shona-llm"', 'modl = "shona-llm"', "expected only the keys kind, model, alias, .*found 'modl'"),
    ],
)
def test_a_typo_is_answered_with_place_expected_and_found(right: str, wrong: str, complaint: str) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        parse_catalogue(TAKEN.replace(right, wrong, 1), origin="mine.toml")


def test_without_a_registry_the_error_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="set MLFLOW_TRACKING_URI"):
        Store(tmp_path, environ={}).fetch("mlflow:shona-llm@champion")


@pytest.mark.skipif(find_spec("mlflow") is not None, reason="the client is installed here")
def test_without_the_client_the_error_names_the_requirements(tmp_path: Path) -> None:
    store = Store(tmp_path, environ={"MLFLOW_TRACKING_URI": "http://127.0.0.1:1"})
    with pytest.raises(ModelUnavailable, match=f"pip install -r {REQUIREMENTS}"):
        store.fetch("mlflow:shona-llm@champion")
    assert (Path(__file__).parents[3] / REQUIREMENTS).is_file()


def test_an_address_is_shown_without_name_and_password() -> None:
    assert (
        Registry({"MLFLOW_TRACKING_URI": "https://a:b@mlflow.example:5000/x"}).address
        == "https://mlflow.example:5000/x"
    )
    assert Registry({"MLFLOW_TRACKING_URI": "file:///srv/mlruns"}).address == "file:///srv/mlruns"
