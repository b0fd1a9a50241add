"""Name, size and sha256 of files, as models.lock and the records in the cache have them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from inzwa.models.toml_table import is_file_name
from inzwa.protocols import FileInfo

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def files_to_json(files: Iterable[FileInfo]) -> dict[str, dict[str, object]]:
    """Files as our own records in JSON have them: name to size and sha256."""
    return {file.name: {"size": file.size, "sha256": file.sha256} for file in files}


def files_from_json(record: Mapping[str, Any]) -> tuple[FileInfo, ...]:
    """The same read back. AttributeError, KeyError, TypeError or ValueError when that is not what the record holds."""
    return tuple(_file_from_json(name, file["size"], file["sha256"]) for name, file in record.items())


def _file_from_json(name: str, size: object, sha256: str) -> FileInfo:
    if not is_file_name(name) or type(size) is not int or size < 0 or not _SHA256.fullmatch(sha256):
        raise ValueError(f"{name!r} is not described as a file")
    return FileInfo(name, size, sha256)
