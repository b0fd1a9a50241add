"""What a browser shall take for its microphone: WAV files, and the Chromium that hears them."""

import os
import shutil
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from playwright.sync_api import Browser, Playwright

from inzwa.audio.pcm import Sound, pcm16_from_sound

RATE: Final = 48_000

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")

_FAKE: Final = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")

_ARGUMENTS: Final = ("--headless", "--no-sandbox", "--disable-background-networking")


def chromium() -> str:
    """The browser's path; the test fails where there is none, because leaving it out is the caller's choice (-m)."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    return named or pytest.fail("No Chromium found: apt-get install chromium, or set CHROMIUM.")


@dataclass(frozen=True, slots=True)
class Launcher:
    """Starts headless Chromiums."""

    playwright: Playwright

    @contextmanager
    def hearing(self, wav: Path | None, *arguments: str) -> Iterator[Browser]:
        """One whose microphone plays this file once, then is silent; without one it has no microphone."""
        fake = (*_FAKE, f"--use-file-for-fake-audio-capture={wav}%noloop") if wav else ()
        args = [*_ARGUMENTS, *fake, *arguments]
        browser = self.playwright.chromium.launch(executable_path=chromium(), args=args)
        yield browser
        browser.close()


def write_wav(path: Path, sound: Sound, rate: int = RATE) -> Path:
    """A mono 16-bit file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm16_from_sound(sound))
    return path


def babble(*parts: tuple[float, float]) -> Sound:
    """Pairs of seconds of silence and seconds of a voice-like sound; then ten seconds of silence."""
    pieces = [piece for quiet_s, loud_s in parts for piece in (_quiet(quiet_s), _loud(loud_s))]
    return np.concatenate([*pieces, _quiet(10.0)]).astype(np.float32)


def _quiet(seconds: float) -> Sound:
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def _loud(seconds: float) -> Sound:
    """A buzz of harmonics that swells four times a second: what noise suppression takes for a voice."""
    at = np.arange(int(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 140 * harmonic * at) / harmonic for harmonic in range(1, 12))
    return (0.2 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at))).astype(np.float32)
