"""FLEURS as the Hub keeps it, made small: a table without a head and an archive of its sounds."""

import io
import tarfile

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
