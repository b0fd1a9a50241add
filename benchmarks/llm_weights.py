"""Compares the types in which a language model's weights can be kept: speed, memory, size, and what is lost.

The model is requantised by llama.cpp into each candidate: `auto` is what Inzwa makes of it, `layers/embedding` keeps
the embedding in a type of its own. Speed: processes of their own, in turns, so that a machine whose speed drifts drifts
for all; prompts of 512 tokens, single tokens after 550 of context. Loss, against the file as it came: perplexity, the
divergence of Kullback and Leibler in nats a token, and how often the likeliest token is the same.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.rig.figures import machine, table, write_report
from benchmarks.rig.llama_speed import speed
from inzwa.engines.llm.llama.requantise_loss import LogProbabilities, Loss, Scorer, loss, open_scorer
from inzwa.engines.llm.llama.requantise_run import requantise
from inzwa.engines.llm.llama.requantise_types import EMBEDDINGS, NUMBERS, plan
from inzwa.engines.selection import EMBEDDED, open_store
from inzwa.formats.gguf import read_header
from inzwa.hardware.processor import this_processor
from inzwa.settings import load_settings

CANDIDATES: Final = ("auto", "Q8_0", "Q5_0", "Q4_K_M", "Q4_0", "Q4_0/Q6_K", "IQ4_NL")
ORIGINAL: Final = "as it came"
CHUNK_TOKENS: Final = 512
UNSCORED: Final = 64
"""Tokens at the beginning of each chunk that are context and not counted."""
ENGLISH: Final = (
    "The rains came late this year, and many families in the village planted their maize twice. Rudo's grandmother "
    "says that the birds told her so: the storks did not arrive before the end of November. Every morning the girl "
    "walks to the borehole with a bucket on her head, past the school and the grinding mill. On the way she meets her "
    "friends, and they talk about the football match on Saturday, the price of sugar, and whose brother has found work "
    "in the city. At noon it is too hot to work in the fields, so everybody rests in the shade of the mango tree. "
    "In the evening the radio brings the news, first in English and then in Shona, and the old men argue about it."
)
SHONA: Final = (
    "Mvura yakanonoka kunaya gore rino, uye mhuri zhinji dzomumusha dzakadyara chibage kaviri. Ambuya vaRudo vanoti "
    "shiri ndidzo dzakavaudza. Mangwanani oga oga musikana anofamba kuenda kuchibhorani aine bhagidhi mumusoro, "
    "achipfuura nepachikoro nepachigayo. Munzira anosangana neshamwari dzake, vachitaura nezvomutambo wenhabvu "
    "womusi weMugovera, nezvomutengo weshuga, uye kuti hanzvadzi yani yakawana basa kuguta. Masikati kunopisa "
    "zvokuti hapana anogona kushanda mumunda, saka munhu wese anozorora mumumvuri womuti wemango. Manheru redhiyo "
    "inounza nhau, kutanga neChirungu kozoti neChiShona, uye vakuru vanokakavadzana nezvadzo."
)
"""Ours, for want of a file; a few hundred tokens, so compare with care."""


def make(source: Path, target: Path, candidate: str) -> None:
    """EngineError when llama.cpp refuses; SystemExit when `auto` would change nothing."""
    layers, _, embedding = candidate.partition("/")
    header = read_header(source)
    todo = plan(header, layers, this_processor())
    if todo is None:
        raise SystemExit(f"{source.name} needs no {candidate}")
    types = {name: NUMBERS[embedding] for name in EMBEDDINGS if name in header.shapes} if embedding else {}
    requantise(source, target, todo.mixture, {**todo.types, **types}, threads=1)


def losses(files: Mapping[str, Path], text: str, tokens: int) -> dict[str, tuple[float, Loss]]:
    """Each file's perplexity of the text, and its loss against the first one's."""
    with ExitStack() as stack:
        scorers = {
            name: stack.enter_context(open_scorer(path, longest=CHUNK_TOKENS, threads=1))
            for name, path in files.items()
        }
        parts: dict[str, list[tuple[float, Loss]]] = {name: [] for name in files}
        for chunk in _chunks(scorers[ORIGINAL].vocabulary.tokens(text)[:tokens]):
            reference = _scored(scorers[ORIGINAL], chunk)
            for name, scorer in scorers.items():
                found = _scored(scorer, chunk)
                parts[name].append((_surprise(found, chunk), loss(reference, found)))
    return {name: _joined(found) for name, found in parts.items()}


def _chunks(tokens: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(tokens), CHUNK_TOKENS):
        if len(chunk := tokens[begin : begin + CHUNK_TOKENS]) > 2 * UNSCORED:
            yield chunk


def _scored(scorer: Scorer, chunk: Sequence[int]) -> LogProbabilities:
    """Of the chunk's tokens after the first UNSCORED."""
    return scorer.log_probabilities(chunk)[UNSCORED - 1 : -1]


