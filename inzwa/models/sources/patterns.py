"""Which files of a repository a catalogue's `take` and `may_take` mean."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from inzwa.models.pickles import is_pickle_name
from inzwa.models.toml_table import is_file_name


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether the path fits one of the patterns: * stands for any letters, but not for a slash."""
    return any(pattern.count("/") == path.count("/") and fnmatchcase(path, pattern) for pattern in patterns)


def usable_paths(paths: Iterable[str]) -> list[str]:
    """Those that stay inside a folder and are no pickles."""
    return [path for path in paths if is_file_name(path) and not is_pickle_name(path)]
