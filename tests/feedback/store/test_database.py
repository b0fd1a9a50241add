"""Which database it is, and what becomes of an address that is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inzwa.errors import SettingsError
from inzwa.feedback.store.database import database_url
from inzwa.feedback.store.folder import data_folder
from inzwa.settings import load_settings, setting_lines

ROOT = Path(__file__).parents[3]
SECRET = "s3cret"


def test_without_an_address_it_is_sqlite_in_the_data_folder(tmp_path: Path) -> None:
    url = database_url(load_settings({}), tmp_path)
    assert url.get_backend_name() == "sqlite"
    assert url.database == str(tmp_path / "feedback.sqlite3")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_way_to_name_postgresql_is_psycopg_3(tmp_path: Path, scheme: str) -> None:
    settings = load_settings({"INZWA_DATABASE_URL": f"{scheme}://inzwa:{SECRET}@db:5433/ratings?sslmode=require"})
    url = database_url(settings, tmp_path)
    assert (url.drivername, url.host, url.port, url.database) == ("postgresql+psycopg", "db", 5433, "ratings")
    assert (url.password, dict(url.query)) == (SECRET, {"sslmode": "require"})


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://inzwa:{SECRET}@db/ratings",
        f"postgresql+psycopg2://inzwa:{SECRET}@db/ratings",
        f"sqlite:///{SECRET}",
        f"postgresql://inzwa:{SECRET}@db",
        f"postgresql://inzwa:{SECRET}@db:port/ratings",
        SECRET,
    ],
)
def test_another_address_is_refused_without_repeating_it(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="INZWA_DATABASE_URL") as caught:
        database_url(load_settings({"INZWA_DATABASE_URL": address}), tmp_path)
    assert SECRET not in caught.value.message
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_the_address_is_not_shown_among_the_settings() -> None:
    settings = load_settings({"INZWA_DATABASE_URL": f"postgresql://inzwa:{SECRET}@db/ratings"})
    assert SECRET not in f"{settings!r} {list(setting_lines(settings))}"


def test_data_goes_where_the_setting_says_else_to_a_space_s_disk_else_to_the_users_data_folder(tmp_path: Path) -> None:
    space, home = {"SPACE_ID": "you/inzwa"}, {"XDG_DATA_HOME": str(tmp_path / "share")}
    given, unset = load_settings({"INZWA_DATA": str(tmp_path / "given")}), load_settings({})
    assert data_folder(given, space, tmp_path) == tmp_path / "given"
    assert data_folder(unset, space | home, tmp_path) == tmp_path / "inzwa-feedback"
    assert data_folder(unset, space | home, tmp_path / "no disk") == tmp_path / "share" / "inzwa"
    assert data_folder(unset, home, tmp_path) == tmp_path / "share" / "inzwa"
    assert data_folder(unset, {}, tmp_path) == Path.home() / ".local" / "share" / "inzwa"


def test_without_psycopg_the_remedy_is_named(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from inzwa.errors import NotInstalled\n"
        "from inzwa.feedback.store.store import open_store\n"
        "from inzwa.settings import load_settings\n"
        "try:\n    open_store(load_settings()).__enter__()\n"
        "except NotInstalled as error:\n    print(error.message)\n"
    )
    environment = os.environ | {
        "INZWA_DATA": str(tmp_path),
        "INZWA_DATABASE_URL": "postgresql://inzwa@127.0.0.1:1/none",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "PostgreSQL needs psycopg: pip install -r requirements-postgres.txt\n"
