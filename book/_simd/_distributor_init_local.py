"""NumPy in the browser has neither BLAS nor SIMD: some of it is replaced here.

A file of this name in its package NumPy imports before all else of its own;
there is the place for "any BLAS/LAPACK initialization code"
(numpy/_distributor_init.py). The loops are in loops.wasm, compiled from the
.ts files beside this one. They give the same numbers as NumPy's, to the last
bit. Where anything does not fit, NumPy stays as it is, and the browser's
console says why.
"""

import ctypes
from functools import wraps
from pathlib import Path
from typing import Any

from js import console
from numpy import _core

# A function of NumPy, the types that it takes, and what it then gives.
LOOPS = (
    *("matmul_ff_f", "matmul_dd_d", "tanh_f_f"),
    *("maximum_ff_f", "maximum_dd_d", "minimum_ff_f", "minimum_dd_d"),
)

# By name, what is called: a place in WebAssembly's table of functions, and
# what it is called with.
Loops = dict[str, tuple[int, int]]


class UFunc(ctypes.Structure):
    """How a PyUFuncObject begins: numpy/ufuncobject.h, the same since 1.0."""

    _fields_ = [
        ("ob_refcnt", ctypes.c_ssize_t),
        ("ob_type", ctypes.c_void_p),
        ("nin", ctypes.c_int),
        ("nout", ctypes.c_int),
        ("nargs", ctypes.c_int),
        ("identity", ctypes.c_int),
        ("functions", ctypes.POINTER(ctypes.c_size_t)),
        ("data", ctypes.POINTER(ctypes.c_size_t)),
        ("ntypes", ctypes.c_int),
    ]


def install(file: Path) -> Loops:
    """Let NumPy use the loops in this library; gives those that it had.

    Ours are called with the place of theirs, to leave to them what they do
    not do themselves. Raises if anything is not as it should be.
    """
    library = ctypes.CDLL(str(file))
    expected = samples()
    ours = {}
    for name in LOOPS:
        ufunc, index = find(name)
        function = ctypes.cast(library[name], ctypes.c_void_p).value or 0
        ours[name] = function, ufunc.functions[index]
    theirs = put(ours)
    if samples() != expected:
        put(theirs)
        raise RuntimeError("its numbers are not those of NumPy")
    return theirs


def put(loops: Loops) -> Loops:
    """Let NumPy use these; gives those that it had in their place."""
    before = {}
    for name, (function, data) in loops.items():
        ufunc, index = find(name)
        before[name] = ufunc.functions[index], ufunc.data[index]
        ufunc.functions[index], ufunc.data[index] = function, data
    return before


def find(name: str) -> tuple[UFunc, int]:
    """In which ufunc a loop stands, and at which of its types."""
    called, takes, gives = name.split("_")
    function = getattr(_core.umath, called)
    ufunc = UFunc.from_address(id(function))
    seen = (ufunc.nin, ufunc.nout, ufunc.nargs, ufunc.ntypes)
    if seen != (function.nin, function.nout, function.nargs, function.ntypes):
        raise RuntimeError("this NumPy has another layout")
    return ufunc, function.types.index(f"{takes}->{gives}")


def samples() -> list[bytes]:
    """Results that pass through every part of the loops."""
    found = []
    for dtype in "fd":
        A = (_core.arange(9 * 400) % 97 / 97 - 0.5).astype(dtype)
        A, B = A.reshape(9, 400), A[::-1].reshape(400, 9).T
        A[0, 0] = float("nan")
        found += [A[1:] @ B.T, B.T @ B[:, :9], 40 * A[:3] @ B[:3].T]
        found += [_core.umath.maximum(A, B), _core.umath.minimum(A[:, ::2], 0)]
        found += [_core.umath.tanh(20 * A)]
    return [X.tobytes() for X in found]


def with_matmul(dot: Any) -> Any:
    """np.dot, and what is built on it, with our loops for two matrices."""

    @wraps(dot)
    def product(a: Any, b: Any, out: Any = None) -> Any:
        both_arrays = type(a) is type(b) is _core.ndarray and out is None
        if both_arrays and a.ndim == b.ndim == 2 and a.dtype == b.dtype:
            if a.dtype.char in "fd" and a.shape[1] == b.shape[0]:
                return _core.umath.matmul(a, b)
        return dot(a, b, out)

    return product


try:
    theirs = install(Path(__file__).with_name("loops.wasm"))
    _core.dot = _core.numeric.dot = with_matmul(_core.numeric.dot)
except Exception as reason:
    console.warn(f"NumPy is not made faster here: {reason}")
