"""The code base keeps its rules: layers, sizes, bounds of queues, owners of tasks.

The tests beside this one show that each rule can fail.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.code_rules import concurrency, deserialising, layers, sizes
from tests.code_rules.source import CodeBase, Violation

ROOT = Path(__file__).parents[2]

EVERYWHERE = ("app.py", "inzwa", "benchmarks", "release", "sbom", "tests")
PRODUCT = ("app.py", "inzwa", "benchmarks", "sbom")

Rule = Callable[[CodeBase], Iterator[Violation]]


@cache
def code_base(*folders: str) -> CodeBase:
    """These folders, read and parsed once for all rules."""
    return CodeBase.at(ROOT, *folders)


def broken(rule: Rule, *folders: str) -> str:
    """The rule's violations in these folders, one a line."""
    return "\n".join(map(str, sorted(rule(code_base(*folders)))))


@pytest.mark.parametrize(
    "rule",
    [
        layers.every_module_has_a_layer,
        layers.imports_point_down,
        layers.no_import_cycles,
        layers.own_modules_are_imported_at_the_top,
        layers.heavy_libraries_stay_in_their_packages,
        layers.only_server_and_cli_know_the_web,
        layers.pure_modules_stay_pure,
        concurrency.every_queue_is_bounded,
        concurrency.heaps_name_their_bound,
        concurrency.every_task_has_a_group,
        concurrency.nothing_is_yielded_from_inside_a_group,
        concurrency.no_broad_excepts,
        concurrency.no_stale_exemptions,
        deserialising.nothing_runs_code_out_of_a_file,
    ],
    ids=lambda rule: rule.__name__,
)
def test_the_product_keeps_the_rule(rule: Rule) -> None:
    found = broken(rule, *PRODUCT)
    assert not found, f"{rule.__doc__}\n{found}"


@pytest.mark.parametrize("rule", [sizes.definitions_are_short, sizes.modules_are_short], ids=lambda rule: rule.__name__)
def test_all_code_is_short(rule: Rule) -> None:
    found = broken(rule, *EVERYWHERE)
    assert not found, f"{rule.__doc__}\n{found}"


def test_the_rules_are_held_against_the_real_modules() -> None:
    modules = code_base(*PRODUCT).modules
    assert {
        "inzwa.errors",
        "inzwa.events",
        "inzwa.protocols",
        "inzwa.engines.worker",
        "inzwa.engines.asr",
    } <= modules.keys()
