"""The Shona language: spelling, sounds, numbers, words of conversation. Depends on no model, no clock, no audio."""

from typing import Literal

Language = Literal["sn", "en"]
"""What text is read in: Shona, or English where a reply is in any other language."""
