"""The front end of Coqui voices: the characters of config.json, letters or IPA, with blanks where trained so.

The format is that of coqui-tts (github.com/idiap/coqui-ai-TTS): a symbol's id is its place in a list that is made of
`characters` in an order that depends on `characters_class`.
"""

from collections.abc import Mapping
from typing import Any, Final

from inzwa.engines.tts.text.frontend import Ids, SynthesisConfig, VoiceConfig, apart, as_ids, shona_or_first, spelt
from inzwa.engines.tts.text.symbols import Accent, accent_for
from inzwa.shona.phonology.ipa import ipa
from inzwa.shona.phonology.orthography import normalise_spelling

_OF_VITS: Final = "VitsCharacters"
_OF_IPA: Final = "IPAPhonemes"
_BLANK: Final = "<BLNK>"


class CoquiFrontend:
    """Text to characters to ids."""

    def __init__(self, config: Mapping[str, Any], speakers: Mapping[str, int], languages: Mapping[str, int]) -> None:
        """From config.json and the names and ids of speakers and languages.

        KeyError, TypeError or ValueError where they say something else than Coqui does; EngineError for IPA of a
        language without an accent.
        """
        characters = config["characters"]
        self._ids = {symbol: number for number, symbol in enumerate(symbol_list(config))}
        self._blank = self._ids[characters.get("blank") or characters["pad"]] if config.get("add_blank") else None
        framed = bool(config.get("enable_eos_bos_chars"))
        self._frame = [[self._ids[characters[name]]] if framed else [] for name in ("bos", "eos")]
        self._accent = _accent(config)
        self.config = VoiceConfig(
            sample_rate=int(config["audio"]["sample_rate"]),
            synthesis=_synthesis(config.get("model_args") or {}, self._accent, speakers, languages),
            speakers=dict(speakers),
        )

    def ids(self, text: str) -> Ids:
        symbols = self._accent.symbols(ipa(text)) if self._accent else " ".join(normalise_spelling(text).split())
        letters = spelt(symbols, self._ids).strip()
        if not any(letter.isalpha() for letter in letters):
            return as_ids([])
        ids = [self._ids[letter] for letter in letters]
        begin, end = self._frame
        return as_ids([*begin, *(ids if self._blank is None else apart(ids, self._blank)), *end])


def symbol_list(config: Mapping[str, Any]) -> list[str]:
    """Every symbol in the order of its id; of two that are alike the later counts."""
    characters = config["characters"]
    kind = (characters.get("characters_class") or (_OF_IPA if config.get("use_phonemes") else "")).split(".")[-1]
    letters, phonemes = characters["characters"], characters.get("phonemes") or ""
    if kind == _OF_VITS:
        return [characters["pad"], *characters["punctuations"], *letters, *phonemes, _BLANK]
    letters = phonemes if kind == _OF_IPA and phonemes else letters
    letters = dict.fromkeys(letters) if characters.get("is_unique") else letters
    letters = sorted(letters) if characters.get("is_sorted", True) else letters
    special = (characters.get(name) for name in ("pad", "eos", "bos", "blank"))
    return [*filter(None, special), *letters, *characters["punctuations"]]


def _accent(config: Mapping[str, Any]) -> Accent | None:
    """How the voice's language says Shona, where it reads IPA; None where it reads letters."""
    return accent_for(str(config["phoneme_language"]).split("-")[0]) if config.get("use_phonemes") else None


def _synthesis(
    model_args: Mapping[str, Any], accent: Accent | None, speakers: Mapping[str, int], languages: Mapping[str, int]
) -> SynthesisConfig:
    return SynthesisConfig(
        noise_scale=float(model_args.get("inference_noise_scale", 0.667)),
        length_scale=float(model_args.get("length_scale", 1.0)) * (accent.stretch if accent else 1.0),
        noise_w=float(model_args.get("inference_noise_scale_dp", 1.0)),
        speaker=min(speakers.values(), default=0),
        language=shona_or_first(languages),
    )
