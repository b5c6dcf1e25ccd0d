"""The rules in the package's docstring, each checked on every module."""

import copy
import pickle

import numpy as np
import pytest
from catalog import CASES
from referee import as_tuple, assert_agrees, assert_close, load_into

import dlcore
from dlcore import nn

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
# All but one sample as a vector; -1 of no numbers, which could be any size; and a softmax that
# would run over the samples.
batches = pytest.mark.parametrize(
    "case",
    [
        case
        for case in CASES
        if len(case.shapes[0]) > 1 and case.name not in ("view", "softmax-along-the-first")
    ],
    ids=lambda case: case.name,
)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def cotangents(outputs, seed=1):
    """A random, read-only dE/dY for every output."""
    rng = np.random.default_rng(seed)
    return [read_only(rng.standard_normal(np.shape(Y)).astype(Y.dtype)) for Y in outputs]


def read_only(array):
    array = np.array(array)
    array.flags.writeable = False
    return array


def sweep(module, arrays, seed=1):
    """One fprop and one bprop: outputs, the inputs' gradients, the parameters' gradients."""
    module.zero_grad()
    outputs = as_tuple(module.fprop(*arrays))
    dE_dX = as_tuple(module.bprop(*cotangents(outputs, seed)))
    return outputs, dE_dX, {name: p.grad for name, p in module.named_parameters()}


@every_case
def test_bprop_agrees_with_numerical_jacobians(case):
    assert dlcore.gradcheck(case.module(), *case.inputs())


@every_case
def test_bprop_agrees_with_differences_along_random_directions(case):
    """Not by way of dlcore.gradcheck: d/dt <g, f(x + tv, w + tu)> = <dE/dX, v> + <dE/dW, u>.

    The derivative along (v, u) is a five-point stencil, exact up to the fourth power of h.
    """
    module, arrays = case.module(), case.inputs()
    rng = np.random.default_rng(2)
    h = 1e-3
    for seed in range(5):
        outputs, dE_dX, dE_dW = sweep(module, arrays, seed)
        g = cotangents(outputs, seed)
        floats = [i for i, X in enumerate(arrays) if X.dtype.kind == "f"]
        v = {i: rng.standard_normal(arrays[i].shape) for i in floats}
        u = {name: rng.standard_normal(p.shape) for name, p in module.named_parameters()}
        start = {name: p.data for name, p in module.named_parameters()}

        def along(t, g=g, v=v, u=u, start=start):
            for name, p in module.named_parameters():
                p.data = start[name] + t * u[name]
            moved = [X + t * v[i] if i in v else X for i, X in enumerate(arrays)]
            moved = module.fprop(*moved)
            return sum(np.vdot(G, Y) for G, Y in zip(g, as_tuple(moved), strict=True))

        by_stencil = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h)
        along(0)
        by_bprop = sum(np.vdot(dE_dX[i], V) for i, V in v.items())
        by_bprop += sum(np.vdot(dE_dW[name], U) for name, U in u.items())
        np.testing.assert_allclose(by_bprop, by_stencil, rtol=1e-7, atol=1e-9)


@both_dtypes
@every_case
def test_agrees_with_torch(case, dtype, torch, device):
    arrays = case.inputs(dtype=dtype)
    assert_agrees(torch, device, case.module(dtype), case.torch_module(torch), arrays)


@every_case
def test_no_argument_is_written_into(case):
    module, arrays = case.module(), [read_only(X) for X in case.inputs()]
    before = [X.copy() for X in arrays]
    sweep(module, arrays)  # read-only arguments: writing into one raises
    for X, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(X, old)


@both_dtypes
@every_case
def test_the_dtype_that_goes_in_comes_out(case, dtype):
    outputs, dE_dX, dE_dW = sweep(case.module(dtype), case.inputs(dtype=dtype))
    wanted = [g for g in dE_dX if g is not None]
    assert {a.dtype for a in (*outputs, *wanted, *dE_dW.values())} == {np.dtype(dtype)}


@every_case
def test_the_tape_gives_the_same_bits_as_the_modules_by_hand(case):
    module, arrays = case.module(), case.inputs()
    outputs, dE_dX, dE_dW = sweep(module, arrays)
    module.zero_grad()
    inputs = [dlcore.tensor(X, requires_grad=X.dtype.kind == "f") for X in arrays]
    recorded = as_tuple(module(*inputs))
    for Y, tensor, g in zip(outputs, recorded, cotangents(outputs), strict=True):
        np.testing.assert_array_equal(tensor.data, Y)
        tensor.backward(g)
    for X, g in zip(inputs, dE_dX, strict=True):
        assert (X.grad is None) == (g is None)
        np.testing.assert_array_equal(X.grad, g)
    for name, p in module.named_parameters():
        np.testing.assert_array_equal(p.grad, dE_dW[name])


@every_case
def test_a_second_bprop_adds_to_the_parameters(case):
    module, arrays = case.module(), case.inputs()
    _, _, once = sweep(module, arrays)
    held = {name: (g, g.copy()) for name, g in once.items()}
    outputs = as_tuple(module.fprop(*arrays))
    module.bprop(*cotangents(outputs))
    for name, p in module.named_parameters():
        np.testing.assert_allclose(p.grad, 2 * once[name])
        np.testing.assert_array_equal(*held[name])  # who holds the old gradient keeps its numbers


