"""The command tune: builds llama.cpp for the processor at hand."""

from argparse import Namespace

from inzwa.engines.llm.llama.library import tuned_folder
from inzwa.engines.llm.llama.tuning import build_tuned
from inzwa.engines.selection import cache_folder
from inzwa.hardware.processor import this_processor
from inzwa.settings import Settings


def tune(arguments: Namespace, settings: Settings) -> None:
    """Build it where it is not built yet; the next start tries it out and uses it."""
    cache, processor = cache_folder(settings), this_processor()
    before = tuned_folder(cache, processor).exists() and not arguments.anew
    folder = build_tuned(cache, processor, print, anew=arguments.anew)
    done = "was built before" if before else "is built, and is tried out at the next start"
    print(f"llama.cpp for {processor.name or processor.architecture} {done}: {folder}")
