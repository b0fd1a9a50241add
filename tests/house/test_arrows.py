"""Each rule about imports finds what breaks it, names the line, and lets good code pass."""

import pytest

from tests.house import arrows
from tests.house.source import House, Source


def house(**files: str) -> House:
    """Modules by dotted name, `__` for the dot: house(inzwa__asr__whisper="import gradio")."""
    return House(tuple(Source(name.replace("__", "/") + ".py", text) for name, text in files.items()))


def found(rule, **files: str) -> list[str]:
    return [str(violation) for violation in rule(house(**files))]


def test_an_import_from_a_higher_room_is_found_with_file_and_line() -> None:
    said = found(arrows.arrows_point_down, inzwa__audio="x = 1\nfrom inzwa.session import y", inzwa__session="y = 1")
    assert said == ["inzwa/audio.py:2: room 0 imports inzwa.session from room 3: arrows point down"]


@pytest.mark.parametrize("module", ["inzwa__session", "inzwa__pipeline", "inzwa__api__ws", "inzwa__api__ui__page"])
@pytest.mark.parametrize(
    "engine", ["inzwa__vad__silero", "inzwa__asr__whisper", "inzwa__llm__llama", "inzwa__tts__vits"]
)
def test_conversation_and_web_may_not_know_an_engine(module: str, engine: str) -> None:
    said = found(arrows.arrows_point_down, **{module: f"import {engine.replace('__', '.')}", engine: ""})
    assert len(said) == 1
    assert "use protocols.py" in said[0]


@pytest.mark.parametrize("module", ["inzwa__session", "inzwa__pipeline", "inzwa__api__app", "inzwa__api__ui__page"])
def test_conversation_and_web_may_not_know_who_opens_the_engines(module: str) -> None:
    assert len(found(arrows.arrows_point_down, **{module: "import inzwa.engines", "inzwa__engines": ""})) == 1


def test_an_engine_may_not_know_another_family_but_may_know_its_own() -> None:
    files = {"inzwa__tts__vits": "", "inzwa__asr__mel": ""}
    assert found(arrows.arrows_point_down, inzwa__asr__whisper="import inzwa.tts.vits", **files)
    assert not found(arrows.arrows_point_down, inzwa__asr__whisper="import inzwa.asr.mel", **files)


def test_arrows_that_point_down_or_sideways_pass() -> None:
    text = "from inzwa.protocols import Engines\nfrom inzwa.endpoint import Edge\nimport numpy"
    assert not found(arrows.arrows_point_down, inzwa__session=text, inzwa__protocols="", inzwa__endpoint="")


def test_a_relative_import_is_an_arrow_too() -> None:
    said = found(arrows.arrows_point_down, inzwa__asr__whisper="from ..session import Session", inzwa__session="")
    assert len(said) == 1


def test_the_whole_package_does_not_lend_its_room_to_an_unknown_module() -> None:
    said = found(arrows.every_module_has_a_room, inzwa__helper="", inzwa__asr__new="", inzwa__errors="", app="")
    assert said == ["inzwa/helper.py:1: inzwa.helper has no room: add it to the map"]


def test_a_circle_is_found_from_each_of_its_members() -> None:
    files = {"inzwa__audio": "import inzwa.events", "inzwa__events": "import inzwa.errors", "inzwa__errors": ""}
    assert not found(arrows.no_circles, **files)
    assert len(found(arrows.no_circles, **files | {"inzwa__errors": "import inzwa.audio"})) == 3


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    import inzwa.audio",
        "class C:\n    from inzwa.audio import Sound",
        "async def f():\n    if True:\n        from inzwa import audio",
        "import importlib\ndef f(x): importlib.import_module(x)",
        "from importlib import import_module as load\nload('inzwa.audio')",
        "__import__('inzwa.audio')",
    ],
)
def test_a_late_or_hidden_import_of_our_own_is_found(text: str) -> None:
    assert len(found(arrows.own_modules_are_imported_at_the_top, inzwa__cli=text, inzwa__audio="")) == 1


def test_imports_at_the_top_and_late_strangers_pass() -> None:
    text = "if True:\n    import inzwa.audio\ndef f():\n    import json"
    assert not found(arrows.own_modules_are_imported_at_the_top, inzwa__cli=text, inzwa__audio="")


@pytest.mark.parametrize("library", ["faster_whisper", "ctranslate2", "llama_cpp", "onnxruntime", "gradio"])
def test_a_heavy_library_in_the_wrong_room_is_found_even_inside_a_function(library: str) -> None:
    rule = arrows.heavy_libraries_stay_in_their_rooms
    assert len(found(rule, inzwa__session=f"def f():\n    import {library}")) == 1
    assert len(found(rule, inzwa__audio=f"from {library}.part import thing")) == 1


def test_heavy_libraries_pass_where_they_are_needed() -> None:
    assert not found(
        arrows.heavy_libraries_stay_in_their_rooms,
        inzwa__asr__whisper="import ctranslate2, faster_whisper",
        inzwa__llm__llama="import llama_cpp",
        inzwa__tts__vits="import onnxruntime as ort",
        inzwa__api__ui__page="import gradio as gr",
    )


def test_the_web_is_found_below_room_four_and_passes_in_it() -> None:
    rule = arrows.the_web_stays_upstairs
    assert len(found(rule, inzwa__asr__whisper="from fastapi import FastAPI", inzwa__session="import starlette")) == 2
    assert not found(rule, inzwa__api__app="from fastapi import FastAPI", inzwa__cli="import uvicorn")


@pytest.mark.parametrize("text", ["import time", "from anyio import sleep", "import onnxruntime", "async def f(): ..."])
def test_what_is_not_pure_is_found_in_pure_modules_only(text: str) -> None:
    assert len(found(arrows.pure_modules_stay_pure, inzwa__shona__numbers=text)) == 1
    assert not found(arrows.pure_modules_stay_pure, inzwa__session=text)
