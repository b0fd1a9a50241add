"""The catalogue and the cache side by side, in lines for people."""

from collections.abc import Iterator

from inzwa.errors import ModelCorrupt
from inzwa.models.catalogue import Entry
from inzwa.models.store import Store


def lines(store: Store) -> Iterator[str]:
    """One line a model: name, stage, state, size, bytes on this disk; its language, licence and what that means."""
    used = store.disk_use()
    for name in used:
        entry = store.entry(name)
        yield (
            f"{name:<22} {entry.stage or '-':<4} {store.state(name):<9} {_size(store, entry):>10} "
            f"{_megabytes(used[name]):>10} here  {entry.language} · {entry.licence}: {entry.consequence}"
        )
    yield f"{_megabytes(sum(used.values()))} on this disk"


def _size(store: Store, entry: Entry) -> str:
    """Of what is fetched; `? MB` before the first pull."""
    try:
        known = entry if entry.unpinned is None else store.resolve(entry.name)
    except ModelCorrupt:  # the state shows it
        known = None
    return _megabytes(known.size) if known else "? MB"


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
