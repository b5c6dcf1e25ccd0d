"""Linear: Y = X.W^T + B, for any number of leading dimensions."""

import numpy as np
import pytest
from catalog import properties
from hypothesis import given
from hypothesis import strategies as st
from referee import assert_agrees

import dlcore
from dlcore import nn


def test_the_lectures_formulas():
    """L36, one sample as a column: Y = W.X, dC/dX = W^T.dC/dY, dC/dW = dC/dY.X^T."""
    layer = nn.Linear(3, 2, bias=False).double()
    W, X, dC_dY = layer.weight.data, np.array([[1.0], [2.0], [3.0]]), np.array([[0.5], [-1.0]])
    np.testing.assert_allclose(layer.fprop(X[:, 0]), (W @ X)[:, 0])
    np.testing.assert_allclose(layer.bprop(dC_dY[:, 0]), (W.T @ dC_dY)[:, 0])
    np.testing.assert_allclose(layer.weight.grad, dC_dY @ X.T)


@properties
@given(
    leading=st.lists(st.integers(0, 4), max_size=3),
    n_in=st.integers(1, 6),
    n_out=st.integers(1, 6),
    bias=st.booleans(),
)
def test_any_shape_as_torch_does_it(torch, leading, n_in, n_out, bias):
    X = np.random.default_rng(0).standard_normal((*leading, n_in))
    ours, theirs = nn.Linear(n_in, n_out, bias).double(), torch.nn.Linear(n_in, n_out, bias)
    assert_agrees(torch, torch.device("cpu"), ours, theirs, [X])


def test_a_sample_as_a_vector_is_a_row_of_the_batch():
    layer, X = nn.Linear(5, 3).double(), np.random.default_rng(0).standard_normal((4, 5))
    rows = np.stack([layer.fprop(x) for x in X])
    np.testing.assert_allclose(layer.fprop(X), rows, rtol=1e-12)


def test_initial_weights_have_torchs_spread(torch):
    dlcore.manual_seed(0)
    torch.manual_seed(0)
    ours, theirs = nn.Linear(400, 300), torch.nn.Linear(400, 300)
    for name, p in ours.named_parameters():
        spread = theirs.get_parameter(name).std().item()
        assert p.data.std() == pytest.approx(spread, rel=0.1)
        assert np.abs(p.data).max() <= 400**-0.5
    assert ours.weight.data.mean() == pytest.approx(0, abs=1e-3)


def test_big_numbers():
    layer = nn.Linear(2, 1, bias=False).double()
    layer.load_state_dict({"weight": [[1e150, -1e150]]})
    np.testing.assert_allclose(layer.fprop(np.array([[1e150, 0.5e150]])), [[0.5e300]])


def test_the_gradient_of_raw_data_is_not_computed():
    """It would be a matrix product as large as the forward one."""
    layer = nn.Linear(3, 2)
    layer.needs_input_grad = (False,)
    Y = layer.fprop(np.ones((4, 3), np.float32))
    assert layer.bprop(Y) is None
    np.testing.assert_allclose(layer.bias.grad, Y.sum(axis=0), rtol=1e-6)
