"""Point-wise non-linearities: their kinks, their far ends, any shape."""

import numpy as np
import pytest
from catalog import properties
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import dlcore
from dlcore import nn
from dlcore.nn import functional as F

MODULES = [nn.ReLU, nn.Tanh, nn.Sigmoid]
ids = pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)


@ids
@properties
@given(
    X=hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
        elements=st.floats(-1000, 1000, width=32),
    )
)
def test_any_shape_any_number_as_torch_does_it(torch, module, X):
    """Kinks, zeros of both signs and the far ends included; 1e-4: the far end of Sigmoid."""
    ours, T = module(), torch.tensor(X, requires_grad=True)
    Y = getattr(torch, module.__name__.lower())(T)
    Y.backward(torch.ones_like(Y))
    np.testing.assert_allclose(ours.fprop(X), Y.detach().numpy(), rtol=1e-4, atol=1e-37)
    got = ours.bprop(np.ones_like(X))
    np.testing.assert_allclose(got, T.grad.numpy(), rtol=1e-4, atol=2e-7)
    assert got.dtype == X.dtype and got.shape == X.shape


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_relu_at_its_kink(zero):
    relu = nn.ReLU()
    assert relu.fprop(np.float32([zero])) == 0
    assert relu.bprop(np.float32([1])) == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_far_out(dtype):
    """No overflow, no warning, and 1e-9 is not 0."""
    Y = nn.Sigmoid().fprop(np.array([-np.inf, -1000, -20, 0, 20, 1000, np.inf], dtype))
    expected = [0, 0, np.exp(-20.0) / (1 + np.exp(-20.0)), 0.5, 1 / (1 + np.exp(-20.0)), 1, 1]
    np.testing.assert_allclose(Y, np.array(expected, dtype), rtol=1e-6)


@ids
def test_the_function_is_the_module(module):
    X = np.float32([[-1, 0, 2]])
    name = module.__name__.lower()
    for function in (getattr(F, name), getattr(dlcore, name)):
        np.testing.assert_array_equal(function(X), module().fprop(X))
