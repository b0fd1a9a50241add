"""python -m inzwa: what there is to type. What a command does stands in commands/, loaded when it is chosen."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from pkgutil import resolve_name

from inzwa import __version__
from inzwa.errors import InzwaError, SettingsError
from inzwa.protocols import STAGES
from inzwa.settings import load_settings


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 when it did not, 2 when what was typed or set cannot be.

    `environment` stands in for the process's own and its `.env` file.
    """
    parsed = _parser().parse_args(arguments)
    try:
        return resolve_name(f"inzwa.cli.{parsed.run}")(parsed, load_settings(environment)) or 0
    except SettingsError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    except InzwaError as error:
        sys.stderr.write(f"{error.code}: {error.message}\n")
        return 1
    except BrokenPipeError:  # who reads us has read enough; Python shall not complain of it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inzwa", description="Inzwa hears Shona and answers aloud.")
    parser.add_argument("--version", action="version", version=f"inzwa {__version__}")
    group = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add(group, "serve", "remote:serve", "serve the page, the socket and the API")
    _add(group, "warmup", "engines:warmup", "fetch, prove, load and warm every engine once")
    _add(group, "check", "engines:check", "what is installed, loaded and hashed, and how fast it is here")
    tune = _add(group, "tune", "tune:tune", "build llama.cpp's kernels for this machine's processor too")
    tune.add_argument("--anew", action="store_true", help="even if they are built already")
    _add(group, "settings", "text:settings", "every setting, its value, and where that came from")
    _add_models(group)
    _add_eval(group)
    say = _add(group, "say", "engines:say", "speak a text into a sound file")
    say.add_argument("text")
    say.add_argument("-o", "--output", type=Path, required=True, help="a .wav, .flac or .ogg file to write")
    say.add_argument("--voice", default="", help="which, where the model has several; a wrong name is told them all")
    say.add_argument("--speed", type=float, default=None, help="0.5 to 2; 1 is the voice's own pace")
    hear = _add(group, "hear", "engines:hear", "write down what is said in a sound file")
    hear.add_argument("file", type=Path)
    hear.add_argument("--json", action="store_true", help="one object a line: start_ms, end_ms, text")
    talk = _add(group, "talk", "remote:talk", "send a sound file through a running server, and save the reply")
    talk.add_argument("file", type=Path)
    talk.add_argument("--url", default=None, help="the server; this machine's own when left out")
    talk.add_argument("-o", "--output", type=Path, default=Path("reply.wav"), help="where the reply goes")
    talk.add_argument("--pace", action="store_true", help="send as fast as it was spoken, not as fast as it goes")
    talk.add_argument("--json", action="store_true", help="print events as JSON lines only")
    exchange = _add(group, "exchange", "remote:exchange", "put another model in a stage's place on a running server")
    exchange.add_argument("stage", choices=STAGES)
    exchange.add_argument("model", help="a name from `models`, or where it is: hf:org/repo@rev/file, file:/path")
    exchange.add_argument("--url", default=None, help="the server; this machine's own when left out")
    for name, run, meaning in (
        ("spoken", "text:spoken", "a text as it is said: digits, signs and abbreviations in words"),
        ("ipa", "text:ipa", "a text in the International Phonetic Alphabet"),
    ):
        _add(group, name, run, meaning).add_argument("text", help="the text, or - for lines from standard input")
    return parser


def _add_models(group: argparse._SubParsersAction) -> None:
    everything = "the models: list, fetch, pull, update, verify, remove, export-coqui, keygen, sign"
    models = _add(group, "models", "models:list_models", everything)
    actions = models.add_subparsers(metavar="ACTION")
    _add(actions, "list", "models:list_models", "names, sizes, licences, and what is here")
    for name, run, meaning in (
        ("fetch", "models:fetch_models", "fetch and prove; the ones in use when none is named"),
        ("pull", "models:pull_models", "fetch and prove; the best of the Hugging Face Hub when none is named"),
        ("update", "models:update_models", "take what the Hub has now, and hold to it from now on"),
        ("verify", "models:verify_models", "hash every file again; all that are here when none is named"),
        ("remove", "models:remove_models", "delete from the cache"),
    ):
        action = _add(actions, name, run, meaning)
        action.add_argument("names", nargs="+" if name in ("remove", "update") else "*", metavar="NAME")
        if name == "verify":
            action.add_argument("--keys", type=Path, help="and that one of these public keys has signed for them")
    coqui = _add(actions, "export-coqui", "export:export_coqui", "a Coqui VITS checkpoint as a voice in ONNX")
    coqui.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="its weights, .pth; opened as weights alone")
    coqui.add_argument("config", type=Path, metavar="CONFIG", help="its config.json, speakers.json and such beside it")
    coqui.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="a folder that is made")
    _add(actions, "keygen", "models:make_keys", "make an Ed25519 key to sign with, and FILE.pub to trust").add_argument(
        "file", type=Path, metavar="FILE"
    )
    sign = _add(actions, "sign", "models:sign_models", "hash every file again and sign for what is found")
    sign.add_argument("models", nargs="+", metavar="NAME|FOLDER")
    sign.add_argument("--key", type=Path, required=True, help="the private key, as `models keygen` or openssl makes it")
    sign.add_argument("--name", default="", help="what the model is called where it is used: file:/another/folder")


def _add_eval(group: argparse._SubParsersAction) -> None:
    measure = _add(group, "eval", "evaluate:hear", "measure the recogniser, the voice or the reading of texts")
    actions = measure.add_subparsers(metavar="WHAT", required=True)
    asr = _add(actions, "asr", "evaluate:hear", "error rates of the recogniser on recordings")
    asr.add_argument("manifest", type=Path, nargs="?", help="TSV or JSONL: a sound file and its text a line")
    asr.add_argument("--dataset", choices=["fleurs"], help="instead: Shona read aloud, from the Hugging Face Hub")
    asr.add_argument("--part", choices=["train", "dev", "test"], default="test", help="of the dataset (test)")
    tts = _add(actions, "tts", "evaluate:speak", "how the voice sounds and how much of it the recogniser understands")
    tts.add_argument("file", type=Path, help="a sentence a line")
    text = _add(actions, "text", "evaluate:read", "what is made of a text to say it, and how fast")
    text.add_argument("file", type=Path, help="any text in UTF-8")
    for name, action in (("asr", asr), ("tts", tts), ("text", text)):
        folder = Path("out", f"eval-{name}")
        action.add_argument("-o", "--output", type=Path, default=folder, help=f"folder for the report ({folder})")
        action.add_argument("--limit", type=int, help="the first so many")
    for action in (asr, tts):
        action.add_argument("--fold", action="store_true", help="count vese and vose, nokuti and nekuti as one word")
        action.add_argument("--fresh", action="store_true", help="forget what an earlier run has left in the folder")
        action.add_argument("--seed", type=int, default=1, help="of the intervals (1)")


def _add(group: argparse._SubParsersAction, name: str, run: str, meaning: str) -> argparse.ArgumentParser:
    parser = group.add_parser(name, help=meaning, description=meaning[0].upper() + meaning[1:] + ".")
    parser.set_defaults(run=run)
    return parser
