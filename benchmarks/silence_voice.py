"""A voice that says a scripted turn whole and then pauses inside it: benchmarks.silence_speech says where."""

from collections.abc import Sequence

import numpy as np

from benchmarks.silence_speech import (
    FILLERS,
    LENGTHENED,
    VOWEL,
    Kind,
    Script,
    Speaker,
    Turn,
    chosen,
    in_a_room,
    pause_ms,
    unmarked,
    with_pauses,
)
from inzwa.audio.pcm import INPUT_RATE, Sound, resample
from inzwa.engines.onnx_session import open_session
from inzwa.engines.tts.chunked_voice import inputs_for, run
from inzwa.engines.tts.text.frontend import SynthesisConfig
from inzwa.engines.tts.text.piper import read_piper_config
from inzwa.engines.tts.text.symbols import accent_for
from inzwa.engines.tts.vits_graph import split_vits
from inzwa.formats.onnx_graph import read_graph
from inzwa.models.local_model import LocalModel
from inzwa.shona.phonology.ipa import ipa


class PausingVoice:
    """A VITS voice whose durations are read, and stretched, before it says them."""

    def __init__(self, model: LocalModel, threads: int = 1) -> None:
        self._config = read_piper_config(model.path(".onnx.json"))
        self._accent = accent_for(self._config.language)
        graph = read_graph(model.path(".onnx").read_bytes())
        parts = split_vits(graph)
        self._seams = parts.seams
        self._durations = next(node.outputs[0] for node in graph.nodes if node.op == "Ceil")
        noise = [self._seams.duration_noise] if self._seams.duration_noise else []
        joins = read_graph(parts.text).outputs
        self._first = open_session(graph.cut([*graph.inputs, *noise], [self._durations]), threads=threads)
        self._text = open_session(graph.cut([*graph.inputs, *noise, self._durations], joins), threads=threads)
        self._flow, self._decoder = (open_session(part, threads=threads) for part in (parts.flow, parts.decoder))

    def say(self, script: Script, speaker: Speaker, chance: np.random.Generator) -> Turn:
        """The sentence as this speaker says it this time."""
        pieces, kinds = chosen(script, chance)
        symbols = [piece if script.symbols else self._accent.symbols(ipa(piece)) for piece in pieces]
        for at, kind in enumerate(kinds):
            symbols[at] += f" {FILLERS[script.language]}" if kind == "filler" else ""
        sound, borders = self._spoken(symbols, kinds, speaker, chance)
        lengths = [pause_ms(kind, speaker, chance) for kind in kinds]
        sound, pauses = with_pauses(sound, borders, list(zip(kinds, lengths, strict=True)))
        return in_a_room(Turn(unmarked(script.text), script.language, sound, pauses), chance)

    def _spoken(
        self, pieces: Sequence[str], kinds: Sequence[Kind], speaker: Speaker, chance: np.random.Generator
    ) -> tuple[Sound, list[int]]:
        """The sound at 16 kHz and the samples at which the pieces meet."""
        config, seams = self._config, self._seams
        scale = config.length_scale * self._accent.stretch * speaker.pitch / speaker.speed
        synthesis = SynthesisConfig(config.noise_scale, scale, config.noise_w)
        ids = config.encode(" ".join(pieces))
        feed = inputs_for(ids, synthesis)
        if seams.duration_noise:
            feed[seams.duration_noise] = chance.standard_normal((1, 2, ids.shape[1]), dtype=np.float32)
        (durations,) = run(self._first, feed).values()
        borders, vowels = self._places(pieces)
        for vowel, kind in zip(vowels, kinds, strict=True):
            if kind in ("hesitation", "filler"):
                durations[..., vowel] = np.ceil(durations[..., vowel] * chance.uniform(*LENGTHENED))
        made = run(self._text, feed | {self._durations: durations})
        made[seams.flow_noise] = chance.standard_normal(made[seams.mean].shape, dtype=np.float32)
        latent = run(self._flow, made) | {name: made[name] for name in seams.speaker}
        (sound,) = run(self._decoder, latent).values()
        ends = np.cumsum(durations.reshape(-1)) * seams.hop * INPUT_RATE / (config.sample_rate * speaker.pitch)
        spoken = resample(sound.ravel(), round(config.sample_rate * speaker.pitch), INPUT_RATE)
        return spoken, [int(ends[at]) for at in borders]

    def _places(self, pieces: Sequence[str]) -> tuple[list[int], list[int]]:
        """The ids at which all pieces but the last end, and the last vowel of each."""
        borders, vowels, count = list[int](), list[int](), 1
        for piece in pieces[:-1]:
            vowels.append(count)
            for symbol in piece:
                if symbol in self._config.ids:
                    count += 1 + len(self._config.ids[symbol])
                    vowels[-1] = count - 1 if VOWEL.match(symbol) else vowels[-1]
            borders.append(count)
            count += 2
        return borders, vowels
