"""An ONNX file written node by node. Knows the wire format, not what the nodes do.

Field numbers are those of onnx.proto (onnx/onnx on GitHub), the encoding is that of protobuf.dev. It spares Inzwa the
package `onnx`. Inputs and outputs are float32 or int64, weights also of one byte a number.
"""

import struct
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

OPSET: Final = 20
"""The first that has Gelu."""

_IR_VERSION: Final = 9
_VARINT, _LENGTH, _FOUR_BYTES = 0, 2, 5
_FLOAT, _INT64 = 1, 7
_KINDS: Final = {"<f4": _FLOAT, "|u1": 2, "|i1": 3, "<i8": _INT64}
_ATTRIBUTE_FLOAT, _ATTRIBUTE_INT, _ATTRIBUTE_INTS = 1, 2, 7

CONTRIBUTED: Final = "com.microsoft"
"""Where ONNX Runtime's own operators are; version 1."""

Attribute = int | float | Sequence[int]
Array = npt.NDArray[np.float32] | npt.NDArray[np.int64] | npt.NDArray[np.uint8] | npt.NDArray[np.int8]


class GraphWriter:
    """A graph that grows: every method that adds something returns the name of the tensor that it makes."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._weights: dict[str, bytes] = {}
        self._values: list[bytes] = []
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []
        self._contributed = False

    def input(self, name: str, shape: Sequence[int | str], *, whole: bool = False) -> str:
        """What the graph takes: int64 where `whole`, else float32. A dimension's name stands for any length."""
        self._inputs.append(_value(name, shape, _INT64 if whole else _FLOAT))
        return name

    def output(self, name: str, shape: Sequence[int | str], *, whole: bool = False) -> None:
        """What the graph gives: int64 where `whole`, else float32."""
        self._outputs.append(_value(name, shape, _INT64 if whole else _FLOAT))

    def declare(self, name: str, shape: Sequence[int | str]) -> None:
        """What a float32 tensor inside is, so that the graph may be cut there."""
        self._values.append(_value(name, shape, _FLOAT))

    def run(self, op: str, *inputs: str, to: str = "", **attributes: Attribute) -> str:
        """A node with one output, called `to` where that is given."""
        (name,) = self._add(op, inputs, [to or self._next()], attributes)
        return name

    def contributed(self, op: str, *inputs: str, to: Sequence[str] = (), **attributes: Attribute) -> str:
        """A node of ONNX Runtime's own, the first of its outputs; an input that is left out is an empty name."""
        self._contributed = True
        return self._add(op, inputs, to or [self._next()], attributes, CONTRIBUTED)[0]

    def cast(self, tensor: str, *, whole: bool = False) -> str:
        """The same numbers as int64 where `whole`, else as float32."""
        (name,) = self._add("Cast", [tensor], [self._next()], {"to": _INT64 if whole else _FLOAT})
        return name

    def split(self, tensor: str, axis: int) -> tuple[str, str]:
        """Two halves."""
        first, second = self.parted(tensor, axis, 2)
        return first, second

    def parted(self, tensor: str, axis: int, parts: int) -> Sequence[str]:
        """Parts of one size."""
        names = [f"{self._next()}.{part}" for part in range(parts)]
        return self._add("Split", [tensor], names, {"axis": axis, "num_outputs": parts})

    def weight(self, name: str, values: Array) -> str:
        """A tensor of the file."""
        self._weights[name] = _tensor(name, values)
        return name

    def number(self, value: float) -> str:
        """A constant, float32, without dimensions."""
        return self._constant(np.array(value, dtype=np.float32))

    def whole(self, *values: int) -> str:
        """A list of constants, int64."""
        return self._constant(np.array(values, dtype=np.int64))

    def index(self, value: int) -> str:
        """A constant, int64, without dimensions."""
        return self._constant(np.array(value, dtype=np.int64))

    def written(self) -> bytes:
        """The file."""
        parts = [_field(1, node) for node in self._nodes]
        parts.append(_field(2, b"inzwa"))
        for number, bodies in (
            (5, self._weights.values()),
            (11, self._inputs),
            (12, self._outputs),
            (13, self._values),
        ):
            parts += [_field(number, body) for body in bodies]
        model = _field(1, _IR_VERSION) + _field(2, b"inzwa") + _field(8, _field(2, OPSET))
        if self._contributed:
            model += _field(8, _field(1, CONTRIBUTED.encode()) + _field(2, 1))
        size = sum(map(len, parts))
        return b"".join([model, _key(7, _LENGTH), _number(size), *parts])

    def _add(
        self, op: str, inputs: Sequence[str], outputs: Sequence[str], said: dict[str, Attribute], domain: str = ""
    ) -> Sequence[str]:
        names = [_field(1, name.encode()) for name in inputs] + [_field(2, name.encode()) for name in outputs]
        attributes = [_field(5, _attribute(name, value)) for name, value in said.items()]
        home = [_field(7, domain.encode())] if domain else []
        self._nodes.append(b"".join([*names, _field(4, op.encode()), *attributes, *home]))
        return outputs

    def _constant(self, values: Array) -> str:
        name = f"constant {values.dtype.kind} {values.tolist()}"
        return self.weight(name, values)

    def _next(self) -> str:
        return f"t{len(self._nodes)}"


def _tensor(name: str, values: Array) -> bytes:
    kind = values.dtype.newbyteorder("<")
    dims = b"".join(_field(1, length) for length in values.shape)
    data = values.astype(kind, copy=False).tobytes()
    return b"".join((dims, _field(2, _KINDS[kind.str]), _field(8, name.encode()), _field(9, data)))


def _value(name: str, shape: Sequence[int | str], kind: int) -> bytes:
    lengths = b"".join(
        _field(1, _field(1, length) if isinstance(length, int) else _field(2, length.encode())) for length in shape
    )
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, kind) + _field(2, lengths)))


def _attribute(name: str, value: Attribute) -> bytes:
    said = _field(1, name.encode())
    if isinstance(value, float):
        return said + _key(2, _FOUR_BYTES) + struct.pack("<f", value) + _field(20, _ATTRIBUTE_FLOAT)
    if isinstance(value, int):
        return said + _field(3, value) + _field(20, _ATTRIBUTE_INT)
    return said + b"".join(_field(8, item) for item in value) + _field(20, _ATTRIBUTE_INTS)


def _field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return _key(number, _VARINT) + _number(value)
    return b"".join((_key(number, _LENGTH), _number(len(value)), value))


def _key(number: int, kind: int) -> bytes:
    return _number(number << 3 | kind)


def _number(value: int) -> bytes:
    """A varint; a negative one as protobuf has it, in two's complement of 64 bits."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
