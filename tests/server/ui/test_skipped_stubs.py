"""Gradio's import writes no type stubs, and its components work as before."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

IMPORT = """
import ast, sys
parsed = []
real = ast.parse
ast.parse = lambda source, *others, **named: (parsed.append(source), real(source, *others, **named))[1]
{first}
import gradio
from gradio import component_meta

assert component_meta.__file__.endswith("component_meta.py")
assert gradio.Textbox(value="Mhoro").value == "Mhoro"
print(sum("class Textbox" in source for source in parsed if isinstance(source, str)))
"""


@pytest.mark.processes
@pytest.mark.parametrize(("first", "parsed"), [("", 2), ("import inzwa.server.ui", 0)])
def test_components_are_not_parsed_again_at_each_start(first: str, parsed: int) -> None:
    program = IMPORT.format(first=first)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == parsed
