"""Plain data as bytes and back, so that nothing of a student's own making reaches a judge.

A message is an uncompressed npz: first the tree of the value as a JSON text, then its arrays.
Arrays arrive as plain `numpy.ndarray`, whatever subclass or patched NumPy they came from.
"""

import io
import json
import math
import zipfile
from typing import Any, NamedTuple

import numpy as np

NUMERIC = "biufc"  # kinds of dtype: bool, int, unsigned, float, complex


class Odd(NamedTuple):
    """Stands for a value that is no plain data; `what` says what it was."""

    what: str


class BadMessage(ValueError):
    """Bytes that `pack` did not make."""


def pack(value: Any) -> bytes:
    """The message for None, bool, int, float, str, numeric arrays, and list, tuple, dict of these.

    Anything else becomes an `Odd`.
    """
    arrays: list[np.ndarray] = []
    tree = json.dumps(_tree(value, arrays)).encode()
    message = io.BytesIO()
    np.savez(message, np.frombuffer(tree, np.uint8), *arrays)
    return message.getvalue()


def unpack(message: bytes) -> Any:
    """The value in a message, in new arrays. Raises BadMessage; never runs or unpickles a thing.

    Memory stays in proportion to the message: whatever sizes it claims, it has to hold them.
    """
    try:
        if not message.startswith(b"PK"):
            raise BadMessage("it begins with something else")
        with zipfile.ZipFile(io.BytesIO(message)) as members:
            infos = members.infolist()
            if sum(info.file_size for info in infos) > len(message):
                raise BadMessage("it claims more than it holds")
            tree, *arrays = [_array(members.read(info)) for info in infos]
        return _value(json.loads(tree.tobytes()), arrays)
    except Exception as error:  # hostile bytes find whatever zip, npy and JSON can raise
        raise BadMessage(f"no message: {type(error).__name__}: {error}") from error


def _tree(value: Any, arrays: list[np.ndarray]) -> Any:
    """The value as JSON; arrays go to the list, and their place in it into the tree."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.ndarray | np.generic):
        array = np.array(value, subok=False)
        if array.dtype.kind not in NUMERIC:
            return {"odd": f"an array of {array.dtype}"}
        arrays.append(array)
        return {"array": len(arrays) - 1}
    if type(value) in (list, tuple):
        return {type(value).__name__: [_tree(item, arrays) for item in value]}
    if type(value) is dict and all(type(key) is str for key in value):
        return {"dict": {key: _tree(item, arrays) for key, item in value.items()}}
    what = value.what if isinstance(value, Odd) else f"of type {type(value).__name__}"
    return {"odd": what}


def _value(tree: Any, arrays: list[np.ndarray]) -> Any:
    if not isinstance(tree, dict):
        return tree
    ((kind, content),) = tree.items()
    match kind:
        case "array":
            return arrays[content]
        case "list":
            return [_value(item, arrays) for item in content]
        case "tuple":
            return tuple(_value(item, arrays) for item in content)
        case "dict":
            return {key: _value(item, arrays) for key, item in content.items()}
        case "odd":
            return Odd(str(content))
    raise BadMessage(f"{kind!r} is no kind of value")


def _array(member: bytes) -> np.ndarray:
    """One npy file, as `numpy.save` writes it for numbers, checked before anything is allocated."""
    file = io.BytesIO(member)
    if np.lib.format.read_magic(file) != (1, 0):
        raise BadMessage("another version of npy")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in NUMERIC or dtype.itemsize * math.prod(shape) != len(member) - file.tell():
        raise BadMessage(f"no {dtype} array of shape {shape}")
    numbers = np.frombuffer(member[file.tell() :], dtype)
    return numbers.reshape(shape, order="F" if fortran_order else "C").copy()
