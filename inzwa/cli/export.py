"""The command models export-coqui."""

import shutil
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from inzwa.engines.tts.chunked_voice import ChunkedVoice
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
"""In one sample; 60 dB below full scale, which is 1."""


def export_coqui(arguments: Namespace, _: Settings) -> None:
    """A Coqui checkpoint as a folder that Inzwa speaks with, once its graph has been compared with torch."""
    description = read_description(arguments.config)
    frontend = _frontend(description)
    with _new_folder(arguments.output) as folder:
        language_ids = folder / "language_ids.json"
        write_names(language_ids, description.languages)
        voice = CoquiCheckpoint(arguments.checkpoint, description, language_ids)
        voice.write_graph(folder / "model.onnx")
        shutil.copyfile(arguments.config, folder / "config.json")
        if description.speakers:
            write_names(folder / "speakers.json", description.speakers)
        if not description.languages:
            language_ids.unlink()
        worst = max(_differences(voice, frontend, folder / "model.onnx"))
    print(f"largest difference: {worst:.1e}; ready for INZWA_TTS_MODEL=file:{arguments.output.resolve()}")


def _frontend(description: Description) -> CoquiFrontend:
    try:
        return CoquiFrontend(description.config, description.speakers, description.languages)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotConvertible(f"The config does not describe a voice that can be read: {error!r}.") from error


def _differences(voice: CoquiCheckpoint, frontend: CoquiFrontend, graph: Path) -> Iterator[float]:
    """Of each sentence, torch against ONNX Runtime on the same noise. NotConvertible above MOST_DIFFERENCE."""
    split = ChunkedVoice(graph, threads=2)
    for sentence in SENTENCES:
        ids = frontend.ids(sentence)
        expected = voice.say(ids, frontend.config.synthesis, SEED)
        sound = split.say_whole(ids, frontend.config.synthesis, voice.noise(SEED))
        if sound.shape != expected.shape:
            raise NotConvertible(f"The graph makes {sound.size} samples where torch makes {expected.size}.")
        difference = float(np.abs(sound - expected).max())
        print(f"{ids.size} symbols, {sound.size} samples up to {np.abs(expected).max():.3f}: {difference:.1e}")
        if not difference <= MOST_DIFFERENCE:
            raise NotConvertible(f"The graph differs from torch by {difference:.1e}, more than {MOST_DIFFERENCE:.0e}.")
        yield difference


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder that becomes `folder` on success and is removed on failure."""
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
