"""What can be typed after `python -m inzwa`: commands, their arguments, and where each command is implemented."""

import argparse
from pathlib import Path
from typing import Final, TypeAlias

from inzwa import __version__

STAGES: Final = ("vad", "asr", "llm", "tts")
"""As in inzwa.protocols, which would load numpy."""

EXPORT_FORMATS: Final = ("jsonl", "parquet", "audiofolder")
"""As in inzwa.feedback.export, which would load SQLAlchemy."""

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # argparse has no public name for it


def parser() -> argparse.ArgumentParser:
    """Its result's `run` names the command's function as `module:function`."""
    top = argparse.ArgumentParser(prog="python -m inzwa", description="Inzwa hears Shona and answers aloud.")
    top.add_argument("--version", action="version", version=f"inzwa {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add(commands, "serve", "inzwa.cli.serve:serve", "serve the page, the socket and the API")
    _add(commands, "warmup", "inzwa.cli.check:warmup", "fetch, verify, load and warm every engine once")
    _add(commands, "check", "inzwa.cli.check:check", "what is installed, loaded and hashed, and how fast it is here")
    tune = _add(commands, "tune", "inzwa.cli.tune:tune", "build llama.cpp's kernels for this machine's processor too")
    tune.add_argument("--anew", action="store_true", help="even if they are built already")
    _add(commands, "settings", "inzwa.cli.settings:show_settings", "every setting, its value, and where that came from")
    _add_models(commands)
    _add_eval(commands)
    _add_feedback(commands)
    _add_speech(commands)
    _add_remote(commands)
    for name, run, meaning in (
        ("spoken", "inzwa.cli.text:spoken", "a text as it is said: digits, signs and abbreviations in words"),
        ("ipa", "inzwa.cli.text:ipa", "a text in the International Phonetic Alphabet"),
    ):
        _add(commands, name, run, meaning).add_argument("text", help="the text, or - for lines from standard input")
    return top


def _add_speech(commands: Commands) -> None:
    say = _add(commands, "say", "inzwa.cli.speech:say", "speak a text into a sound file")
    say.add_argument("text")
    say.add_argument("-o", "--output", type=Path, required=True, help="a .wav, .flac or .ogg file to write")
    say.add_argument("--voice", default="", help="which, where the model has several; a wrong name lists them all")
    say.add_argument("--speed", type=float, default=None, help="0.5 to 2; 1 is the voice's own pace")
    hear = _add(commands, "hear", "inzwa.cli.speech:hear", "write down what is said in a sound file")
    hear.add_argument("file", type=Path, help="WAV, MP3, M4A, AAC, OGG, FLAC, WebM, 3GP and others")
    hear.add_argument("--json", action="store_true", help="one object a line: start_ms, end_ms, text")


def _add_remote(commands: Commands) -> None:
    talk = _add(
        commands, "talk", "inzwa.cli.talk:talk", "send a sound file through a running server, and save the reply"
    )
    talk.add_argument("file", type=Path)
    talk.add_argument("-o", "--output", type=Path, default=Path("reply.wav"), help="where the reply goes")
    talk.add_argument("--pace", action="store_true", help="send as fast as it was spoken, not as fast as it goes")
    talk.add_argument("--json", action="store_true", help="print events as JSON lines only")
    exchange = _add(
        commands, "exchange", "inzwa.cli.exchange:exchange", "put another model in a stage's place on a running server"
    )
    exchange.add_argument("stage", choices=STAGES)
    exchange.add_argument("model", help="a name from `models`, or where it is: hf:org/repo@rev/file, file:/path")
    for command in (talk, exchange):
        command.add_argument(
            "--url", help="the server, http(s) or ws(s), with or without /ws/audio; this machine's own when left out"
        )


def _add_models(commands: Commands) -> None:
    everything = "the models: list, fetch, pull, update, verify, remove, export-coqui, keygen, sign"
    models = _add(commands, "models", "inzwa.cli.models:list_models", everything)
    actions = models.add_subparsers(metavar="ACTION")
    _add(actions, "list", "inzwa.cli.models:list_models", "names, sizes, licences, and what is here")
    for name, run, meaning in (
        ("fetch", "fetch_models", "fetch and verify; the ones in use when none is named"),
        ("pull", "pull_models", "fetch and verify; the best of the Hugging Face Hub when none is named"),
        ("update", "update_models", "fetch what the Hub has now, and lock it from now on"),
        ("verify", "verify_models", "hash every file again; all that are here when none is named"),
        ("remove", "remove_models", "delete from the cache"),
    ):
        action = _add(actions, name, f"inzwa.cli.models:{run}", meaning)
        action.add_argument("names", nargs="+" if name in ("remove", "update") else "*", metavar="NAME")
        if name == "verify":
            action.add_argument("--keys", type=Path, help="and that one of these public keys has signed for them")
    coqui = _add(actions, "export-coqui", "inzwa.cli.export:export_coqui", "a Coqui VITS checkpoint as a voice in ONNX")
    coqui.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="its weights, .pth; opened as weights alone")
    coqui.add_argument("config", type=Path, metavar="CONFIG", help="its config.json, speakers.json and such beside it")
    coqui.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="a folder that is made")
    keygen = _add(
        actions, "keygen", "inzwa.cli.models:make_keys", "make an Ed25519 key to sign with, and FILE.pub to trust"
    )
    keygen.add_argument("file", type=Path, metavar="FILE")
    sign = _add(actions, "sign", "inzwa.cli.models:sign_models", "hash every file again and sign for what is found")
    sign.add_argument("models", nargs="+", metavar="NAME|FOLDER")
    sign.add_argument("--key", type=Path, required=True, help="the private key, as `models keygen` or openssl makes it")
    sign.add_argument("--name", default="", help="what the model is called where it is used: file:/another/folder")


