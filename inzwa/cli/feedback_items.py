"""`feedback add-items`: clips of other voices, replies of other models, sentences, to be judged beside Inzwa's."""

from argparse import Namespace
from functools import partial

from inzwa.feedback.store.store import open_store
from inzwa.feedback.tasks.items import add_items as adding
from inzwa.feedback.tasks.organised import items_from
from inzwa.settings import Settings


def add_items(arguments: Namespace, settings: Settings) -> None:
    """Add the items of a file; those that are there already are not added again."""
    with open_store(settings) as store:
        items = items_from(arguments.file, store.folder)
        new = store.write_now(partial(adding, items=items))
    print(f"added: {new:,} of {len(items):,} items")
