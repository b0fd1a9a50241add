"""Sound for tests: what a scripted detector takes for speech, and silence."""

import numpy as np

from inzwa.audio.pcm import INPUT_RATE, Sound, pcm16_from_sound, samples_in, silence


def tone(ms: float, *, level: float = 0.3, rate: int = INPUT_RATE) -> Sound:
    """A sine that the scripted detector takes for speech."""
    at = np.arange(samples_in(ms, rate)) / rate
    return (level * np.sin(2 * np.pi * 300 * at)).astype(np.float32)


def quiet(ms: float) -> Sound:
    """Nothing to hear, 16 kHz."""
    return silence(ms, INPUT_RATE)


def utterance(ms: float = 1_000) -> Sound:
    """A lead-in, a stretch of speech, and not enough silence to end it."""
    return np.concatenate((quiet(320), tone(ms), quiet(96)))


def frames(sound: Sound, ms: float = 20) -> list[bytes]:
    """PCM16 frames as a microphone sends them."""
    size = samples_in(ms, INPUT_RATE)
    return [pcm16_from_sound(sound[at : at + size]) for at in range(0, sound.size, size)]
