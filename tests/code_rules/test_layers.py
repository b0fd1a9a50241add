"""Each rule about imports finds what breaks it, names the line, and lets good code pass."""

import pytest

from tests.code_rules import layers
from tests.code_rules.source import CodeBase, Source


def code_base(**files: str) -> CodeBase:
    """Modules by dotted name, `__` for the dot: code_base(inzwa__engines__asr__whisper="import gradio")."""
    return CodeBase(tuple(Source(name.replace("__", "/") + ".py", text) for name, text in files.items()))


def found(rule, **files: str) -> list[str]:
    return [str(violation) for violation in rule(code_base(**files))]


def test_an_import_from_a_higher_layer_is_found_with_file_and_line() -> None:
    said = found(
        layers.imports_point_down,
        inzwa__audio__pcm="x = 1\nfrom inzwa.conversation.session import y",
        inzwa__conversation__session="y = 1",
    )
    assert said == ["inzwa/audio/pcm.py:2: layer 0 imports inzwa.conversation.session from layer 4: imports point down"]


@pytest.mark.parametrize(
    "module",
    [
        "inzwa__conversation__session",
        "inzwa__conversation__pipeline",
        "inzwa__server__websocket__connection",
        "inzwa__server__ui__page",
    ],
)
@pytest.mark.parametrize(
    "engine",
    [
        "inzwa__engines__vad__silero",
        "inzwa__engines__asr__whisper",
        "inzwa__engines__llm__llama",
        "inzwa__engines__tts__vits",
    ],
)
def test_conversation_and_web_may_not_know_an_engine(module: str, engine: str) -> None:
    said = found(layers.imports_point_down, **{module: f"import {engine.replace('__', '.')}", engine: ""})
    assert len(said) == 1
    assert "use inzwa.protocols" in said[0]


@pytest.mark.parametrize(
    "module",
    ["inzwa__conversation__session", "inzwa__conversation__pipeline", "inzwa__server__app", "inzwa__server__ui__page"],
)
def test_conversation_and_web_may_not_know_who_opens_the_engines(module: str) -> None:
    assert (
        len(
            found(
                layers.imports_point_down, **{module: "import inzwa.engines.registry", "inzwa__engines__registry": ""}
            )
        )
        == 1
    )


def test_an_engine_may_not_know_another_family_but_may_know_its_own() -> None:
    files = {"inzwa__engines__tts__vits": "", "inzwa__engines__asr__mel": ""}
    assert found(layers.imports_point_down, inzwa__engines__asr__whisper="import inzwa.engines.tts.vits", **files)
    assert not found(layers.imports_point_down, inzwa__engines__asr__whisper="import inzwa.engines.asr.mel", **files)


def test_imports_that_point_down_or_sideways_pass() -> None:
    text = "from inzwa.protocols import Engines\nfrom inzwa.conversation.input.endpointing import Edge\nimport numpy"
    assert not found(
        layers.imports_point_down,
        inzwa__conversation__session=text,
        inzwa__protocols="",
        inzwa__conversation__endpointing="",
    )


def test_a_relative_import_counts_too() -> None:
    said = found(
        layers.imports_point_down,
        inzwa__engines__asr__whisper="from ...conversation.session import Session",
        inzwa__conversation__session="",
    )
    assert len(said) == 1


def test_the_whole_package_does_not_lend_its_layer_to_an_unknown_module() -> None:
    said = found(
        layers.every_module_has_a_layer, inzwa__helper="", inzwa__engines__asr__new="", inzwa__errors="", app=""
    )
    assert said == ["inzwa/helper.py:1: inzwa.helper has no layer: add it to LAYERS"]


def test_a_cycle_is_found_from_each_of_its_members() -> None:
    files = {"inzwa__audio__pcm": "import inzwa.events", "inzwa__events": "import inzwa.errors", "inzwa__errors": ""}
    assert not found(layers.no_import_cycles, **files)
    assert len(found(layers.no_import_cycles, **files | {"inzwa__errors": "import inzwa.audio.pcm"})) == 3


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    import inzwa.audio.pcm",
        "class C:\n    from inzwa.audio.pcm import Sound",
        "async def f():\n    if True:\n        from inzwa.audio import pcm",
        "import importlib\ndef f(x): importlib.import_module(x)",
        "from importlib import import_module as load\nload('inzwa.audio.pcm')",
        "__import__('inzwa.audio.pcm')",
    ],
)
def test_a_late_or_hidden_import_of_our_own_is_found(text: str) -> None:
    assert len(found(layers.own_modules_are_imported_at_the_top, inzwa__cli__main=text, inzwa__audio__pcm="")) == 1


def test_imports_at_the_top_and_late_strangers_pass() -> None:
    text = "if True:\n    import inzwa.audio.pcm\ndef f():\n    import json"
    assert not found(layers.own_modules_are_imported_at_the_top, inzwa__cli__main=text, inzwa__audio__pcm="")


@pytest.mark.parametrize("library", ["faster_whisper", "ctranslate2", "llama_cpp", "onnxruntime", "gradio"])
def test_a_heavy_library_in_the_wrong_package_is_found_even_inside_a_function(library: str) -> None:
    rule = layers.heavy_libraries_stay_in_their_packages
    assert len(found(rule, inzwa__conversation__session=f"def f():\n    import {library}")) == 1
    assert len(found(rule, inzwa__audio__pcm=f"from {library}.part import thing")) == 1


def test_heavy_libraries_pass_where_they_are_needed() -> None:
    assert not found(
        layers.heavy_libraries_stay_in_their_packages,
        inzwa__engines__asr__whisper="import ctranslate2, faster_whisper",
        inzwa__engines__llm__llama="import llama_cpp",
        inzwa__engines__tts__vits="import onnxruntime as ort",
        inzwa__server__ui__page="import gradio as gr",
    )


def test_the_web_is_found_below_the_server_and_passes_in_it() -> None:
    rule = layers.only_server_and_cli_know_the_web
    assert (
        len(
            found(
                rule,
                inzwa__engines__asr__whisper="from fastapi import FastAPI",
                inzwa__conversation__session="import starlette",
            )
        )
        == 2
    )
    assert not found(rule, inzwa__server__app="from fastapi import FastAPI", inzwa__cli__main="import uvicorn")


@pytest.mark.parametrize("text", ["import time", "from anyio import sleep", "import onnxruntime", "async def f(): ..."])
def test_what_is_not_pure_is_found_in_pure_modules_only(text: str) -> None:
    assert len(found(layers.pure_modules_stay_pure, inzwa__shona__numbers__cardinals=text)) == 1
    assert not found(layers.pure_modules_stay_pure, inzwa__conversation__session=text)
