"""Digests: taken from the disk and while writing, they agree."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.models.checksums import Digest, digest_of, write_hashed


def test_an_empty_file_has_the_digest_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert digest_of(tmp_path / "empty") == Digest(0, hashlib.sha256().hexdigest())


@given(chunks=st.lists(st.binary(max_size=50), max_size=8))
def test_what_is_hashed_while_written_is_what_then_stands_on_the_disk(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]
) -> None:
    target = tmp_path_factory.getbasetemp() / "written"
    heard: list[int] = []
    assert write_hashed(chunks, target, heard.append) == digest_of(target)
    assert target.read_bytes() == b"".join(chunks)
    assert heard == [sum(map(len, chunks[: number + 1])) for number in range(len(chunks))]
