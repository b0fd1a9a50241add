"""Commands on the model cache: models list, fetch, pull, update, verify, remove."""

import sys
from argparse import Namespace
from collections.abc import Sequence

from inzwa.choice import adapter, candidates, open_store, survey
from inzwa.errors import ModelError, ModelUnavailable
from inzwa.models.inventory import lines
from inzwa.models.progress import TerminalReport
from inzwa.models.store import Store
from inzwa.settings import Settings


def list_models(_: Namespace, settings: Settings) -> None:
    """The catalogue and the cache side by side."""
    store = open_store(settings)
    print(f"cache: {store.folder}")
    for line in lines(store):
        print(line)


def fetch_models(arguments: Namespace, settings: Settings) -> None:
    """Fetch what is named, or for each stage the first that can be had of those that the settings choose."""
    with TerminalReport(sys.stderr) as report:
        store = open_store(settings, report)
        for name in arguments.names:
            _fetch(store, [name])
        if not arguments.names:
            for names in candidates(settings, survey(settings)).values():
                _fetch(store, names)
            _fetch_adapter(store, settings)


def pull_models(arguments: Namespace, settings: Settings) -> None:
    """Fetch what is named, or the Hub's best for this machine, whatever the settings say."""
    fetch_models(arguments, settings.model_copy(update={"models": "hub"}))


def update_models(arguments: Namespace, settings: Settings) -> None:
    """Take what is there now, and hold to it from now on."""
    with TerminalReport(sys.stderr) as report:
        store = open_store(settings, report)
        for name in arguments.names:
            before = store.settled(name) if store.state(name) != "refused" else None
            model = store.update(name)
            after = store.settled(name)
            same = before is not None and after is not None and before.files == after.files
            print(f"{name}: {'as it was' if same else 'new'}, from {model.source}")


def verify_models(arguments: Namespace, settings: Settings) -> None:
    """Hash again what is named, or all that is here. ModelCorrupt names the first file that is wrong."""
    store = open_store(settings)
    for name in arguments.names or [name for name in store.names() if store.state(name) != "not here"]:
        model = store.verify(name)
        for file in model.files:
            print(f"{name}: {file.sha256}  {file.name}")


def remove_models(arguments: Namespace, settings: Settings) -> None:
    """Delete what is named from the cache."""
    store = open_store(settings)
    for name in arguments.names:
        print(f"{name}: {store.remove(name):,} bytes freed")


def _fetch(store: Store, names: Sequence[str]) -> None:
    """The first of these that can be had; the last one's error when none can."""
    *better, last = names
    for name in better:
        try:
            return _tell(store, name)
        except ModelError as error:
            print(f"{name}: {error.message}", file=sys.stderr)
    return _tell(store, last)


def _fetch_adapter(store: Store, settings: Settings) -> None:
    """The language model's adapter, where one is set; in `auto` the start goes on without it."""
    if not (lora := adapter(settings)):
        return
    try:
        _tell(store, lora)
    except ModelUnavailable as error:
        if settings.models != "auto":
            raise
        print(f"{lora}: {error.message}", file=sys.stderr)


def _tell(store: Store, name: str) -> None:
    model = store.fetch(name)
    print(f"{name}: ready, from {model.source}. {model.licence}: {model.consequence}")
