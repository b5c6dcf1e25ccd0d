"""Softmax and LogSoftmax: any shape, along any dimension, and scores as far out as they come."""

import numpy as np
import pytest
from catalog import properties
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import dlcore
from dlcore import nn
from dlcore.nn import functional as F

BOTH = pytest.mark.parametrize("name", ["Softmax", "LogSoftmax"])


@BOTH
@properties
@given(
    X=hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4),
        elements=st.floats(-1000, 1000),
    ),
    dim=st.integers(-4, 3),
)
def test_any_shape_and_dimension_as_torch_does_it(torch, name, X, dim):
    assume(-X.ndim <= dim < X.ndim and X.shape[dim] > 0)
    ours, theirs = getattr(nn, name)(dim=dim), getattr(torch.nn, name)(dim=dim)
    T = torch.tensor(X, requires_grad=True)
    expected = theirs(T)
    dE_dY = np.random.default_rng(0).standard_normal(X.shape)
    expected.backward(torch.tensor(dE_dY))
    np.testing.assert_allclose(ours.fprop(X), expected.detach().numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(ours.bprop(dE_dY), T.grad.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_a_thousand(dtype):
    X = np.array([[1000, -1000, 0], [-1000, -1000, -1000]], dtype)
    log_p = nn.LogSoftmax(dim=1)
    np.testing.assert_allclose(
        log_p.fprop(X), np.array([[0, -2000, -1000], [-np.log(3)] * 3], dtype), rtol=1e-6
    )
    p = nn.Softmax(dim=1)
    np.testing.assert_allclose(p.fprop(X), np.array([[1, 0, 0], [1 / 3] * 3], dtype), rtol=1e-6)
    for module in (log_p, p):
        assert np.isfinite(module.bprop(np.ones((2, 3), dtype))).all()


def test_a_class_that_cannot_be():
    """A score of -inf: probability 0, no NaN, no gradient."""
    X = np.array([[0.0, -np.inf, 0.0]])
    log_p = nn.LogSoftmax(dim=1)
    np.testing.assert_allclose(log_p.fprop(X), [[-np.log(2), -np.inf, -np.log(2)]])
    np.testing.assert_allclose(log_p.bprop(np.array([[1.0, 0, 0]])), [[0.5, 0, -0.5]])
    np.testing.assert_allclose(nn.Softmax(dim=1).fprop(X), [[0.5, 0, 0.5]])


def test_scores_shifted_together_change_nothing():
    X = np.random.default_rng(0).standard_normal((4, 5))
    for module in (nn.Softmax(dim=1), nn.LogSoftmax(dim=1)):
        np.testing.assert_allclose(module.fprop(X + 100), module.fprop(X), atol=1e-12)
        rows = module.bprop(np.random.default_rng(1).standard_normal((4, 5))).sum(axis=1)
        np.testing.assert_allclose(rows, 0, atol=1e-12)  # and so no gradient in that direction


@BOTH
def test_the_function_is_the_module(name):
    X = np.random.default_rng(0).standard_normal((2, 3))
    function = "softmax" if name == "Softmax" else "log_softmax"
    for package in (F, dlcore):
        got = getattr(package, function)(X, dim=0)
        np.testing.assert_array_equal(got, getattr(nn, name)(dim=0).fprop(X))


@pytest.mark.parametrize("kind", ["Softmax", "LogSoftmax"])
@pytest.mark.parametrize("dim", [0, -1])
def test_a_single_number_is_a_row_of_one(kind, dim, torch):
    ours, theirs = (getattr(package.nn, kind)(dim) for package in (dlcore, torch))
    assert ours.fprop(np.array(2.0)) == theirs(torch.tensor(2.0)).item()
    assert ours.bprop(np.array(3.0)) == 0
    with pytest.raises(dlcore.InputError):
        getattr(nn, kind)(1).fprop(np.array(2.0))
