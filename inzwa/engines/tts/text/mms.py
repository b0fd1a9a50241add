"""The front end of MMS-TTS voices: the letters of the orthography, lower-cased, with a blank between every two.

The files are those of transformers' VitsTokenizer: vocab.json, tokenizer_config.json and config.json. The blank is
whatever has the id 0, which in MMS is a letter (its `pad_token`), because the voices were trained so.
"""

from collections.abc import Mapping
from typing import Any

from inzwa.engines.tts.text.frontend import Ids, SynthesisConfig, VoiceConfig, apart, as_ids, spelt
from inzwa.errors import EngineError
from inzwa.shona.phonology.orthography import normalise_spelling

_BLANK = 0


class MmsFrontend:
    """Text to letters to ids."""

    def __init__(self, config: Mapping[str, Any], vocab: Mapping[str, int], tokenizer: Mapping[str, Any]) -> None:
        """From what the three files say; KeyError, TypeError or ValueError where they say something else."""
        for wish in ("phonemize", "is_uroman"):
            if tokenizer.get(wish, False):
                raise EngineError("tts", f"An MMS voice that wants {wish} cannot be read.")
        self.config = VoiceConfig(
            sample_rate=int(config["sampling_rate"]),
            synthesis=SynthesisConfig(
                noise_scale=float(config["noise_scale"]),
                length_scale=1 / float(config["speaking_rate"]),
                noise_w=float(config["noise_scale_duration"]),
            ),
        )
        self._ids = {letter: int(number) for letter, number in vocab.items() if len(letter) == 1}
        self._blanks = bool(tokenizer.get("add_blank", True))

    def ids(self, text: str) -> Ids:
        letters = spelt(" ".join(normalise_spelling(text).split()), self._ids).strip()
        if not any(letter.isalpha() for letter in letters):
            return as_ids([])
        symbols = [self._ids[letter] for letter in letters]
        return as_ids(apart(symbols, _BLANK) if self._blanks else symbols)
