"""Rows read from a file one by one."""

import numpy as np
import pytest

from inzwa.formats.file_rows import FileRows, Place

VALUES = np.arange(12, dtype=np.float16).reshape(4, 3)


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows"
    path.write_bytes(b"head" + VALUES.astype("<f2").tobytes())
    return FileRows(path, Place(4, 4, 3, np.dtype("<f2")))


def test_rows_come_in_the_order_they_are_asked_for(rows):
    found = rows.read([2, 0, 2])
    assert found.dtype == np.float32
    assert found.tolist() == VALUES[[2, 0, 2]].tolist()


@pytest.mark.parametrize("number", [-1, 4])
def test_a_row_that_there_is_not_is_an_error(rows, number):
    with pytest.raises(IndexError, match="of 4"):
        rows.read([0, number])


def test_the_file_may_be_deleted_meanwhile(rows, tmp_path):
    (tmp_path / "rows").unlink()
    assert rows.read([3]).tolist() == VALUES[[3]].tolist()
