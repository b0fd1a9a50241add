"""Models that a user names by where they are, without a catalogue: `hf:`, `file:`, `wheel:` and `mlflow:`."""

import glob
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from inzwa.errors import ModelUnavailable, UnknownModel
from inzwa.models.catalogue import Entry
from inzwa.models.pickles import REMEDY, is_pickle_name
from inzwa.models.sources.hub.source import UnpinnedHub
from inzwa.models.sources.mlflow_source import UnpinnedMlflow
from inzwa.models.sources.unpinned_wheel import UnpinnedWheel
from inzwa.models.toml_table import is_file_name

FORMS: Final = "hf:org/repo@revision/file, file:/path, wheel:name==version, mlflow:name@alias, mlflow:name/version"

_HUB: Final = re.compile(r"hf:(?P<repository>[\w.-]+/[\w.-]+?)(@(?P<revision>[^/@]+))?/(?P<path>[^@]+)")
_WHEEL: Final = re.compile(r"wheel:(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[\w.+!]+)")
_MLFLOW: Final = re.compile(r"mlflow:(?P<name>[^@/:]+)(?P<which>@[\w.-]+|/[0-9]+)")
_UNKNOWN: Final = "not said"
_CONSEQUENCE: Final = "You named the files yourself: read their licence where they come from."


def is_direct(name: str) -> bool:
    """Whether the name says where a model is, rather than what it is called."""
    return name.startswith(("hf:", "file:", "wheel:", "mlflow:"))


def direct_entry(name: str) -> Entry:
    """The model that such a name means. UnknownModel when it has none of these forms."""
    if name.startswith("file:"):
        return _local_entry(name, Path(name.removeprefix("file:")).expanduser())
    if (found := _HUB.fullmatch(name)) and is_file_name(found["path"]):
        return _hub_entry(name, found["repository"], found["revision"] or "main", found["path"])
    if found := _WHEEL.fullmatch(name):
        return replace(_entry(name), unpinned=UnpinnedWheel(found["name"], found["version"]))
    if found := _MLFLOW.fullmatch(name):
        return replace(_entry(name), unpinned=UnpinnedMlflow(found["name"], found["which"].removeprefix("/")))
    raise UnknownModel(f"{name!r} names no model: expected one of {FORMS}")


def _hub_entry(name: str, repository: str, revision: str, path: str) -> Entry:
    """The file, and beside it the JSON of the same name that describes a voice."""
    _require_data(path)
    pattern = glob.escape(path)
    return replace(_entry(name), unpinned=UnpinnedHub(repository, revision, (pattern,), (f"{pattern}.json",)))


def _local_entry(name: str, path: Path) -> Entry:
    if not path.is_absolute():
        raise UnknownModel(f"{name!r} names no model: expected the whole path, file:/...")
    if path.is_dir():
        inside = sorted(each.name for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
        data = [each for each in inside if not is_pickle_name(each)]
        if inside and not data:
            _require_data(inside[0])
        if data:
            return replace(_entry(name), folder=path, local_files=tuple(data))
    elif path.is_file():
        _require_data(path.name)
        beside = path.with_name(f"{path.name}.json")
        names = (path.name, *([beside.name] if beside.is_file() else []))
        return replace(_entry(name), folder=path.parent, local_files=names)
    raise ModelUnavailable(f"{name}: there is no such file, nor a folder with files in it")


def _require_data(path: str) -> None:
    if is_pickle_name(path):
        raise UnknownModel(f"{path} is a pickle, which could run code when opened: refused. {REMEDY}")


def _entry(name: str) -> Entry:
    return Entry(name=name, stage="", language=_UNKNOWN, licence=_UNKNOWN, consequence=_CONSEQUENCE)
