"""FLEURS as the Hub keeps it, made small: a table without a head and an archive of its sounds."""

import io
import subprocess
import sys
import tarfile
import threading
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from inzwa.errors import BadCorpus
from inzwa.evaluation.corpus import Recording
from inzwa.evaluation.fleurs import unpack_fleurs

TABLE = (
    "1675\t111.wav\tN’anga yati “ehe”.\tn'anga yati ehe\tn ' a\t54720\tFEMALE\n"
    "1680\t222.wav\tMhoro.\tmhoro\tm h o\t54720\tMALE\n"
)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "test.tsv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def packed(path, **members):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name.replace("__", "/").replace("_wav", ".wav"))
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


FETCH = """
import sys
from pathlib import Path
from inzwa.errors import ModelUnavailable
from inzwa.evaluation.fleurs import fetch_fleurs
try:
    for recording in fetch_fleurs("test", Path(sys.argv[1])):
        print(recording.name, recording.path.read_bytes().decode())
except ModelUnavailable as error:
    print(error.message)
"""


def fetched(folder, **environment):
    """What a process of its own, which reads the Hub's variables afresh, prints of FLEURS."""
    environment |= {"HF_HOME": str(folder / "home"), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", FETCH, str(folder / "sounds")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()


@contextmanager
def hub(files):
    """A Hub that holds one data set; what else is asked of it is not there."""

    class Answer(BaseHTTPRequestHandler):
        def do_HEAD(self):
            content = files.get(self.path.removeprefix("/datasets/google/fleurs/resolve/main/"))
            content = content or files.get(self.path.removeprefix(f"/datasets/google/fleurs/resolve/{'c' * 40}/"))
            self.send_response(200 if content else 404)
            self.send_header("X-Repo-Commit", "c" * 40)
            self.send_header("ETag", f'"{sha256(content or b"").hexdigest()}"')
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            return content or b""

        def do_GET(self):
            self.wfile.write(self.do_HEAD())

        def log_message(self, *_):
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_table_and_the_archive_come_from_the_hub(tmp_path):
    archive = packed(tmp_path / "test.tar.gz", test__111_wav=b"one", test__222_wav=b"two")
    files = {"data/sn_zw/test.tsv": TABLE.encode(), "data/sn_zw/audio/test.tar.gz": archive.read_bytes()}
    with hub(files) as endpoint:
        assert fetched(tmp_path, HF_ENDPOINT=endpoint) == ["111.wav one", "222.wav two"]


def test_a_hub_that_nobody_may_ask_is_said_to_be_out_of_reach(tmp_path):
    (told,) = fetched(tmp_path, HF_HUB_OFFLINE="1")
    assert told.startswith("google/fleurs data/sn_zw/test.tsv cannot be had from the Hugging Face Hub: ")


def test_the_sounds_are_unpacked_beside_their_texts(tmp_path, table):
    archive = packed(tmp_path / "test.tar.gz", test__111_wav=b"one", test__222_wav=b"two", test__333_wav=b"three")
    folder = tmp_path / "sounds"
    assert unpack_fleurs(table, archive, folder) == [
        Recording(folder / "111.wav", "N’anga yati “ehe”.", "111.wav"),
        Recording(folder / "222.wav", "Mhoro.", "222.wav"),
    ]
    assert sorted(file.name for file in folder.iterdir()) == ["111.wav", "222.wav"]
    assert (folder / "222.wav").read_bytes() == b"two"


def test_what_is_unpacked_already_needs_no_archive(tmp_path, table):
    folder = tmp_path / "sounds"
    unpack_fleurs(table, packed(tmp_path / "test.tar.gz", test__111_wav=b"one"), folder, limit=1)
    assert len(unpack_fleurs(table, tmp_path / "none.tar.gz", folder, limit=1)) == 1


def test_no_name_leads_out_of_the_folder(tmp_path, table):
    archive = packed(tmp_path / "test.tar.gz", **{"..__..__111_wav": b"one", "__222_wav": b"two"})
    unpack_fleurs(table, archive, tmp_path / "deep" / "sounds")
    assert {path.name for path in tmp_path.iterdir()} == {"test.tsv", "test.tar.gz", "deep"}


@pytest.mark.parametrize("content", ["", "1675\t111.wav\n"])
def test_a_table_of_another_shape_is_refused(tmp_path, content):
    path = tmp_path / "test.tsv"
    path.write_text(content)
    with pytest.raises(BadCorpus, match="FLEURS"):
        unpack_fleurs(path, path, tmp_path)


def test_an_archive_that_is_none_is_refused(tmp_path, table):
    with pytest.raises(BadCorpus, match="cannot be unpacked"):
        unpack_fleurs(table, table, tmp_path / "sounds")
