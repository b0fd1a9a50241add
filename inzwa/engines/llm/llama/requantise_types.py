"""Which types of weights llama.cpp multiplies slowly, by kind of processor, and what they are requantised to. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Final

from inzwa.formats.gguf import Header
from inzwa.hardware.processor import Processor

AUTO: Final = "auto"
MIXTURES: Final[Mapping[str, tuple[int, str]]] = {
    "Q4_0": (2, "Q4_0"),
    "Q4_K_M": (15, "Q4_K"),
    "Q5_0": (8, "Q5_0"),
    "Q8_0": (7, "Q8_0"),
    "IQ4_NL": (25, "IQ4_NL"),
}
"""What a whole file can be requantised to: llama.cpp's number for it (llama_ftype), and the smallest type in it."""


@dataclass(frozen=True, slots=True)
class WeightType:
    """A type of ggml's."""

    name: str
    block: int
    """Weights that share a scale; a row holds a whole number of blocks."""
    block_bytes: int

    def bytes(self, shape: tuple[int, ...]) -> int:
        """Of a tensor."""
        return prod(shape) // self.block * self.block_bytes


TYPES: Final[Mapping[int, WeightType]] = {
    0: WeightType("F32", 1, 4),
    1: WeightType("F16", 1, 2),
    2: WeightType("Q4_0", 32, 18),
    3: WeightType("Q4_1", 32, 20),
    6: WeightType("Q5_0", 32, 22),
    7: WeightType("Q5_1", 32, 24),
    8: WeightType("Q8_0", 32, 34),
    12: WeightType("Q4_K", 256, 144),
    13: WeightType("Q5_K", 256, 176),
    14: WeightType("Q6_K", 256, 210),
    20: WeightType("IQ4_NL", 32, 18),
    30: WeightType("BF16", 1, 2),
}
"""By ggml's number. The others are so short that nothing is left to gain."""
NUMBERS: Final = {known.name: number for number, known in TYPES.items()}

REPLACED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "Q4_1": ("Q4_K", "Q8_0"),
    "Q5_1": ("Q5_K", "Q8_0"),
    "F32": ("Q8_0",),
    "F16": ("Q8_0",),
    "BF16": ("Q8_0",),
}
"""What `auto` makes of a slow type: the first that the length of most rows allows. On an AMD EPYC (Zen 3), one thread,
200 million random weights, tokens/s of prompts and single ones (benchmarks/llm_weights.py): Q4_1 98, 44; Q5_1 89, 49;
F16 236, 33; but Q4_K 218, 64; Q5_K 261, 61; Q8_0 192, 44. Not Q4_0 (265, 62), which changes what SmolLM2-135M says:
0.36 nats a token against 0.007 of Q8_0."""
KERNELS: Final[Mapping[str, str]] = {"x86_64": "avx2", "aarch64": "asimddp"}
"""Architecture to the instruction set that the replacements' fast kernels need: with it ggml-cpu's repack.cpp or
llamafile's sgemm.cpp multiply them in blocks, and neither knows Q4_1 and Q5_1 (llama-cpp-python 0.3.36)."""
LEAST_SHARE: Final = 0.25
"""Of the weights in matrix products, that must be slow for a new file to be worth its room."""
ROWS: Final = 8
"""Rows of a matrix that a kernel takes at once; others go the slow way whatever their type."""

EMBEDDINGS: Final = ("token_embd.weight", "output.weight")
"""The table of what goes in; and of what comes out, where that is another one."""
_FILE_TYPE: Final = "general.file_type"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make of a file."""

    came_as: str
    """The type of most weights."""
    made_as: str
    """What those become that change, the most frequent type first."""
    mixture: int
    """llama.cpp's number for the type of the whole file."""
    types: Mapping[str, int]
    """Tensor to ggml's number of its type, for every matrix; empty where the mixture decides."""
    least_bytes: int
    """What the tensors take at least."""
    most_bytes: int
    """What the file takes at most."""


