"""The image's root file system, made by the Dockerfile's own steps from debootstrap, and run read-only as its user.

No container engine takes part: what is shown is what the scripts make, and that the server runs in it with the rights,
the mounts and the process number that a container gives it.
"""

import json
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inzwa.models.store import Store
from sbom.document import Bill, document
from tests.container.dockerfile import Stage
from tests.container.image import Built
from tests.container.rootfs import Root, missing
from tests.container.served import PATIENCE_S, Server, free_port, serving

ROOT = Path(__file__).parents[2]
UID = 10001
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

pytestmark = [
    pytest.mark.container,
    pytest.mark.timeout(1800),  # llama.cpp is compiled, unless CONTAINER_TEST_PIP_CACHE has it
    pytest.mark.skipif(bool(missing()), reason=f"needs {', '.join(missing())}"),
]


@pytest.fixture(scope="session")
def built() -> Iterator[Built]:
    """Every stage, the small models baked in. CONTAINER_TEST_KEEP names a folder that keeps them for another run."""
    kept = os.environ.get("CONTAINER_TEST_KEEP")
    folder = Path(kept or tempfile.mkdtemp(prefix="inzwa-container-"))
    built = Built(ROOT, folder, {"BAKE_MODELS": "true"})
    try:
        if not kept or not any(folder.iterdir()):
            built.make()
        yield built
    finally:
        if not kept:
            shutil.rmtree(folder)


@pytest.fixture(scope="session")
def stage(built: Built) -> Stage:
    """The stage that becomes the image."""
    return built.stages["final"]


@pytest.fixture(scope="session")
def image(built: Built) -> Root:
    """Its root file system."""
    return built.root("final")


@pytest.fixture
def baked(image: Root, tmp_path: Path) -> Path:
    """A volume as a container engine makes one: what the image has there, the owners too."""
    subprocess.run(["cp", "-a", image.at("/models"), tmp_path / "models"], check=True)
    return tmp_path / "models"


def everything(image: Root) -> Iterator[tuple[str, os.stat_result]]:
    """Each file and folder of the image, links left out."""
    for folder, folders, files in os.walk(image.path):
        for name in (*folders, *files):
            path = Path(folder, name)
            if not path.is_symlink():
                yield f"/{path.relative_to(image.path)}", path.stat()


def programs(image: Root) -> set[str]:
    """The names of all files that may be run."""
    runnable = ((path, found.st_mode) for path, found in everything(image))
    return {Path(path).name for path, mode in runnable if stat.S_ISREG(mode) and mode & 0o111}


def test_each_script_of_the_dockerfile_was_run(built: Built) -> None:
    scripts = [script for stage in built.stages.values() for script in stage.scripts]
    assert built.ran in (scripts, [])  # nothing is run where CONTAINER_TEST_KEEP had it all


def test_no_compiler_and_nothing_of_the_build_is_in_the_image(built: Built, image: Root) -> None:
    compilers = {"gcc", "g++", "cpp", "clang", "cc1", "cc1plus", "as", "ld", "make", "cmake", "ninja"}
    assert not compilers & programs(image)
    assert "cc1plus" in programs(built.root("build"))
    assert not image.at("/build").exists()
    assert not list(image.at("/var/lib/apt/lists").iterdir())


def test_nothing_in_the_image_raises_rights(image: Root) -> None:
    raising = [path for path, found in everything(image) if stat.S_ISREG(found.st_mode) and found.st_mode & 0o6000]
    assert raising == []


def test_the_user_that_serves_may_write_to_the_models_and_its_data_alone(image: Root) -> None:
    own = [path for path, found in everything(image) if UID in (found.st_uid, found.st_gid)]
    assert own
    assert all(path in ("/data", "/models") or path.startswith("/models/") for path in own)
    ours = [(path, found) for path, found in everything(image) if path.startswith(("/app", "/opt"))]
    assert [path for path, found in ours if found.st_uid or found.st_mode & 0o022] == []


