"""Duplicate, Add, Max, Flatten, View."""

import numpy as np
import pytest
from catalog import properties
from hypothesis import assume, given
from hypothesis import strategies as st

import dlcore
from dlcore import nn
from dlcore.nn import functional as F


def test_duplicate_adds_the_gradients():
    """L38, by hand."""
    branch = nn.Duplicate(3)
    X = np.arange(4.0)
    assert all(np.shares_memory(Y, X) for Y in branch.fprop(X))
    gradients = [np.full(4, 10.0**k) for k in range(3)]
    np.testing.assert_array_equal(branch.bprop(*gradients), np.full(4, 111.0))
    assert gradients[0][0] == 1


def test_duplicate_on_the_tape():
    x = dlcore.tensor([1.0, -2.0], requires_grad=True)
    first, second = nn.Duplicate()(x)
    (dlcore.relu(first) + dlcore.tanh(second)).backward(np.ones(2))
    np.testing.assert_allclose(x.grad, [1 + 1 - np.tanh(1) ** 2, 1 - np.tanh(2) ** 2], rtol=1e-6)


def test_duplicate_cannot_feed_a_module_of_one_input():
    with pytest.raises(TypeError, match="not a tuple of them"):
        nn.Sequential(nn.Duplicate(), nn.ReLU())(dlcore.randn(2, requires_grad=True))


def test_max_gives_a_tie_to_the_second():
    """As on L40; torch.maximum gives each a half, a departure that the docstring states."""
    choice = nn.Max()
    Y = choice.fprop(np.array([1.0, 5.0, 3.0]), np.array([2.0, 4.0, 3.0]))
    np.testing.assert_array_equal(Y, [2, 5, 3])
    first, second = choice.bprop(np.array([10.0, 20.0, 30.0]))
    np.testing.assert_array_equal(first, [0, 20, 0])
    np.testing.assert_array_equal(second, [10, 0, 30])


shapes = st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple)


@properties
@given(shape=shapes, start=st.integers(-4, 3), end=st.integers(-4, 3))
def test_flatten_as_torch_does_it(torch, shape, start, end):
    """Where torch refuses, so do we; else the same shape, and the gradient has the old one."""
    X = np.random.default_rng(0).standard_normal(shape)
    module = nn.Flatten(start, end)
    try:
        expected = torch.flatten(torch.tensor(X), start, end).numpy()
    except (IndexError, RuntimeError):
        with pytest.raises(dlcore.InputError):
            module.fprop(X)
        return
    np.testing.assert_array_equal(module.fprop(X), expected, strict=True)
    np.testing.assert_array_equal(module.bprop(expected), X, strict=True)


def test_the_function_flattens_everything():
    X = np.zeros((2, 3, 4), np.float32)
    assert F.flatten(X).shape == dlcore.flatten(X).shape == (24,)
    assert F.flatten(X, 1).shape == (2, 12)


@properties
@given(shape=shapes, axis=st.integers(0, 3))
def test_view_as_torch_does_it(torch, shape, axis):
    assume(axis < len(shape) and 0 not in shape)
    X = np.random.default_rng(0).standard_normal(shape)
    new = [*shape[::-1]]
    new[axis] = -1
    module = nn.View(*new)
    expected = torch.tensor(X).view(*new).numpy()
    np.testing.assert_array_equal(module.fprop(X), expected, strict=True)
    np.testing.assert_array_equal(module.bprop(expected), X, strict=True)


@pytest.mark.parametrize("module", [nn.Flatten(), nn.View(6), nn.View(-1)], ids=str)
def test_a_view_keeps_its_own_shape_when_called_again(module):
    """The shape to go back to is this call's, though a second call came between."""
    first = dlcore.randn(1, 2, 3, requires_grad=True)
    y = module(first)
    module(dlcore.randn(6, 1, requires_grad=True))
    y.backward(np.ones(y.shape))
    assert first.grad.shape == (1, 2, 3)
