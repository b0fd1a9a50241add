"""A whole server with a dataset: what is given is pushed when it stops, and comes back on an empty disk."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.feedback.publish.hub import DATASET, TOKEN, DatasetHub
from tests.feedback.publish.hub_server import serving

pytestmark = pytest.mark.processes

PROGRAM: Final = """
import sys
import anyio
from anyio import lowlevel
from inzwa.feedback.export.rows import contributor_ids
from tests.feedback.sample import consent
from tests.serving import serving

async def main(data, dataset, gives):
    async with serving(data=data, feedback_dataset=dataset) as (_, app_state):
        while app_state.feedback is None:
            await lowlevel.checkpoint()
        if gives == "gives":
            print((await app_state.feedback.consent(consent(voice=False)))["contributor"])
        else:
            print(*await app_state.feedback.store.read(contributor_ids))

anyio.run(main, *sys.argv[1:])
"""


def served(hub: DatasetHub, data: Path, doing: str) -> str:
    """What the server's process prints; it has stopped."""
    environ = os.environ | {"HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN}
    command = [sys.executable, "-c", PROGRAM, str(data), DATASET, doing]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_is_given_to_one_server_is_there_in_the_next_with_an_empty_disk(tmp_path: Path) -> None:
    with serving() as hub:
        contributor = served(hub, tmp_path / "first", "gives")
        assert f"data/consents/{contributor}.jsonl" in hub.paths
        assert hub.visibility == "private"
        assert served(hub, tmp_path / "second", "reads") == contributor
