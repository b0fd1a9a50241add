"""The bill as CycloneDX, from this very installation and catalogue."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from inzwa.errors import SettingsError
from inzwa.models.store import Store
from sbom.document import Bill, document, written_at
from sbom.packages import roots

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> Bill:
    """What Inzwa runs on, and its catalogue over an empty cache."""
    return Bill.of(ROOT / "requirements.txt", Store(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def written(bill: Bill) -> dict[str, Any]:
    """The document; writing it held it to the schema."""
    return json.loads(document(bill, AT))


def test_it_says_what_it_is_and_when_it_was_written(written: dict[str, Any]) -> None:
    assert (written["bomFormat"], written["specVersion"]) == ("CycloneDX", "1.6")
    assert written["metadata"]["timestamp"] == "2026-01-02T03:04:05+00:00"
    assert written["metadata"]["component"]["name"] == "inzwa"


def test_it_holds_what_the_requirements_ask_for_and_nothing_of_the_tests(written: dict[str, Any]) -> None:
    names = {each["name"] for each in written["components"] if each["type"] == "library"}
    assert {canonicalize_name(each.name) for each in roots(ROOT / "requirements.txt")} <= names
    assert names.isdisjoint({"pytest", "ruff", "cyclonedx-python-lib", "hypothesis"})


def test_every_package_has_a_version_and_a_purl(written: dict[str, Any]) -> None:
    for component in written["components"]:
        if component["type"] == "library":
            assert component["purl"] == f"pkg:pypi/{component['name']}@{component['version']}"


def test_most_packages_have_a_licence_that_spdx_knows(written: dict[str, Any]) -> None:
    licences = {each["name"]: each.get("licenses", []) for each in written["components"] if each["type"] == "library"}
    plain = {name for name, said in licences.items() if said and "name" not in said[0].get("license", {})}
    assert {"fastapi", "numpy", "onnxruntime", "ctranslate2", "llama-cpp-python"} <= plain
    assert all(licences.values())


def test_every_model_is_there_as_one(written: dict[str, Any], bill: Bill) -> None:
    models = {each["name"] for each in written["components"] if each["type"] == "machine-learning-model"}
    assert models == {component.name for component in bill.models} >= {"whisper-base", "silero-v6"}


def test_inzwa_depends_on_what_it_asks_for_and_those_on_what_they_ask_for(written: dict[str, Any]) -> None:
    names = {each["bom-ref"]: each["name"] for each in written["components"]} | {"inzwa": "inzwa"}
    needs = {names[each["ref"]]: {names[ref] for ref in each.get("dependsOn", [])} for each in written["dependencies"]}
    assert {"fastapi", "whisper-base"} <= needs["inzwa"]
    assert "starlette" in needs["fastapi"]


def test_the_same_inputs_at_the_same_time_give_the_same_bytes_and_at_another_another_serial(bill: Bill) -> None:
    first, again, later = document(bill, AT), document(bill, AT), document(bill, AT.replace(year=2027))
    assert first == again
    assert json.loads(first)["serialNumber"] != json.loads(later)["serialNumber"]


def test_its_time_is_source_date_epoch_s_where_that_is_set() -> None:
    now = datetime(2026, 5, 5, 5, 5, 5, 123456, tzinfo=UTC)
    assert written_at({"SOURCE_DATE_EPOCH": "86400"}, now) == datetime(1970, 1, 2, tzinfo=UTC)
    assert written_at({}, now) == now.replace(microsecond=0)


@pytest.mark.parametrize("said", ["", "tomorrow", "1e99", "9" * 30])
def test_a_source_date_epoch_that_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(SettingsError, match="SOURCE_DATE_EPOCH="):
        written_at({"SOURCE_DATE_EPOCH": said}, AT)


def test_the_command_in_another_process_writes_the_same_bytes(tmp_path: Path, bill: Bill) -> None:
    output = tmp_path / "deep" / "sbom.cdx.json"
    ours = {"INZWA_CACHE": str(tmp_path), "SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "sbom", "-o", str(output)],
        env={**os.environ, **ours},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert output.read_text(encoding="utf-8") == document(bill, datetime.fromtimestamp(0, UTC))