def plan(header: Header, wanted: str, processor: Processor) -> Plan | None:
    """What `wanted` (AUTO or a name of MIXTURES) makes of such a file here; None when nothing is to be gained."""
    matrices = {name: shape for name, shape in header.shapes.items() if len(shape) > 1 and name.endswith(".weight")}
    if not matrices or any(number not in TYPES for number in header.types.values()):
        return None
    kinds = Counter[int]()
    for name, shape in matrices.items():
        kinds[header.types[name]] += prod(shape)
    came_as = TYPES[kinds.most_common(1)[0][0]].name
    return _mixed(header, came_as, wanted) if wanted != AUTO else _by_tensor(header, matrices, came_as, processor)


_MIXTURE_OF: Final = {"Q4_K": 15, "Q5_K": 17, "Q8_0": 7}
"""llama.cpp's number for a file that is mostly of this type."""


def _mixed(header: Header, came_as: str, wanted: str) -> Plan | None:
    """The whole file as llama.cpp mixes that type."""
    number, smallest = MIXTURES[wanted]
    if header.metadata.get(_FILE_TYPE) == number:
        return None
    weights = sum(prod(shape) for shape in header.shapes.values())
    return Plan(came_as, wanted, number, {}, TYPES[NUMBERS[smallest]].bytes((weights,)), 2 * weights)


def _by_tensor(
    header: Header, matrices: Mapping[str, tuple[int, ...]], came_as: str, processor: Processor
) -> Plan | None:
    """The slow matrices alone; the others stay bit for bit."""
    if KERNELS.get(processor.architecture) not in processor.features:
        return None
    multiplied = dict(_multiplied(matrices))
    types = {name: header.types[name] for name in matrices}
    choices = {kind: _choices(kind, multiplied, types) for kind in set(types.values())}
    slow = {name: new for name, shape in multiplied.items() if (new := _replacement(choices[types[name]], shape))}
    if sum(prod(matrices[name]) for name in slow) < LEAST_SHARE * sum(prod(shape) for shape in multiplied.values()):
        return None
    types |= {name: NUMBERS[new] for name, new in slow.items()}
    made = Counter[str]()
    for name, new in slow.items():
        made[new] += prod(matrices[name])
    made_as = [new for new, _ in made.most_common()]
    every = {**header.types, **types}
    size = sum(TYPES[every[name]].bytes(shape) for name, shape in header.shapes.items())
    return Plan(came_as, " and ".join(made_as), _MIXTURE_OF[made_as[0]], types, size, size + size // 10)


def _multiplied(matrices: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Without tables that are only looked up: an embedding is multiplied only where it is the output, too."""
    table, output = EMBEDDINGS
    tables = {"per_layer_token_embd.weight", *([table] if output in matrices else [])}
    yield from ((name, shape) for name, shape in matrices.items() if name not in tables)


def _choices(kind: int, matrices: Mapping[str, tuple[int, ...]], types: Mapping[str, int]) -> tuple[str, ...]:
    """What a type may become, the best first; not what most of its weights could not, for that only loses."""
    shapes = [shape for name, shape in matrices.items() if types[name] == kind]
    choices = REPLACED_BY.get(TYPES[kind].name, ())
    while choices and 2 * sum(prod(shape) for shape in shapes if _fits(choices[0], shape)) < sum(
        prod(shape) for shape in shapes
    ):
        choices = choices[1:]
    return choices


def _replacement(choices: tuple[str, ...], shape: tuple[int, ...]) -> str:
    """The type that is faster for this matrix; empty where there is none."""
    return next((new for new in choices if _fits(new, shape)), "")


def _fits(new: str, shape: tuple[int, ...]) -> bool:
    return shape[0] % TYPES[NUMBERS[new]].block == 0 and shape[1] % ROWS == 0


def is_as_planned(made: Header, original: Header, made_by: Plan) -> bool:
    """Whether the new file describes the same model, in the types that were planned."""
    changed = {_FILE_TYPE, "general.quantization_version"}
    told = {key: value for key, value in original.metadata.items() if key not in changed}
    return (
        dict(made.shapes) == dict(original.shapes)
        and all(made.metadata.get(key) == value for key, value in told.items())
        and all(made.types[name] == number for name, number in made_by.types.items())
    )
