"""What the figures in docs/measuring.md come from. Needs requirements-eval.txt: `make setup-eval`."""

from importlib.util import find_spec

from inzwa.process import prepare_process

prepare_process()
if missing := [name for name in ("matplotlib", "playwright", "psutil", "rapidfuzz") if find_spec(name) is None]:
    raise SystemExit(f"Benchmarks need {', '.join(missing)}: make setup-eval, or pip install -r requirements-eval.txt")
