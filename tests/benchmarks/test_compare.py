"""The order in which two trees are measured, and what is kept of it."""

import json

import pytest

from benchmarks.compare import SECTIONS, earlier_rounds, parsed, take_rounds
from benchmarks.rig.server import HERE, Tree
from benchmarks.rig.side_by_side import BASE, OURS

TREES = {BASE: Tree("d648e91", HERE.folder, HERE.python), OURS: HERE}


async def taken(*arguments):
    """Which tree was measured for what, in order; how many rounds there were each time they were kept."""
    order, rounds, kept = [], [], []

    def section(name):
        async def measure(tree, _options):
            order.append((name, tree.name))
            return {name: [float(len(order))]}

        return measure

    sections = {name: section(name) for name in SECTIONS}
    await take_rounds(TREES, parsed(arguments), rounds, lambda: kept.append(len(rounds)), sections)
    return order, rounds, kept


async def test_every_round_of_the_base_is_followed_by_one_of_this_tree():
    order, rounds, _ = await taken("--rounds", "2", "--rows", "talkers", "tokens")
    assert (
        order
        == [
            ("talkers", "d648e91"),
            ("talkers", "this tree"),
            ("tokens", "d648e91"),
            ("tokens", "this tree"),
        ]
        * 2
    )
    assert rounds[0] == {BASE: {"talkers": [1.0]}, OURS: {"talkers": [2.0]}}


async def test_what_was_measured_is_kept_after_each_section():
    _, _, kept = await taken("--rounds", "2", "--rows", "talkers", "tokens")
    assert kept == [1, 2, 3, 4]


async def test_a_set_up_is_measured_once_and_only_where_it_is_named():
    order, _, _ = await taken("--rounds", "3", "--rows", "set-up")
    assert len(order) == 2
    assert "set-up" not in parsed(()).rows


def test_quick_is_one_round():
    assert parsed(("--quick",)).rounds == 1


def test_rounds_of_a_file_are_added_to(tmp_path):
    file, rounds = tmp_path / "compare.json", [{BASE: {"lost": [0]}, OURS: {"lost": [1]}}]
    options = parsed(("--json", str(file), "--add"))
    assert earlier_rounds(options, TREES[BASE]) == []
    file.write_text(json.dumps({"results": {"base": "d648e91", "rounds": rounds}}), encoding="utf-8")
    assert earlier_rounds(options, TREES[BASE]) == rounds
    assert earlier_rounds(parsed(("--json", str(file))), TREES[BASE]) == []


def test_rounds_with_another_base_are_not_added_to(tmp_path):
    file = tmp_path / "compare.json"
    file.write_text(json.dumps({"results": {"base": "0000000", "rounds": []}}), encoding="utf-8")
    with pytest.raises(SystemExit, match="compares with 0000000, not with d648e91"):
        earlier_rounds(parsed(("--json", str(file), "--add")), TREES[BASE])
