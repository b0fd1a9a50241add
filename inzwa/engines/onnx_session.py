"""ONNX Runtime sessions as the engines open them: on the CPU, with threads that sleep between runs."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
    RuntimeException,
)

LOAD_ERRORS: Final = (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, NoSuchFile)
RUN_ERRORS: Final = (Fail, InvalidArgument, RuntimeException)


def open_session(model: Path | bytes, *, threads: int = 1, lean: bool = False) -> onnxruntime.InferenceSession:
    """A session on `threads` threads. One of LOAD_ERRORS where `model` is no graph.

    `lean` keeps no memory between runs: for graphs that are run once a token, or over inputs of many lengths, for
    which the arena would keep the most that was ever needed.
    """
    if isinstance(model, bytes):  # by way of a file: a session keeps the bytes that it is given as long as it lives
        with TemporaryDirectory(prefix="inzwa-onnx-") as folder:
            path = Path(folder, "model.onnx")
            path.write_bytes(model)
            return open_session(path, threads=threads, lean=lean)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if lean:
        options.enable_mem_pattern = options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")  # freed once repacked
    return onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
