"""`speech-to-speech serve`, with the files that it would download taken from wheels.

Runs in speech-to-speech's own environment and imports nothing of Inzwa. Takes that command's arguments, and
`--offline-smart-turn`, which becomes the path of Smart Turn's model. The pipeline is the package's own: Silero and
Smart Turn, faster-whisper, an OpenAI-compatible model and an OpenAI-compatible voice, behind its Realtime WebSocket.
"""

import os
import sys
import sysconfig
from pathlib import Path

HUB_REPOSITORY = "snakers4_silero-vad_master"
"""Where torch.hub looks for the copy of the repository that speech-to-speech loads Silero from."""

HUBCONF = '''"""Silero's detector out of its wheel, in the place of its repository's copy."""

import torch

torch.set_num_threads(1)


def silero_vad():
    return torch.jit.load({weights!r}), None
'''


def place_files(installed: Path, offline: Path) -> dict[str, str]:
    """Put what torch.hub and NLTK look for below `offline`; the environment variables that name the places.

    `installed` is the folder of installed packages. NLTK's sentence splitter comes from llama-index-core; the tagger
    beside it is only looked for, by voices that are not run here, and is an empty folder.
    """
    repository = offline / "torch" / "hub" / HUB_REPOSITORY
    repository.mkdir(parents=True, exist_ok=True)
    weights = installed / "silero_vad" / "data" / "silero_vad.jit"
    (repository / "hubconf.py").write_text(HUBCONF.format(weights=str(weights)), encoding="utf-8")
    (offline / "nltk" / "taggers" / "averaged_perceptron_tagger_eng").mkdir(parents=True, exist_ok=True)
    splitter = installed / "llama_index" / "core" / "_static" / "nltk_cache"
    return {
        "TORCH_HOME": str(offline / "torch"),
        "NLTK_DATA": os.pathsep.join((str(splitter), str(offline / "nltk"))),
        "HF_HUB_OFFLINE": "1",
    }


def arguments(given: list[str], installed: Path) -> list[str]:
    """Those of `speech-to-speech serve`: the model of Smart Turn is the one in Pipecat's wheel."""
    if "--offline-smart-turn" not in given:
        return given
    model = installed / "pipecat" / "audio" / "turn" / "smart_turn" / "data" / "smart-turn-v3.2-cpu.onnx"
    return [item for item in given if item != "--offline-smart-turn"] + ["--smart_turn_model_path", str(model)]


def main() -> None:
    installed = Path(sysconfig.get_path("purelib"))
    variables = place_files(installed, Path(sys.prefix) / "offline")
    command = [str(Path(sys.executable).with_name("speech-to-speech")), "serve", *arguments(sys.argv[1:], installed)]
    os.execve(command[0], command, {**os.environ, **variables})


if __name__ == "__main__":
    main()