def test_its_bill_of_materials_has_debian_s_packages_and_the_models(image: Root) -> None:
    store = Store(image.at("/models"))
    written = json.loads(document(Bill.of_image(image.path, ROOT / "requirements.txt", store), AT))
    assert written["metadata"]["component"]["type"] == "container"
    purls = [each["purl"] for each in written["components"] if "purl" in each]
    for kind in ("pkg:deb/debian/python3.11@", "pkg:deb/debian/libc6@", "pkg:pypi/llama-cpp-python@", "pkg:pypi/pip@"):
        assert [purl for purl in purls if purl.startswith(kind)]
    assert not [purl for purl in purls if purl.startswith(("pkg:deb/debian/g++", "pkg:pypi/setuptools"))]


def test_it_gets_ready_speaks_and_ends_at_sigterm(image: Root, stage: Stage, baked: Path, tmp_path: Path) -> None:
    with serving(image, stage, baked, tmp_path / "log") as server:
        ready = server.readiness(until='"ready":true')
        assert set(ready["stages"]) == {"vad", "asr", "llm", "tts"}
        status, sound = server.get("/v1/tts", {"text": "Mhoroi, makadii?", "format": "wav"})
        assert (status, sound[:4]) == (200, b"RIFF")
        assert len(sound) > 16_000
        status, page = server.get("/inzwa/ui/page.js")
        assert status == 200
        assert page
        assert _health(image, stage, server) == 0
        assert server.stop() == 0, server.log.read_text()
    assert "Traceback" not in server.log.read_text()


def test_the_server_has_no_rights_and_can_write_nowhere_but_to_tmp_models_and_data(
    image: Root, stage: Stage, baked: Path, tmp_path: Path
) -> None:
    folders = "/ /app /opt/inzwa /var /data /models /tmp"
    script = f"cat /proc/self/status; for each in {folders}; do touch $each/x && echo wrote $each; done"
    user, log = stage.last("USER").rest, tmp_path / "log"
    image.start(["sh", "-c", script], stage.environ, user, "/app", baked, log).wait(PATIENCE_S)
    said = log.read_text()
    assert [line.split()[1] for line in said.splitlines() if line.startswith("wrote")] == ["/data", "/models", "/tmp"]
    assert "CapEff:\t0000000000000000" in said
    assert "CapBnd:\t0000000000000000" in said
    assert "NoNewPrivs:\t1" in said
    assert said.count("Read-only file system") == 4


def test_baked_models_serve_from_a_volume_that_cannot_be_written(
    image: Root, stage: Stage, baked: Path, tmp_path: Path
) -> None:
    subprocess.run(["chown", "-R", "0:0", baked], check=True)
    with serving(image, stage, baked, tmp_path / "log") as server:
        server.readiness(until='"ready":true')


def test_an_empty_volume_that_cannot_be_written_is_said_in_a_sentence(
    image: Root, stage: Stage, tmp_path: Path
) -> None:
    (tmp_path / "models").mkdir(mode=0o755)
    with serving(image, stage, tmp_path / "models", tmp_path / "log") as server:
        said = server.readiness(until="cannot be used")
        assert said["ready"] is False
        assert "Permission denied" in " ".join(said["reasons"])
        assert _health(image, stage, server) == 0  # it lives, and says what it lacks
        assert server.stop() == 0
    assert "set INZWA_CACHE to a folder that may be written" in server.log.read_text()


def test_the_health_check_fails_where_nobody_answers(image: Root, stage: Stage, baked: Path, tmp_path: Path) -> None:
    environ = {**stage.environ, "INZWA_PORT": str(free_port())}
    check, log = stage.last("HEALTHCHECK").command, tmp_path / "log"
    program = image.start(check, environ, stage.last("USER").rest, "/app", baked, log)
    assert program.wait(PATIENCE_S) == 1
    assert "/healthz: " in log.read_text()


def _health(image: Root, stage: Stage, server: Server) -> int:
    """The status of the image's health check beside this server."""
    check, user = stage.last("HEALTHCHECK").command, stage.last("USER").rest
    models = server.log.with_name("models")
    return image.start(check, server.environ, user, "/app", models, server.log).wait(PATIENCE_S)
