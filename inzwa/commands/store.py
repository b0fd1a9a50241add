"""Commands on the model cache: models list, fetch, verify, remove."""

import sys
from argparse import Namespace

from inzwa.choice import chosen_models, open_store
from inzwa.models.progress import TerminalReport
from inzwa.settings import Settings


def list_models(_: Namespace, settings: Settings) -> None:
    """The catalogue and the cache side by side."""
    store = open_store(settings)
    print(f"cache: {store.folder}")
    for line in store.report_lines():
        print(line)


def fetch_models(arguments: Namespace, settings: Settings) -> None:
    """Fetch what is named, or what the settings choose."""
    with TerminalReport(sys.stderr) as report:
        store = open_store(settings, report)
        for name in arguments.names or chosen_models(settings).values():
            model = store.fetch(name)
            print(f"{name}: ready, from {model.source}")


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
