"""compose.yaml: each service is confined, and each stands in the profile that names it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from inzwa.settings import load_settings
from tests.container.dockerfile import stages

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file, its merge keys resolved."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_inzwa_alone_starts_without_a_profile(compose: dict[str, Any]) -> None:
    profiles = {name: service.get("profiles", []) for name, service in compose["services"].items()}
    assert profiles == {
        "inzwa": [],
        "redis": ["redis"],
        "postgres": ["postgres"],
        "prometheus": ["monitoring"],
    }


def test_every_service_is_read_only_without_rights_and_checked(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["healthcheck"]["test"][0] == "CMD"
        assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & service.keys()
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_inzwa_is_built_here_keeps_its_models_and_data_and_has_time_to_drain(compose: dict[str, Any]) -> None:
    inzwa, final = compose["services"]["inzwa"], stages(ROOT / "Dockerfile")[-1]
    assert inzwa["build"]["context"] == "."
    assert inzwa["volumes"] == [f"data:{final.environ['INZWA_DATA']}", f"models:{final.last('VOLUME').rest}"]
    assert [each.partition(":")[0] for each in inzwa["tmpfs"]] == ["/tmp"]
    assert inzwa["healthcheck"]["test"][1:] == final.last("HEALTHCHECK").command
    assert int(inzwa["stop_grace_period"].removesuffix("s")) > load_settings({}).drain_s


def test_what_it_sets_are_settings_of_inzwa(compose: dict[str, Any]) -> None:
    given = {
        name: value.partition(":-")[2].rstrip("}")
        for name, value in compose["services"]["inzwa"]["environment"].items()
    }
    load_settings(given)


def test_no_password_stands_in_the_file_and_every_name_is_declared(compose: dict[str, Any]) -> None:
    named = [name for service in compose["services"].values() for name in service.get("secrets", [])]
    assert set(named) == set(compose["secrets"])
    assert all(set(secret) == {"environment"} for secret in compose["secrets"].values())
    mounts = [each for service in compose["services"].values() for each in service.get("volumes", [])]
    for source in (mount.partition(":")[0] for mount in mounts):
        assert source in compose["volumes"] or (ROOT / source).is_file()


def test_it_says_what_redis_and_postgres_are_for() -> None:
    assert "Inzwa does not use Redis; Postgres only where INZWA_DATABASE_URL names it" in (
        ROOT / "compose.yaml"
    ).read_text(encoding="utf-8")
