"""Is NumPy, with the loops of book/_simd/, what it is without, to the last bit? Runs in Pyodide."""

import json
import traceback
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy import _distributor_init_local as simd

REAL = ["f4", "f8"]
SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 130, 390, 800]
BATCHES = [(), (), (1,), (2,), (3, 2), (0,)]
SHIFTED = [  # where to write in an array, where to read
    *((slice(0, None), slice(0, None)), (slice(1, None), slice(0, -1))),
    *((slice(0, -1), slice(1, None)), (slice(None, None, -1), slice(0, None))),
]
LOOPS = Path(simd.__file__).with_name("loops.wasm")

rng = np.random.default_rng(0)


@contextmanager
def without():
    """NumPy as it was."""
    ours = simd.put(simd.theirs)
    try:
        yield
    finally:
        simd.put(ours)


def same(got, expected):
    """The same type, shape and bits; one nan is like another."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.dtype == expected.dtype and got.shape == expected.shape
    as_bits = [X.astype(X.dtype.newbyteorder("=")).view(f"u{X.itemsize}") for X in (got, expected)]
    alike = as_bits[0] == as_bits[1]
    if got.dtype.kind == "f":
        alike |= np.isnan(got) & np.isnan(expected)
    return bool(np.all(alike))


def laid_out(shape, dtype):
    """An array of this shape somewhere in memory, with steps of any kind; and all that memory."""
    n, wider = len(shape), [size + 3 for size in shape]
    match rng.integers(7):
        case 0:
            whole = X = np.empty(shape, dtype)
        case 1:
            whole = X = np.empty(shape, dtype, order="F")
        case 2:  # a part of a larger array, its axes in any order
            order = rng.permutation(n)
            whole = np.empty([wider[i] for i in order], dtype)
            X = whole.transpose(np.argsort(order))[tuple(slice(1, 1 + size) for size in shape)]
        case 3:  # every second or third
            steps = rng.integers(1, 4, n)
            whole = np.empty([s * k for s, k in zip(shape, steps, strict=True)], dtype)
            X = whole[tuple(slice(None, None, k) for k in steps)]
        case 4:  # backwards
            whole = np.empty(shape, dtype)
            X = whole[tuple([slice(None, None, -1)] * n)]
        case 5:  # a field of records: no address and no step is a multiple of an item
            whole = np.empty(shape, [("before", "i1"), ("x", dtype)])
            X = whole["x"]
        case _:  # of the other byte order: NumPy converts it
            whole = X = np.empty(shape, np.dtype(dtype).newbyteorder())
    X[...] = rng.standard_normal(shape)
    return X, whole


def unusual(X):
    """Some of its numbers become nan, an infinity or a zero."""
    for value in (np.nan, np.inf, -np.inf, 0.0, -0.0):
        X[rng.random(X.shape) < 0.05] = value


def check_the_loops_are_there():
    assert set(simd.theirs) == set(simd.LOOPS)
    ours = simd.put(simd.theirs)
    assert simd.put(ours) == simd.theirs
    assert not set(ours.values()) & set(simd.theirs.values())


def check_400_random_products():
    for _ in range(400):
        m, n, p = rng.choice(SIZES, 3)
        while m * n * p > 4e6:
            m, n, p = rng.choice(SIZES, 3)
        dtype = rng.choice(REAL)
        ahead_A, ahead_B = (BATCHES[i] for i in rng.integers(len(BATCHES), size=2))
        if (0,) in (ahead_A, ahead_B) or len({*ahead_A, *ahead_B} - {1}) > 1:
            ahead_B = ahead_A  # they would not broadcast
        vector = rng.integers(6)
        A, _ = laid_out((n,) if vector == 0 else (*ahead_A, m, n), dtype)
        B, _ = laid_out((n,) if vector == 1 else (*ahead_B, n, p), dtype)
        if rng.integers(8) == 0 and A.ndim > 1:
            A = np.broadcast_to(A[..., :1, :], A.shape)  # steps of 0
        if rng.integers(8) == 0 and B.ndim > 1:
            B = np.broadcast_to(B[..., :1], B.shape)
        what = (A.shape, A.strides, B.shape, B.strides, dtype)
        with without():
            expected = A @ B
        assert same(A @ B, expected), what
        if expected.ndim:
            out, whole = laid_out(expected.shape, dtype)
            out[...] = 0
            before = whole.tobytes()
            np.matmul(A, B, out=out)
            assert same(out.astype(dtype), expected), (*what, out.strides)
            out[...] = 0
            assert whole.tobytes() == before, (*what, out.strides)  # nothing beside it


def check_products_of_unusual_numbers():
    for dtype in REAL:
        A, B = (rng.standard_normal(shape).astype(dtype) for shape in ((37, 410), (410, 29)))
        unusual(A[:20])
        A[10], A[30, 5], B[7, 28], B[40, 0] = 0, np.inf, -np.inf, np.nan
        with np.errstate(all="ignore"):
            with without():
                expected = A @ B
            assert np.isnan(expected).any() and np.isinf(expected).any()
            assert same(A @ B, expected)
        tiny = np.full((8, 8), np.finfo(dtype).tiny / 8, dtype)  # subnormal
        assert same(tiny @ np.eye(8, dtype=dtype), tiny)


def check_a_product_that_lies_over_its_operand():
    for dtype in REAL:
        for order in "C", "F":
            A = np.asarray(rng.standard_normal((33, 33)), dtype, order=order)
            with without():
                expected = A @ A.T
            for turn in np.asarray, np.transpose:
                X = A.copy(order="K")
                np.matmul(X, X.T, out=turn(X))
                assert same(turn(X), expected)
            X = np.zeros((40, 33), dtype)
            X[:33] = A
            np.matmul(X[:33], A.T, out=X[7:])
            assert same(X[7:], expected)


def check_products_after_the_memory_has_grown():
    A = rng.standard_normal((33, 33)).astype("f4")
    with without():
        expected = A @ A.T
    large = np.empty(2**31 - 1, "i1")
    X = np.empty((2**19, 33), "f4")[-33:]
    X[:] = A
    assert X.__array_interface__["data"][0] > 2**31  # a negative number, if taken for an int
    assert same(X @ X.T, expected)
    assert same(np.maximum(X, X.T), np.maximum(A, A.T)) and same(np.tanh(X), np.tanh(A))
    del large


def check_other_types_are_left_alone():
    for dtype in "i4", "c8", "c16", "?", "O", "f2":
        X = np.ones((20, 20)).astype(dtype)
        assert (X @ X)[0, 0] in (20, True)
        if dtype[0] != "c":
            assert np.all(np.maximum(X, X) == X) and np.all(np.minimum(X, X) == X)
    same(np.tanh(np.ones(5, "f8")), np.full(5, np.tanh(1.0)))


def calls(A, B, out):
    """Ways to call a function of two numbers: each gives a result."""
    yield lambda f: f(A, B)
    yield lambda f: f(A, 0.0)
    yield lambda f: f(-0.0, B)
    yield lambda f: f(A[:1], B)
    yield lambda f: f(A, B, out=out)
    yield lambda f: f(A, B, out=out, where=B > 0)
    for axis in 0, -1, None:
        if A.size:
            yield lambda f, axis=axis: f.reduce(A, axis=axis)
    for axis in 0, -1:
        yield lambda f, axis=axis: f.accumulate(A, axis=axis)
    yield lambda f: f.outer(A.ravel()[:20], B.ravel()[:20])


def check_the_larger_and_the_smaller():
    for _ in range(200):
        dtype = rng.choice(REAL)
        shape = tuple(rng.choice([0, 1, 2, 3, 4, 5, 16, 17, 40], rng.integers(1, 4)))
        (A, _), (B, _), (out, whole) = (laid_out(shape, dtype) for _ in range(3))
        unusual(A), unusual(B)
        if rng.integers(2):  # 0 and -0 are equal: the first of them comes out
            A = -abs(A) if rng.integers(2) else abs(A)
            A[rng.random(shape) < 0.5] *= 0
            B[rng.random(shape) < 0.5] *= 0
        before = whole.copy()
        for function in np.maximum, np.minimum:
            for call in calls(A, B, out):
                whole[...] = before
                got, memory = call(function).copy(), whole.tobytes()
                whole[...] = before
                with without():
                    assert same(got, call(function)), (function, A.strides, B.strides)
                assert memory == whole.tobytes()


def check_the_larger_in_place():
    for dtype in REAL:
        X = rng.standard_normal((50, 7)).astype(dtype)
        indices = rng.integers(0, 50, 200)
        values = rng.standard_normal((200, 7)).astype(dtype)
        for function in np.maximum, np.minimum:
            got, expected = X.copy(), X.copy()
            function.at(got, indices, values)
            with without():
                function.at(expected, indices, values)
            assert same(got, expected)
            for to, frm in SHIFTED:
                got, expected = X.copy(), X.copy()
                function(got[to], got[frm], out=got[to])
                with without():
                    function(expected[to], expected[frm], out=expected[to])
                assert same(got, expected)


def check_tanh():
    """Of every 1009th number that there is, of more between 1/4 and 10, of all at the turns."""
    numbers = [np.arange(0, 2**32, 1009, dtype=np.uint32)]
    numbers += [np.arange(0x3E800000, 0x41200000, 13, dtype=np.uint32)]
    for turn in (0x3E82C578, 0x3F0C9F54, 0x41200000, 0x00800000, 0x3E317218, 0x3F051592):
        near = np.arange(turn - 500, turn + 500, dtype=np.uint32)
        numbers += [near, near | 0x80000000]
    X = np.concatenate(numbers).view("f4")
    with without():
        expected = np.tanh(X)
    assert same(np.tanh(X), expected)
    for _ in range(50):
        shape = tuple(rng.choice([0, 1, 3, 4, 5, 17], rng.integers(1, 4)))
        (A, _), (out, whole) = laid_out(shape, "f4"), laid_out(shape, "f4")
        unusual(A)
        np.tanh(A, out=out)
        got, memory = out.copy(), whole.tobytes()
        with without():
            np.tanh(A, out=out)
        assert same(got, out) and memory == whole.tobytes()
        X = A.astype("f4")
        assert same(np.tanh(X, out=X), out.astype("f4"))
    for to, frm in SHIFTED:
        got, expected = np.tile(rng.standard_normal(50).astype("f4"), (2, 1))
        np.tanh(got[frm], out=got[to])
        with without():
            np.tanh(expected[frm], out=expected[to])
        assert same(got, expected)


def check_what_is_built_on_dot():
    dot = np.dot.__wrapped__
    for dtype in REAL:
        A, B = (rng.standard_normal(shape).astype(dtype) for shape in ((30, 40), (40, 50)))
        C = rng.standard_normal((4, 40, 5)).astype(dtype)
        assert same(np.dot(A, B), dot(A, B)) and np.dot(A, B).flags.c_contiguous
        assert same(np.tensordot(A, C, ([1], [1])), np.einsum("ij,kjl->ikl", A, C))
        pairs = [
            *((A, B[:, 0]), (A[0], B), (A[0], B[:, 0]), (A, C), (A, 2.0), (3.0, 2.0)),
            *((A.T, B.T), (A, B.astype("f8")), (A.tolist(), B), (A.astype(int), B), (A[:0], B)),
            (A.view(np.matrix), B),
        ]
        for X, Y in pairs:
            try:
                expected = dot(X, Y)
            except ValueError as error:
                expected = str(error)
            try:
                got = np.dot(X, Y)
            except ValueError as error:
                got = str(error)
            assert type(got) is type(expected)
            assert got == expected if isinstance(got, str) else same(got, expected)
        out = np.empty((30, 50), dtype)
        assert np.dot(A, B, out) is out and np.dot(a=A, b=B, out=out) is out
        assert same(out, dot(A, B))
        optimized = np.einsum("ij,jk,kl->il", A, B, B.T, optimize=True)
        assert np.allclose(optimized, A @ B @ B.T, rtol=1e-4, atol=1e-4)
    assert np.dot.__doc__ == dot.__doc__


def check_where_anything_does_not_fit_numpy_stays_as_it_was():
    library = LOOPS.read_bytes()
    before = simd.put({name: simd.theirs[name] for name in ()})
    table = simd.put(simd.theirs)
    simd.put(table)
    wrong = {
        "no library": (b"", OSError),
        "instructions that this engine does not know": (library.replace(b"\xfd", b"\xfe"), OSError),
        "a loop less": (library.replace(b"tanh_f_f", b"tanh_f_g"), AttributeError),
        "other numbers": (
            library.replace(b"maximum_ff_f", b"MAXIMUM_ff_f")
            .replace(b"minimum_ff_f", b"maximum_ff_f")
            .replace(b"MAXIMUM_ff_f", b"minimum_ff_f"),
            RuntimeError,
        ),
    }
    for number, (name, (content, kind)) in enumerate(wrong.items()):
        file = Path(f"/tmp/{number}.wasm")
        file.write_bytes(content)
        try:
            simd.install(file)
        except kind:
            now = simd.put(table)
            assert now == table, name
        else:
            raise AssertionError(f"{name}: installed")
    assert before == {}

    class Other(simd.ctypes.Structure):
        _fields_ = (("more", simd.ctypes.c_int), *simd.UFunc._fields_)

    ufunc, simd.UFunc = simd.UFunc, Other
    try:
        simd.put(table)
    except RuntimeError as error:
        assert "another layout" in str(error)
    else:
        raise AssertionError("another layout: not noticed")
    finally:
        simd.UFunc = ufunc
    assert simd.put(table) == table


def check_numpy_works():
    A = np.arange(6, dtype="f4").reshape(2, 3)
    assert (A @ A.T).tolist() == [[5, 14], [14, 50]] == np.dot(A, A.T).tolist()
    assert np.maximum(A, 3).max() == 5 and abs(np.tanh(A[0, 1]) - 0.7615942) < 1e-6


def run(names=None):
    """JSON: of each check, or of these, its traceback; null if all is well."""
    found = {}
    for name, check in globals().copy().items():
        if name.startswith("check_") and name in (names or [name]):
            try:
                check()
                found[name] = None
            except Exception:
                found[name] = traceback.format_exc()
    return json.dumps(found)
