"""The Debian packages of a root file system, and the bill of an image, from a small one that is made up."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cyclonedx.model.component import Component

from inzwa.models.store import Store
from sbom.debian import NoDebian, copyright_licences, debian_components
from sbom.document import Bill, document
from sbom.packages import NotInstalled

pytestmark = pytest.mark.processes

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
STATUS = """\
Package: zlib1g
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Version: 1:1.2.13.dfsg-1
Description: compression library - runtime
 zlib is a library implementing the deflate compression method.

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: dash
Status: install ok installed
Architecture: amd64
Version: 0.5.12-2
Conffiles:
 /etc/dash 0123 obsolete
Description: POSIX-compliant shell
"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: dash

Files: *
Copyright: 1989 The Regents of the University of California
License: BSD-3-Clause

Files: src/mksignames.c
License: GPL-2+
 This is free software.

License: GPL-2+
 The text.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root file system with two packages of Debian and one of Python."""
    files = {
        "var/lib/dpkg/status": STATUS,
        "usr/lib/os-release": 'ID=debian\nVERSION_ID="12"\n',
        "usr/share/doc/dash/copyright": COPYRIGHT,
        "usr/share/doc/zlib1g/copyright": "This package was debianized by hand.\n",
        "opt/inzwa/lib/python3.11/site-packages/h11-1.dist-info/METADATA": "Name: h11\nVersion: 1\nLicense: MIT\n",
        "opt/inzwa/lib/python3.11/site-packages/pip-9.dist-info/METADATA": "Name: pip\nVersion: 9\nLicense: MIT\n",
        "requirements.txt": "h11\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def licences(component: Component) -> list[str | None]:
    return sorted(str(getattr(each, "id", None) or getattr(each, "name", None)) for each in component.licenses)


def test_what_is_installed_is_there_by_name_and_what_was_removed_is_not(root: Path) -> None:
    dash, zlib = debian_components(root)
    assert (dash.name, dash.version, dash.description) == ("dash", "0.5.12-2", "POSIX-compliant shell")
    assert str(dash.purl) == "pkg:deb/debian/dash@0.5.12-2?arch=amd64&distro=debian-12"
    assert str(zlib.purl) == "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12"


def test_licences_are_those_that_a_copyright_file_for_machines_names(root: Path) -> None:
    dash, zlib = debian_components(root)
    assert licences(dash) == ["BSD-3-Clause", "GPL-2.0-or-later"]
    assert licences(zlib) == []


@pytest.mark.parametrize("said", ["GPL-2+ or Artistic", "public-domain"])
def test_a_licence_that_spdx_does_not_name_stays_as_debian_said_it(said: str) -> None:
    (found,) = copyright_licences(COPYRIGHT.partition("\n\n")[0] + f"\n\nFiles: *\nLicense: {said}\n")
    assert getattr(found, "name", None) == said


def test_a_folder_that_is_no_debian_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoDebian, match="no root file system of Debian"):
        list(debian_components(tmp_path))


def test_an_image_s_bill_holds_debian_python_and_models_and_is_the_same_bytes_twice(root: Path) -> None:
    def bill() -> Bill:
        return Bill.of_image(root, root / "requirements.txt", Store(root / "cache"))

    text = document(bill(), AT)
    assert document(bill(), AT) == text
    written = json.loads(text)
    assert written["metadata"]["component"]["type"] == "container"
    names = {each["name"] for each in written["components"]}
    assert {"dash", "zlib1g", "h11", "pip", "whisper-base"} <= names
    needs = {each["ref"]: each.get("dependsOn", []) for each in written["dependencies"]}
    assert "pkg:pypi/h11@1" in needs["inzwa"]
    assert "pkg:pypi/pip@9" not in needs["inzwa"]


def test_a_root_without_inzwa_and_one_that_lacks_a_package_are_refused(root: Path, tmp_path: Path) -> None:
    (root / "requirements.txt").write_text("h11\nnot-there-at-all\n")
    with pytest.raises(NotInstalled, match="not-there-at-all is asked for and not installed"):
        Bill.of_image(root, root / "requirements.txt", Store(root / "cache"))
    with pytest.raises(NotInstalled, match="no image of Inzwa"):
        Bill.of_image(tmp_path / "usr", root / "requirements.txt", Store(root / "cache"))
