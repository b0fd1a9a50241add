"""Neither the start nor a call of the page loads pandas; whoever uses it has all of it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[3]

CALL = """
from inzwa.process import prepare_process

prepare_process()

from gradio_client import Client
from tests.browser.site import open_site
from tests.serving import scripted_engines

with open_site(scripted_engines()) as site:
    client = Client(site.url, verbose=False)
    assert client.predict(message="Mhoro", api_name="/chat") == "Ndiripo, makadiiwo?"
    client.predict(text="Mhoro", api_name="/say")
    client.close()
"""

UNUSED = """
import sys
from inzwa.server.ui.deferred_pandas import DeferredPandas

assert isinstance(sys.modules["pandas"], DeferredPandas)
assert "pandas.core" not in sys.modules
"""

USE = """
import pandas

assert pandas.DataFrame({"a": [1, 2]}).shape == (2, 1)
import pandas as again
from pandas.io.formats.style import Styler

assert again is sys.modules["pandas"] is sys.modules[Styler.__module__.partition(".")[0]]
assert not isinstance(again, DeferredPandas)
"""

AT_ONCE = """
import pandas
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(8) as threads:
    found = list(threads.map(lambda name: getattr(pandas, name), ["DataFrame", "Series", "concat", "NaT"] * 4))
assert len(set(map(id, found))) == 4
"""


@pytest.mark.parametrize("program", [CALL + UNUSED, "import inzwa.server.app\n" + UNUSED + USE, UNUSED + AT_ONCE])
def test_pandas_is_loaded_when_it_is_used(program):
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
