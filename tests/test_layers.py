"""The house keeps its own rules: arrows, sizes, bounds, owners. Each rule is proven able to fail in tests/house."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house import arrows, loading, shape, streams
from tests.house.source import House, Violation

ROOT = Path(__file__).parent.parent

EVERYWHERE = ("app.py", "inzwa", "benchmarks", "release", "sbom", "tests")
PRODUCT = ("app.py", "inzwa", "benchmarks", "sbom")

Rule = Callable[[House], Iterator[Violation]]


@cache
def house(*folders: str) -> House:
    """These folders, read and parsed once for all rules."""
    return House.at(ROOT, *folders)


def broken(rule: Rule, *folders: str) -> str:
    """The rule's violations in these folders, one a line."""
    return "\n".join(map(str, sorted(rule(house(*folders)))))


@pytest.mark.parametrize(
    "rule",
    [
        arrows.every_module_has_a_room,
        arrows.arrows_point_down,
        arrows.no_circles,
        arrows.own_modules_are_imported_at_the_top,
        arrows.heavy_libraries_stay_in_their_rooms,
        arrows.the_web_stays_upstairs,
        arrows.pure_modules_stay_pure,
        streams.every_queue_is_bounded,
        streams.heaps_name_their_bound,
        streams.every_task_has_a_group,
        streams.nothing_is_yielded_from_inside_a_group,
        streams.no_broad_excepts,
        streams.no_stale_excuses,
        loading.nothing_runs_code_out_of_a_file,
    ],
    ids=lambda rule: rule.__name__,
)
def test_the_product_keeps_the_rule(rule: Rule) -> None:
    found = broken(rule, *PRODUCT)
    assert not found, f"{rule.__doc__}\n{found}"


@pytest.mark.parametrize("rule", [shape.definitions_are_short, shape.modules_are_short], ids=lambda rule: rule.__name__)
def test_all_code_is_short(rule: Rule) -> None:
    found = broken(rule, *EVERYWHERE)
    assert not found, f"{rule.__doc__}\n{found}"


def test_the_rules_are_held_against_the_real_modules() -> None:
    modules = house(*PRODUCT).modules
    assert {"inzwa.errors", "inzwa.events", "inzwa.protocols", "inzwa.worker", "inzwa.asr"} <= modules.keys()
