"""What the figures in docs/measuring.md come from. Needs requirements-eval.txt: `make setup-eval`."""

import os
from importlib.util import find_spec
from typing import Final

from inzwa.process import prepare_process

ENVIRONMENT: Final = dict(os.environ)
"""As this process was started: what the servers that are measured are started with."""

prepare_process()
if missing := [name for name in ("matplotlib", "playwright", "psutil", "rapidfuzz") if find_spec(name) is None]:
    raise SystemExit(f"Benchmarks need {', '.join(missing)}: make setup-eval, or pip install -r requirements-eval.txt")
