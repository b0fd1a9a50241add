"""The rule: which weights are requantised to what, on which processor."""

from dataclasses import replace

import pytest

from inzwa.engines.llm.llama.requantise_types import AUTO, MIXTURES, NUMBERS, is_as_planned, plan
from inzwa.formats.gguf import Header
from inzwa.hardware.processor import Processor

ZEN = Processor("x86_64", "AMD EPYC", frozenset({"avx2", "fma"}))
ARM = Processor("aarch64", "", frozenset({"asimd", "asimddp"}))
EMBEDDING, OUTPUT = "token_embd.weight", "output.weight"
GATE, DOWN, NORM = "blk.0.ffn_gate.weight", "blk.0.ffn_down.weight", "blk.0.ffn_norm.weight"
SHAPES = {EMBEDDING: (576, 1000), GATE: (576, 1536), DOWN: (1536, 576), NORM: (576,)}


def header(
    layers: str, embedding: str = "Q8_0", shapes: dict[str, tuple[int, ...]] = SHAPES, **metadata: int
) -> Header:
    """A file with its matrices in this type, its norms in F32."""
    types = {name: "F32" if len(shape) == 1 else layers for name, shape in shapes.items()}
    types |= {name: embedding for name in (EMBEDDING, OUTPUT) if name in shapes}
    known = {"general.architecture": "llama", **{key.replace("_type", ".file_type"): metadata[key] for key in metadata}}
    return Header(known, shapes, {name: NUMBERS[kind] for name, kind in types.items()})


def types(made):
    return {name: kind for name in made.types for kind, number in NUMBERS.items() if number == made.types[name]}


def test_q4_1_becomes_q4_k_where_most_rows_hold_its_blocks():
    made = plan(header("Q4_1"), AUTO, ZEN)
    assert types(made) == {EMBEDDING: "Q8_0", GATE: "Q8_0", DOWN: "Q4_K"}
    assert (made.came_as, made.made_as) == ("Q4_1", "Q8_0 and Q4_K")


def test_q4_1_becomes_q8_0_where_few_rows_do():
    made = plan(header("Q4_1", shapes={**SHAPES, "blk.0.ffn_up.weight": (576, 1536)}), AUTO, ZEN)
    assert set(types(made).values()) == {"Q8_0"}
    assert (made.came_as, made.made_as) == ("Q4_1", "Q8_0")


def test_its_size_is_that_of_the_new_types():
    made = plan(header("Q4_1"), AUTO, ZEN)
    weights = (576 * 1000 + 576 * 1536) * 34 // 32 + 1536 * 576 * 144 // 256 + 576 * 4
    assert made.least_bytes == weights < made.most_bytes


@pytest.mark.parametrize("slow", ["Q4_1", "Q5_1", "F16", "BF16", "F32"])
def test_every_slow_type_is_replaced(slow):
    assert slow not in types(plan(header(slow), AUTO, ZEN)).values()


@pytest.mark.parametrize("fast", ["Q4_0", "Q4_K", "Q5_K", "Q6_K", "Q8_0", "IQ4_NL", "Q5_0"])
def test_a_fast_type_stays(fast):
    assert plan(header(fast), AUTO, ZEN) is None


def test_a_few_slow_weights_are_not_worth_a_file():
    shapes = {**SHAPES, **{f"blk.{layer}.ffn_up.weight": (576, 1536) for layer in range(1, 9)}}
    mixed = header("Q4_K", shapes=shapes)
    assert plan(replace(mixed, types={**mixed.types, DOWN: NUMBERS["Q4_1"]}), AUTO, ZEN) is None


def test_an_embedding_that_is_only_looked_up_stays():
    shapes = {**SHAPES, OUTPUT: (576, 1000)}
    assert types(plan(header("Q4_1", "F16", shapes), AUTO, ZEN))[EMBEDDING] == "F16"
    assert types(plan(header("Q4_1", "F16"), AUTO, ZEN))[EMBEDDING] == "Q8_0"


def test_a_matrix_that_no_kernel_takes_stays():
    odd = {**SHAPES, GATE: (576, 1530)}
    assert types(plan(header("Q4_1", shapes=odd), AUTO, ZEN))[GATE] == "Q4_1"


@pytest.mark.parametrize(
    ("processor", "gains"),
    [
        (ZEN, True),
        (ARM, True),
        (Processor("aarch64", "", frozenset({"asimd"})), False),
        (Processor("x86_64", "", frozenset({"avx"})), False),
        (Processor("riscv64", "", frozenset()), False),
    ],
    ids=str,
)
def test_it_is_done_where_the_processor_has_the_kernels(processor, gains):
    assert (plan(header("Q4_1"), AUTO, processor) is not None) == gains


@pytest.mark.parametrize("wanted", MIXTURES)
def test_a_type_that_is_asked_for_is_made_by_llama_cpps_own_mixture(wanted):
    made = plan(header("Q6_K"), wanted, ZEN)
    assert (made.mixture, made.types, made.made_as) == (MIXTURES[wanted][0], {}, wanted)


def test_a_file_that_is_of_that_type_stays():
    assert plan(header("Q8_0", general_type=MIXTURES["Q8_0"][0]), "Q8_0", ZEN) is None


def test_types_that_nobody_measured_and_files_without_weights_stay():
    unknown = header("Q4_1")
    assert plan(replace(unknown, types={**unknown.types, GATE: 39}), AUTO, ZEN) is None
    assert plan(Header({}, {NORM: (576,)}, {NORM: 0}), AUTO, ZEN) is None


def test_what_was_made_is_compared_with_the_plan():
    original = header("Q4_1", general_type=3)
    made_by = plan(original, AUTO, ZEN)
    made = Header({**original.metadata, "general.file_type": 7}, original.shapes, {**original.types, **made_by.types})
    assert is_as_planned(made, original, made_by)
    assert not is_as_planned(replace(made, types=original.types), original, made_by)
    assert not is_as_planned(replace(made, shapes={NORM: (576,)}), original, made_by)
    assert not is_as_planned(replace(made, metadata={"general.architecture": "gemma"}), original, made_by)
