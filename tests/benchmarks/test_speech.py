"""Speech ends where the words end."""

import numpy as np

from benchmarks.rig.speech import trimmed


def test_near_silence_is_cut_off_at_both_ends_and_kept_inside():
    sound = np.array([0.0, 0.001, 0.9, 0.0, -0.5, 0.002, 0.0], dtype=np.float32)
    assert trimmed(sound).tolist() == np.array([0.9, 0.0, -0.5], dtype=np.float32).tolist()


def test_nothing_stays_nothing():
    assert trimmed(np.empty(0, dtype=np.float32)).size == 0
