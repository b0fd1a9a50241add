"""Which lanes there are, what each needs, and that each is one that its program knows."""

import argparse
import re

import pytest

from benchmarks.peers import compare
from benchmarks.peers.compare import BUTTON, ENVIRONMENTS, FREE, PEERS, RATIOS, missing, peers_of, told
from benchmarks.peers.servers import HERE, REALTIME_TURNS
from benchmarks.rig.user import Turn


def turns_of(peer):
    return {name.partition("-")[2] for name in (*BUTTON, *FREE) if name.startswith(f"{peer}-")}


def test_every_lane_is_explained_and_nothing_else_is():
    assert re.findall(r"^    (\w+-\w+) ", compare.__doc__, re.MULTILINE) == [*BUTTON, *FREE]


def test_every_peer_is_compared_with_inzwa_of_its_own_kind():
    assert ("pipecat-button", "inzwa-button") in RATIOS
    assert ("livekit-model", "inzwa-free") in RATIOS
    assert len(RATIOS) == len(BUTTON) + len(FREE) - 2


@pytest.mark.parametrize(("peer", "program"), [("pipecat", "pipecat/bot.py"), ("livekit", "livekit/agent.py")])
def test_a_bot_knows_the_turns_that_its_lanes_name(peer, program):
    explained = re.findall(r"^    (\w+)  +\S", (HERE / program).read_text(encoding="utf-8"), re.MULTILINE)
    assert turns_of(peer) <= set(explained)


def test_speech_to_speech_has_options_for_its_lanes():
    assert turns_of("s2s") == set(REALTIME_TURNS)


def test_each_peer_has_an_environment_with_pinned_requirements():
    assert ENVIRONMENTS.keys() == PEERS.keys()
    for folder in ENVIRONMENTS.values():
        needs = "".join(file.read_text(encoding="utf-8") for file in (HERE / folder).glob("*.txt"))
        assert re.search(r"^(pipecat-ai|livekit-agents|speech-to-speech)\S*==\d", needs, re.MULTILINE)


def test_environments_that_are_not_there_are_named(tmp_path):
    options = argparse.Namespace(environments=tmp_path, lanes=["inzwa-free", "s2s-quick", "livekit-quick"])
    python = tmp_path / "livekit" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert missing(options) == ["speech_to_speech", "models"]


def test_inzwa_alone_needs_no_environment(tmp_path):
    assert missing(argparse.Namespace(environments=tmp_path, lanes=["inzwa-button", "inzwa-free"])) == []


def test_peers_are_told_from_lanes():
    assert peers_of(["s2s-button", "inzwa-free", "pipecat-smart", "pipecat-quick"]) == ["pipecat", "s2s"]


def test_a_lost_answer_is_said_to_be_lost():
    assert told(0, "inzwa-free", Turn(heard="mhoro")) == "  1 inzwa-free        lost ms  mhoro"
    assert told(9, "inzwa-free", Turn(first_audio_s=0.25)).strip() == "10 inzwa-free         250 ms"
