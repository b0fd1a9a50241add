"""An ONNX model written node by node. Inputs and outputs are float32 or int64, weights also of one byte a number."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, OperatorSetIdProto, TensorProto
from onnx.helper import make_attribute, make_tensor_value_info, np_dtype_to_tensor_dtype

OPSET: Final = 20
"""The first that has Gelu."""

CONTRIB: Final = "com.microsoft"
"""The domain of ONNX Runtime's own operators; version 1."""

_IR_VERSION: Final = 9

Attribute = int | float | Sequence[int]
Array = npt.NDArray[np.float32] | npt.NDArray[np.int64] | npt.NDArray[np.uint8] | npt.NDArray[np.int8]


class GraphWriter:
    """A graph that grows: every method that adds something returns the name of the tensor that it makes."""

    def __init__(self) -> None:
        self._model = ModelProto()
        self._graph = self._model.graph
        self._graph.name = "inzwa"
        self._weights: set[str] = set()
        self._versions = [OperatorSetIdProto(version=OPSET)]

    def input(self, name: str, shape: Sequence[int | str], *, int64: bool = False) -> str:
        """Float32 unless `int64`. A dimension's name stands for any length."""
        self._graph.input.append(make_tensor_value_info(name, _kind(int64), shape))
        return name

    def output(self, name: str, shape: Sequence[int | str], *, int64: bool = False) -> None:
        """Float32 unless `int64`."""
        self._graph.output.append(make_tensor_value_info(name, _kind(int64), shape))

    def declare(self, name: str, shape: Sequence[int | str]) -> None:
        """The shape of a float32 tensor between nodes, so that the graph may be cut there."""
        self._graph.value_info.append(make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def node(self, op: str, *inputs: str, to: str = "", **attributes: Attribute) -> str:
        """A node with one output, called `to` where that is given."""
        return self._add(op, inputs, [to or self._next()], attributes)[0]

    def nodes(self, op: str, *inputs: str, to: Sequence[str], **attributes: Attribute) -> Sequence[str]:
        """A node with several outputs."""
        return self._add(op, inputs, to, attributes)

    def contrib_node(self, op: str, *inputs: str, to: Sequence[str] = (), **attributes: Attribute) -> str:
        """A node of ONNX Runtime's own, the first of its outputs; an input that is left out is an empty name."""
        if len(self._versions) == 1:
            self._versions.append(OperatorSetIdProto(domain=CONTRIB, version=1))
        outputs = self._add(op, inputs, to or [self._next()], attributes)
        self._graph.node[-1].domain = CONTRIB
        return outputs[0]

    def cast(self, tensor: str, *, int64: bool = False) -> str:
        """The same numbers as float32, or as int64."""
        return self._add("Cast", [tensor], [self._next()], {"to": _kind(int64)})[0]

    def split(self, tensor: str, axis: int, parts: int = 2) -> Sequence[str]:
        """Parts of one size."""
        names = [f"{self._next()}.{part}" for part in range(parts)]
        return self._add("Split", [tensor], names, {"axis": axis, "num_outputs": parts})

    def weight(self, name: str, values: Array) -> str:
        """A tensor of the file; one name has the same numbers each time."""
        if name not in self._weights:
            self._weights.add(name)
            dtype = values.dtype
            data = values.astype(dtype.newbyteorder("<"), copy=False).tobytes()
            kind = np_dtype_to_tensor_dtype(dtype)
            self._graph.initializer.add(name=name, data_type=kind, dims=values.shape, raw_data=data)
        return name

    def float_scalar(self, value: float) -> str:
        """A constant, float32, without dimensions."""
        return self._constant(np.array(value, dtype=np.float32))

    def int_scalar(self, value: int) -> str:
        """A constant, int64, without dimensions."""
        return self._constant(np.array(value, dtype=np.int64))

    def int_vector(self, *values: int) -> str:
        """A list of constants, int64."""
        return self._constant(np.array(values, dtype=np.int64))

    def to_bytes(self) -> bytes:
        """The file: versions, then the graph."""
        head = ModelProto(ir_version=_IR_VERSION, producer_name="inzwa", opset_import=self._versions)
        return head.SerializeToString() + self._model.SerializeToString()

    def _add(
        self, op: str, inputs: Sequence[str], outputs: Sequence[str], attributes: dict[str, Attribute]
    ) -> Sequence[str]:
        node = self._graph.node.add(op_type=op, input=inputs, output=outputs)
        node.attribute.extend(make_attribute(name, value) for name, value in attributes.items())
        return outputs

    def _constant(self, values: Array) -> str:
        return self.weight(f"constant {values.dtype.kind} {values.tolist()}", values)

    def _next(self) -> str:
        return f"t{len(self._graph.node)}"


def _kind(int64: bool) -> TensorProto.DataType:
    return TensorProto.INT64 if int64 else TensorProto.FLOAT
