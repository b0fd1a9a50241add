"""Paths by pattern, as a catalogue's `take` has them. Knows nothing else."""

from fnmatch import fnmatchcase


def means(pattern: str, path: str) -> bool:
    """Whether the path fits: * stands for any letters, but not for a slash."""
    return pattern.count("/") == path.count("/") and fnmatchcase(path, pattern)
