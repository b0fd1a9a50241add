"""Commands that bring voices from elsewhere: models export-coqui."""

import shutil
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from inzwa.engines.tts.chunked_voice import VitsVoice
from inzwa.engines.tts.text.coqui import CoquiFrontend
from inzwa.errors import CacheUnusable, NotConvertible
from inzwa.export.coqui import CoquiCheckpoint, write_names
from inzwa.export.description import Description, read_description
from inzwa.settings import Settings

SENTENCES: Final = (
    "Mhoroi, makadii?",
    "Ndinofara kukuonai nhasi.",
    "Mvura inonaya zvakanyanya muzhizha, uye nzizi dzinozara.",
    "Vana vanotamba mumugwagwa kusvikira zuva ravira, ivo vasati vadya chisvusvuro chavo.",
)
"""Short and long: what is compared."""

SEED: Final = 11
MOST_DIFFERENCE: Final = 1e-3
"""Of a sample, full scale being 1: 60 dB below full scale."""


def export_coqui(arguments: Namespace, _: Settings) -> None:
    """A Coqui checkpoint as a folder that Inzwa speaks with, once its graph has been proven against torch."""
    description = read_description(arguments.config)
    reader = _reader(description)
    with _made(arguments.output) as folder:
        language_ids = folder / "language_ids.json"
        write_names(language_ids, description.languages)
        voice = CoquiCheckpoint(arguments.checkpoint, description, language_ids)
        voice.write_graph(folder / "model.onnx")
        shutil.copyfile(arguments.config, folder / "config.json")
        if description.speakers:
            write_names(folder / "speakers.json", description.speakers)
        if not description.languages:
            language_ids.unlink()
        worst = max(_differences(voice, reader, folder / "model.onnx"))
    print(f"largest difference: {worst:.1e}; ready for INZWA_TTS_MODEL=file:{arguments.output.resolve()}")


def _reader(description: Description) -> CoquiFrontend:
    try:
        return CoquiFrontend(description.config, description.speakers, description.languages)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotConvertible(f"The config does not describe a voice that can be read: {error!r}.") from error


def _differences(voice: CoquiCheckpoint, reader: CoquiFrontend, graph: Path) -> Iterator[float]:
    """Of each sentence, torch against ONNX Runtime on the same noise. NotConvertible where it can be heard."""
    split = VitsVoice(graph, threads=2)
    for sentence in SENTENCES:
        ids = reader.ids(sentence)
        expected = voice.say(ids, reader.facts.pace, SEED)
        sound = split.say_whole(ids, reader.facts.pace, voice.noise(SEED))
        if sound.shape != expected.shape:
            raise NotConvertible(f"The graph makes {sound.size} samples where torch makes {expected.size}.")
        difference = float(np.abs(sound - expected).max())
        print(f"{ids.size} symbols, {sound.size} samples up to {np.abs(expected).max():.3f}: {difference:.1e}")
        if not difference <= MOST_DIFFERENCE:
            raise NotConvertible(f"The graph differs from torch by {difference:.1e}, more than {MOST_DIFFERENCE:.0e}.")
        yield difference


@contextmanager
def _made(folder: Path) -> Iterator[Path]:
    """A place to work in that becomes `folder` when all went well, and is gone when not."""
    if folder.exists():
        raise NotConvertible(f"{folder} is there already: name a folder that is not.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".export-", dir=folder.parent) as place:
            inside = Path(place, "voice")
            inside.mkdir()
            yield inside
            inside.rename(folder)
    except OSError as error:
        raise CacheUnusable(f"{folder} cannot be written: {error.strerror}.") from error
