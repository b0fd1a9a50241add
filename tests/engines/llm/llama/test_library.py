"""Which build of llama.cpp is tried, and which are refused."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inzwa.engines.llm.llama import library as subject
from inzwa.engines.llm.llama.library import LIBRARY, Library, bindings_version, package_folder, tuned_folder
from inzwa.hardware.processor import this_processor

HERE = Path(subject.__file__).parents[4]


def in_process(code: str, *options: str) -> str:
    """What a fresh process prints: this one may have loaded a library already."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code], cwd=HERE, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def names(wanted: str, cache: Path) -> list[str]:
    code = (
        "from pathlib import Path; from inzwa.engines.llm.llama.library import libraries;"
        f"print(*(each.name for each in libraries({wanted!r}, Path({str(cache)!r}))))"
    )
    return in_process(code).split()


def test_the_build_for_this_processor_comes_before_the_portable_one(tmp_path):
    folder = tuned_folder(tmp_path, this_processor())
    folder.mkdir(parents=True)
    (folder / LIBRARY).touch()
    assert names("auto", tmp_path)[:2] == ["tuned", "portable"]
    assert names("portable", tmp_path)[:2] == ["portable", "tuned"]


def test_a_build_for_another_processor_is_not_looked_at(tmp_path):
    other = tmp_path / "llama.cpp" / f"{bindings_version()}-0123456789abcdef"
    other.mkdir(parents=True)
    (other / LIBRARY).touch()
    assert "tuned" not in names("auto", tmp_path)


def test_a_folder_that_is_named_is_tried_first(tmp_path):
    assert names(str(tmp_path), tmp_path)[0] == str(tmp_path)


def test_where_nothing_is_installed_the_error_says_what_to_do(tmp_path):
    code = (
        "from pathlib import Path; from inzwa.errors import EngineUnfit\n"
        "from inzwa.engines.llm.llama.library import libraries\n"
        f"try: libraries('auto', Path({str(tmp_path)!r}))\n"
        "except EngineUnfit as error: print(error.message)"
    )
    said = in_process(code, "-S")  # without site-packages
    assert said.startswith("llama.cpp is not installed here. `make setup` builds it; without a compiler: pip install")


def load(folder: Path, then: str = "") -> str:
    """Load libllama.so from this folder: the error, or nothing."""
    return in_process(
        "from pathlib import Path\n"
        "from inzwa.errors import EngineUnfit\n"
        "from inzwa.engines.llm.llama.library import Library, load_library, loaded_file\n"
        f"try: load_library(Library('mine', Path({str(folder)!r}) / 'libllama.so'))\n"
        "except EngineUnfit as error: print(error.message)\n" + then
    )


def test_a_library_is_loaded_from_the_folder_that_was_chosen(tmp_path):
    portable = package_folder("llama_cpp") / "lib"
    mine = shutil.copytree(portable, tmp_path / "mine")
    assert load(mine, "print(loaded_file())") == str(mine / LIBRARY)


def test_a_second_library_is_refused_and_the_first_goes_on(tmp_path):
    portable = package_folder("llama_cpp") / "lib"
    again = (
        f"try: load_library(Library('other', Path({str(tmp_path)!r}) / 'libllama.so'))\n"
        "except EngineUnfit as error: print(error.message)"
    )
    assert load(portable, again).endswith("restart it for another.")


@pytest.mark.parametrize("content", [b"", b"no library", None])
def test_a_file_that_is_no_library_is_an_engine_error(tmp_path, content):
    if content is not None:
        (tmp_path / LIBRARY).write_bytes(content)
    assert load(tmp_path).startswith("llama.cpp's mine library cannot be loaded: ")


def test_after_a_library_that_failed_another_can_be_loaded(tmp_path):
    portable = package_folder("llama_cpp") / "lib"
    second = f"load_library(Library('portable', Path({str(portable)!r}) / 'libllama.so')); print('loaded')"
    assert load(tmp_path, second).endswith("loaded")


def test_a_library_of_another_layout_is_refused(tmp_path):
    source = tmp_path / "other.c"
    source.write_text("int llama_anything(void) { return 0; }")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "other.abi3.so", source], check=True, timeout=60)
    refused = in_process(
        "from pathlib import Path\n"
        "from inzwa.errors import EngineUnfit\n"
        "from inzwa.engines.llm.llama.library import Library, load_library\n"
        f"try: load_library(Library('prebuilt', Path({str(tmp_path / 'other.abi3.so')!r})))\n"
        "except EngineUnfit as error: print(error.message)"
    )
    assert "prebuilt library cannot be loaded" in refused


def test_a_librarys_files_are_all_shared_objects_beside_it(tmp_path):
    for name in (LIBRARY, "libggml-cpu.so.0", "readme"):
        (tmp_path / name).touch()
    assert [file.name for file in Library("mine", tmp_path / LIBRARY).files] == ["libggml-cpu.so.0", LIBRARY]
    assert Library("prebuilt", tmp_path / "one.abi3.so").files == (tmp_path / "one.abi3.so",)
