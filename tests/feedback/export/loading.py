"""What `datasets` makes of a folder, in a process of its own that reaches no network."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

PROGRAM: Final = """
import json, sys, types
from datasets import Audio, load_dataset

# For an audio folder `datasets` imports both before it passes a path on, without using them, and they take a gigabyte.
class Nothing(type):
    def __getattr__(self, name):
        return Nothing(name, (), {})

sys.modules["torch"] = Nothing("torch", (), {"__spec__": None})
sys.modules["torchcodec.encoders"] = types.ModuleType("torchcodec.encoders")
sys.modules["torchcodec.encoders"].AudioEncoder = None

folder, cache, *tables = sys.argv[1:]
found = {}
for table in tables:
    path, _, files = table.partition("=")
    where = {"path": path, "data_files": files} if files else {"path": folder, "name": table or None}
    rows = load_dataset(**where, split="train", cache_dir=cache)
    kinds = {name: str(kind) for name, kind in rows.features.items()}
    if "audio" in rows.column_names:
        rows = rows.cast_column("audio", Audio(decode=False))
    found[table] = {"kinds": kinds, "rows": [row for row in rows]}
print(json.dumps(found, default=lambda value: value.hex() if isinstance(value, bytes) else value.isoformat()))
"""


def loaded(folder: Path, *tables: str) -> dict[str, dict[str, Any]]:
    """For each table its columns' types and its rows; bytes in hexadecimal digits, times in ISO 8601.

    A table is the name of a configuration, empty for the one that is loaded by default, or `json=FILE`.
    """
    cache = folder.parent / "cache"
    environ = os.environ | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(cache)}
    command = [sys.executable, "-c", PROGRAM, str(folder), str(cache), *tables]
    answer = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    found: dict[str, dict[str, Any]] = json.loads(answer.stdout)
    return found