def _add_eval(commands: Commands) -> None:
    measure = _add(
        commands, "eval", "inzwa.cli.evaluate:eval_asr", "measure the recogniser, the voice or the reading of texts"
    )
    actions = measure.add_subparsers(metavar="WHAT", required=True)
    asr = _add(actions, "asr", "inzwa.cli.evaluate:eval_asr", "error rates of the recogniser on recordings")
    asr.add_argument("manifest", type=Path, nargs="?", help="TSV or JSONL: a sound file and its text a line")
    asr.add_argument("--dataset", choices=["fleurs"], help="instead: Shona read aloud, from the Hugging Face Hub")
    asr.add_argument(
        "--feedback",
        nargs="?",
        const="",
        metavar="DIR",
        help="instead: evaluators' recordings whose text a person has read or corrected; of the store, or of an export",
    )
    asr.add_argument("--part", choices=["train", "dev", "test"], default="test", help="of the dataset (test)")
    tts = _add(
        actions,
        "tts",
        "inzwa.cli.evaluate:eval_tts",
        "how the voice sounds and how much of it the recogniser understands",
    )
    tts.add_argument("file", type=Path, help="a sentence a line")
    text = _add(actions, "text", "inzwa.cli.evaluate:eval_text", "what is made of a text to say it, and how fast")
    text.add_argument("file", type=Path, help="any text in UTF-8")
    for name, action in (("asr", asr), ("tts", tts), ("text", text)):
        folder = Path("out", f"eval-{name}")
        action.add_argument("-o", "--output", type=Path, default=folder, help=f"folder for the report ({folder})")
        action.add_argument("--limit", type=int, help="the first so many")
    for action in (asr, tts):
        action.add_argument("--fold", action="store_true", help="count vese and vose, nokuti and nekuti as one word")
        action.add_argument("--fresh", action="store_true", help="forget what an earlier run has left in the folder")
        action.add_argument("--seed", type=int, default=1, help="of the intervals (1)")


def _add_feedback(commands: Commands) -> None:
    everything = "what evaluators gave: export, push, restore, report, add-items, withdraw"
    feedback = _add(commands, "feedback", "inzwa.cli.feedback:export", everything)
    actions = feedback.add_subparsers(metavar="ACTION", required=True)
    export = _add(actions, "export", "inzwa.cli.feedback:export", "write it as a dataset with its card")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="a folder that is made")
    export.add_argument("--format", choices=EXPORT_FORMATS, default="jsonl", help="of the tables (jsonl)")
    for name, meaning in (
        ("push", "bring the dataset on the Hugging Face Hub up to date; a new one is private"),
        ("restore", "read that dataset back into an empty store"),
    ):
        action = _add(actions, name, f"inzwa.cli.feedback:{name}", meaning)
        action.add_argument("dataset", nargs="?", metavar="ORG/NAME", help="INZWA_FEEDBACK_DATASET when left out")
        if name == "push":
            action.add_argument("--public", action="store_true", help="even if that dataset is public")
    report = _add(actions, "report", "inzwa.cli.feedback_report:report", "figures with intervals, as one HTML page")
    report.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.html", help="the page")
    add = _add(actions, "add-items", "inzwa.cli.feedback_items:add_items", "add clips, replies or sentences to judge")
    add.add_argument("file", type=Path, metavar="FILE.jsonl", help="as inzwa/feedback/tasks/organised.py says")
    withdraw = _add(actions, "withdraw", "inzwa.cli.feedback:withdraw", "delete everything of one contributor")
    withdraw.add_argument("code", metavar="CODE", help="the withdrawal code that the contributor was shown")


def _add(commands: Commands, name: str, run: str, meaning: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}.")
    command.set_defaults(run=run)
    return command
