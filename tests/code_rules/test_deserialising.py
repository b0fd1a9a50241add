"""The rule about code out of files finds what breaks it, and lets good code pass."""

import pytest

from tests.code_rules.deserialising import nothing_runs_code_out_of_a_file
from tests.code_rules.source import CodeBase, Source


def found(text: str) -> list[str]:
    return [str(each) for each in nothing_runs_code_out_of_a_file(CodeBase((Source("inzwa/models/x.py", text),)))]


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from joblib import load",
        "def f():\n    import torch.serialization",
        "import numpy as np\nnp.load('a.npy')",
        "from numpy import load as read\nread('a.npz')",
        "import soundfile\nsoundfile.read('x', allow_pickle=True)",
        "eval('1')",
        "exec(compile('1', '', 'exec'))",
        "import jinja2\njinja2.Environment()",
        "from jinja2.sandbox import SandboxedEnvironment\nSandboxedEnvironment()",
    ],
)
def test_what_makes_code_of_data_is_found(text: str) -> None:
    assert found(text)


WEIGHTS = {
    "torch.load('a', weights_only=True)": True,
    "torch.load('a')": False,
    "torch.load('a', weights_only=False)": False,
    "torch.load('a', weights_only=alone)": False,
}


@pytest.mark.parametrize("call", WEIGHTS)
def test_the_export_opens_checkpoints_as_weights_alone(call: str) -> None:
    module = Source("inzwa/export/coqui.py", f"def f():\n    import torch\n    {call}")
    assert (not list(nothing_runs_code_out_of_a_file(CodeBase((module,))))) is WEIGHTS[call]


@pytest.mark.parametrize(
    "text",
    [
        "import json\njson.loads('{}')",
        "import re\nre.compile('a')",
        "import numpy as np\nnp.fromfile('a', '<f4')",
        "from jinja2.sandbox import ImmutableSandboxedEnvironment\nImmutableSandboxedEnvironment()",
        "class Model:\n    def eval(self): ...\nModel().eval()",
    ],
)
def test_what_reads_data_passes(text: str) -> None:
    assert not found(text)