@every_case
def test_two_calls_before_backward(case):
    """A siamese net: each call keeps its own state, the parameters take both gradients."""
    module = case.module()
    calls = [case.inputs(seed=1), case.inputs(seed=2)]
    alone = [sweep(module, arrays) for arrays in calls]
    module.zero_grad()
    inputs = [[dlcore.tensor(X, requires_grad=X.dtype.kind == "f") for X in c] for c in calls]
    recorded = [as_tuple(module(*tensors)) for tensors in inputs]
    for outputs in recorded:  # in the order of the calls, against the order of a stack
        for tensor, g in zip(outputs, cotangents(outputs), strict=True):
            tensor.backward(g)
    for tensors, (_, dE_dX, _) in zip(inputs, alone, strict=True):
        for X, g in zip(tensors, dE_dX, strict=True):
            np.testing.assert_array_equal(X.grad, g)
    for name, p in module.named_parameters():
        np.testing.assert_allclose(p.grad, sum(dE_dW[name] for _, _, dE_dW in alone))


@every_case
def test_inputs_need_not_be_contiguous(case):
    module, arrays = case.module(), case.inputs()
    outputs, dE_dX, dE_dW = sweep(module, arrays)
    apart = []
    for X in arrays:  # read backwards, and every other number of a wider array
        wide = np.zeros((*X.shape, 2), X.dtype)
        wide[..., 0] = np.flip(X)
        apart.append(np.flip(wide[..., 0]))
        assert X.size == 1 or not apart[-1].flags.c_contiguous
    got, got_dX, got_dW = sweep(module, apart)
    for Y, expected in zip(got, outputs, strict=True):
        np.testing.assert_allclose(Y, expected)
    for g, expected in zip(got_dX, dE_dX, strict=True):
        assert g is None or np.allclose(g, expected)
    for name, g in got_dW.items():
        np.testing.assert_allclose(g, dE_dW[name])


@batches
def test_an_empty_batch(case, torch):
    """No samples: nothing comes out, nothing breaks; the mean of nothing is nan, as in torch."""
    module = case.module()
    arrays = [np.zeros((0, *X.shape[1:]), X.dtype) for X in case.inputs()]
    assert_agrees(torch, torch.device("cpu"), module, case.torch_module(torch), arrays)


@every_case
def test_a_copy_and_a_pickle_work_on_their_own(case):
    module, arrays = case.module(), case.inputs()
    outputs, dE_dX, dE_dW = sweep(module, arrays)
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        got, got_dX, got_dW = sweep(other, arrays)
        np.testing.assert_array_equal(got, outputs)
        assert all(
            np.array_equal(a, b) for a, b in zip(got_dX, dE_dX, strict=True) if b is not None
        )
        assert got_dW.keys() == dE_dW.keys()
        for mine, theirs in zip(module.parameters(), other.parameters(), strict=True):
            assert mine is not theirs and not np.shares_memory(mine.data, theirs.data)


@every_case
def test_a_repr_does_not_change_with_use(case):
    module = case.module()
    before, names = repr(module), [name for name, _ in module.named_modules()]
    sweep(module, case.inputs())
    module(*case.inputs())
    assert repr(module) == before
    assert [name for name, _ in module.named_modules()] == names


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@every_case
def test_what_is_not_finite_goes_where_torch_lets_it_go(case, bad, torch):
    module, arrays = case.module(), case.inputs()
    arrays[0].flat[1] = bad
    theirs = case.torch_module(torch)
    if isinstance(theirs, torch.nn.Module):
        load_into(theirs, module, torch.device("cpu"), torch)
    expected = as_tuple(theirs(*map(torch.tensor, arrays)))
    # NumPy may say that inf - inf made a NaN; a NaN that came in is no news.
    with np.errstate(invalid="ignore" if np.isinf(bad) else "raise"):
        outputs = as_tuple(module.fprop(*arrays))
    for Y, T in zip(outputs, expected, strict=True):
        assert_close(Y, T)


# What a bad number at [0, 1] of a (3, 4) input spoils: itself, its row, or its column.
@pytest.mark.parametrize(
    "module, spoiled",
    [
        (nn.ReLU(), np.s_[0, 1]),
        (nn.Tanh(), np.s_[0, 1]),
        (nn.Sigmoid(), np.s_[0, 1]),
        (nn.Softmax(dim=1), np.s_[0]),
        (nn.LogSoftmax(dim=0), np.s_[:, 1]),
        (nn.Linear(4, 4).double(), np.s_[0]),
    ],
    ids=str,
)
def test_nan_stays_where_it_is(module, spoiled, rng):
    X = rng.standard_normal((3, 4))
    X[0, 1] = np.nan
    expected = np.zeros((3, 4), bool)
    expected[spoiled] = True
    np.testing.assert_array_equal(np.isnan(module.fprop(X)), expected)


@every_case
def test_float32_is_as_float64_at_a_scale_of_1000(case):
    """No formula takes a large number from another one that is nearly as large."""
    arrays = [1e3 * X if X.dtype.kind == "f" else X for X in case.inputs()]
    with np.errstate(all="ignore"):
        exact = as_tuple(case.module().fprop(*arrays))
        single = [X.astype(np.float32) if X.dtype.kind == "f" else X for X in arrays]
        rounded = as_tuple(case.module(np.float32).fprop(*single))
    for Y, Y32 in zip(exact, rounded, strict=True):
        np.testing.assert_allclose(Y32, Y, rtol=0, atol=1e-5 * np.max(np.abs(Y), initial=1e-30))