def _surprise(found: LogProbabilities, chunk: Sequence[int]) -> float:
    return float(-found[np.arange(len(found)), list(chunk[UNSCORED:])].mean())


def _joined(parts: Sequence[tuple[float, Loss]]) -> tuple[float, Loss]:
    counts = [part.tokens for _, part in parts]

    def mean(values: Iterator[float]) -> float:
        return float(np.average(list(values), weights=counts))

    divergence, same = mean(part.divergence for _, part in parts), mean(part.same_choice for _, part in parts)
    return float(np.exp(mean(surprise for surprise, _ in parts))), Loss(sum(counts), divergence, same)


def _in_child(path: Path, threads: Sequence[int]) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.llm_weights", "--child", str(path), "--threads", *map(str, threads)]
    return dict(json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout))


def _texts(asked: Sequence[str]) -> dict[str, str]:
    """Name to text; our own where none is asked for."""
    found = {}
    for each in asked:
        name, _, file = each.rpartition("=")
        found[name or Path(file).stem] = Path(file).read_text(encoding="utf-8")
    return found or {"en": ENGLISH, "sn": SHONA}


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", nargs="*", metavar="NAME=FILE", help="text to score, e.g. sn=news.txt; else our own")
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file; else the small model")
    parser.add_argument("--candidates", nargs="+", default=list(CANDIDATES), metavar="TYPE")
    parser.add_argument("--tokens", type=int, default=2048, help="of each text at most")
    parser.add_argument("--rounds", type=int, default=3, help="of speed; 0 leaves it out")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2], help="more than one needs an idle machine")
    parser.add_argument("--without-loss", action="store_true")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where to make the files, and leave them")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _made(folder: Path, source: Path, candidates: Sequence[str]) -> dict[str, Path]:
    """The files by the candidate's name, the one as it came first."""
    files = {ORIGINAL: source}
    for candidate in candidates:
        files[candidate] = folder / f"{source.stem}-{candidate.replace('/', '+')}.gguf"
        if not files[candidate].exists():
            make(source, files[candidate], candidate)
    return files


def _speeds(files: Mapping[str, Path], rounds: int, threads: Sequence[int]) -> dict[str, dict[str, float]]:
    """The median of each figure, by file; nothing without a round."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in files}
    for _ in range(rounds):
        for name, path in files.items():
            found[name].append(_in_child(path, threads))
    return {
        name: {title: statistics.median(run[title] for run in runs) for title in runs[0]} if runs else {}
        for name, runs in found.items()
    }


def main(argv: Sequence[str] | None = None) -> None:
    arguments = _arguments(argv)
    if arguments.child:
        print(json.dumps(speed(arguments.child, arguments.threads)))
        return
    where = machine()
    source = arguments.model or open_store(load_settings({})).fetch(EMBEDDED["llm"]).path(".gguf")
    texts = {} if arguments.without_loss else _texts(arguments.texts)
    with ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        files = _made(folder, source, arguments.candidates)
        sizes = {name: path.stat().st_size / 1e6 for name, path in files.items()}
        speeds = _speeds(files, arguments.rounds, arguments.threads)
        lost = {name: losses(files, text, arguments.tokens) for name, text in texts.items()}
    print(f"{where['processor']}; {source.name}; tokens a second, median of {arguments.rounds} rounds")
    rows = [(name, sizes[name], *speeds[name].values()) for name in files]
    print(table(("weights", "MB", *speeds[ORIGINAL]), rows))
    for text, by_file in lost.items():
        print(f"\n{text}: {by_file[ORIGINAL][1].tokens} tokens")
        rows = [_row(name, *found) for name, found in by_file.items()]
        print(table(("weights", "perplexity", "nats a token", "same choice"), rows))
    if arguments.json:
        found = {"mb": sizes, "speed": speeds, "loss": {text: _plain(each) for text, each in lost.items()}}
        write_report(arguments.json, "llm_weights", where, vars(arguments), found)


def _row(name: str, perplexity: float, found: Loss) -> tuple[str, ...]:
    return name, f"{perplexity:.2f}", f"{found.divergence:.4f}", f"{100 * found.same_choice:.1f} %"


def _plain(by_file: Mapping[str, tuple[float, Loss]]) -> dict[str, dict[str, float]]:
    return {name: {"perplexity": perplexity, **asdict(found)} for name, (perplexity, found) in by_file.items()}


if __name__ == "__main__":
    main()
