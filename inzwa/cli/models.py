"""Commands on the model cache: models list, fetch, pull, update, verify, remove, keygen, sign."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from inzwa.engines.llm.llama.requantise import with_fast_weights
from inzwa.engines.selection import adapter, candidates, open_store, survey
from inzwa.errors import ModelError, ModelUnavailable, ModelUntrusted, UnknownModel
from inzwa.models.inventory import lines
from inzwa.models.progress import TerminalReport
from inzwa.models.signing.keys import read_private_key, write_key_pair
from inzwa.models.sources.direct import is_direct
from inzwa.models.store import Store
from inzwa.settings import Settings


def list_models(_: Namespace, settings: Settings) -> None:
    """The catalogue and the cache side by side."""
    store = open_store(settings)
    print(f"cache: {store.folder}")
    for line in lines(store):
        print(line)


def fetch_models(arguments: Namespace, settings: Settings) -> None:
    """Fetch what is named, or for each stage the first available model of those that the settings choose."""
    with TerminalReport(sys.stderr) as report:
        store = open_store(_unsigned(settings), report)
        for name in arguments.names:
            _fetch(store, [name], settings)
        if not arguments.names:
            for names in candidates(settings, survey(settings)).values():
                _fetch(store, names, settings)
            _fetch_adapter(store, settings)


def pull_models(arguments: Namespace, settings: Settings) -> None:
    """Fetch what is named, or the Hub's best for this machine, whatever the settings say."""
    fetch_models(arguments, settings.model_copy(update={"models": "hub"}))


def update_models(arguments: Namespace, settings: Settings) -> None:
    """Fetch what the source has now, and lock it from now on."""
    with TerminalReport(sys.stderr) as report:
        store = open_store(_unsigned(settings), report)
        for name in arguments.names:
            before = store.resolve(name) if store.state(name) != "refused" else None
            model = store.update(name)
            after = store.resolve(name)
            same = before is not None and after is not None and before.files == after.files
            print(f"{name}: {'as it was' if same else 'new'}, from {model.source}")
            _warn_of_missing_signature(name, settings)


def verify_models(arguments: Namespace, settings: Settings) -> None:
    """Hash again what is named, or all that is here. ModelCorrupt names the first file that is wrong.

    Where a signature is required, or keys are named, ModelUntrusted when the files are not those that were signed.
    """
    store = open_store(
        settings.model_copy(update={"models_require_signature": arguments.keys}) if arguments.keys else settings
    )
    for name in arguments.names or [name for name in store.names() if store.state(name) != "not here"]:
        model = store.verify(name)
        for file in model.files:
            print(f"{name}: {file.sha256}  {file.name}")
        print(f"{name}: from {model.source}")


def remove_models(arguments: Namespace, settings: Settings) -> None:
    """Delete what is named from the cache."""
    store = open_store(settings)
    for name in arguments.names:
        print(f"{name}: {store.remove(name):,} bytes freed")


def make_keys(arguments: Namespace, _: Settings) -> None:
    """A private key and its public half beside it."""
    key = write_key_pair(arguments.file)
    print(f"{arguments.file}: the private key {key.name}, to sign with; keep it away from the servers")
    print(f"{arguments.file}.pub: its public half, for INZWA_MODELS_REQUIRE_SIGNATURE")


def sign_models(arguments: Namespace, settings: Settings) -> None:
    """Hash every file again and sign for what is found."""
    if arguments.name and len(arguments.models) > 1:
        raise UnknownModel(f"--name {arguments.name} is the name of one model, and {len(arguments.models)} are given")
    key, store = read_private_key(arguments.key), open_store(_unsigned(settings))
    for model in arguments.models:
        name = _named(model, store)
        print(f"{arguments.name or name}: signed by {key.public.name} in {store.sign(name, key, arguments.name)}")


def _named(text: str, store: Store) -> str:
    """The model's name; a local folder or file is named by its path."""
    known = text in store.names() or is_direct(text) or not Path(text).exists()
    return text if known else f"file:{Path(text).resolve()}"


def _unsigned(settings: Settings) -> Settings:
    """For fetching and signing models, which opens none of them."""
    return settings.model_copy(update={"models_require_signature": None})


def _warn_of_missing_signature(name: str, settings: Settings) -> None:
    try:
        open_store(settings).find(name)
    except ModelUntrusted as error:
        print(error.message, file=sys.stderr)


def _fetch(store: Store, names: Sequence[str], settings: Settings) -> None:
    """The first of these that is available; the last one's error when none is."""
    *better, last = names
    for name in better:
        try:
            return _fetch_one(store, name, settings)
        except ModelError as error:
            print(f"{name}: {error.message}", file=sys.stderr)
    return _fetch_one(store, last, settings)


def _fetch_adapter(store: Store, settings: Settings) -> None:
    """The language model's adapter, where one is set; in `auto` the start goes on without it."""
    if not (lora := adapter(settings)):
        return
    try:
        _fetch_one(store, lora, settings)
    except ModelUnavailable as error:
        if settings.models != "auto":
            raise
        print(f"{lora}: {error.message}", file=sys.stderr)


def _fetch_one(store: Store, name: str, settings: Settings) -> None:
    model = store.fetch(name)
    if store.entry(name).stage == "llm" and not settings.models_require_signature:
        model = with_fast_weights(store, model, settings.llm_weights, settings.llm_library)
    print(f"{name}: ready, from {model.source}. {model.licence}: {model.consequence}")
    _warn_of_missing_signature(name, settings)
