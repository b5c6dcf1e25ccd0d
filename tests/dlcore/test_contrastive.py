"""ContrastiveLoss: the paper's formula, its two kinks, its pairs."""

import numpy as np
import pytest

import dlcore
from dlcore import nn

X1 = np.array([[0.0, 0], [0, 0], [0, 0], [0, 0]])
X2 = np.array([[0.3, 0.4], [0.3, 0.4], [3, 4], [3, 4]])  # at a distance of 0.5 and of 5
T = np.array([0, 1, 0, 1])


def test_the_formula():
    """Hadsell et al. 2006, equations 2 and 4; Y = 0 for similar pairs."""
    cost = nn.ContrastiveLoss(margin=2, reduction="none")
    np.testing.assert_allclose(cost.fprop(X1, X2, T), [0.125, 1.125, 12.5, 0])
    dE_dX1, dE_dX2, dE_dT = cost.bprop(np.ones(4))
    np.testing.assert_allclose(dE_dX1, [[-0.3, -0.4], [0.9, 1.2], [-3, -4], [0, 0]])
    np.testing.assert_array_equal(dE_dX2, -dE_dX1)
    assert dE_dT is None


def test_similar_are_pulled_dissimilar_pushed(rng):
    """A step against the gradient changes the distance as the paper's springs do."""
    cost = nn.ContrastiveLoss(margin=1)
    X1, X2 = rng.uniform(0, 0.3, (2, 5, 3))
    before = np.linalg.norm(X1 - X2, axis=1)
    for t in (0, 1):
        cost.fprop(X1, X2, np.full(5, t))
        dE_dX1, dE_dX2, _ = cost.bprop()
        after = np.linalg.norm((X1 - 0.1 * dE_dX1) - (X2 - 0.1 * dE_dX2), axis=1)
        assert (after < before).all() if t == 0 else (after > before).all()


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_reductions_as_in_torch(reduction, dtype, torch):
    cost = nn.ContrastiveLoss(2.0, reduction)
    arrays = [X1.astype(dtype), X2.astype(dtype)]
    A, B = (torch.tensor(X, requires_grad=True) for X in arrays)
    D = torch.linalg.vector_norm(A - B, dim=1)
    C = torch.where(torch.tensor(T) == 1, torch.relu(2 - D) ** 2 / 2, D**2 / 2)
    C = {"mean": torch.mean, "sum": torch.sum, "none": torch.clone}[reduction](C)
    dE_dC = np.arange(1, 5, dtype=dtype) if reduction == "none" else dtype(3)
    C.backward(torch.tensor(dE_dC))
    Y = cost.fprop(*arrays, T)
    assert Y.dtype == dtype
    np.testing.assert_allclose(Y, C.detach().numpy(), rtol=1e-6)
    for got, tensor in zip(cost.bprop(dE_dC)[:2], (A, B), strict=True):
        assert got.dtype == dtype
        np.testing.assert_allclose(got, tensor.grad.numpy(), rtol=1e-6)


@pytest.mark.parametrize("t", [0, 1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_at_the_same_place_the_gradient_is_zero(t, dtype):
    X = np.ones((3, 2), dtype)
    cost = nn.ContrastiveLoss()
    assert cost.fprop(X, X.copy(), np.full(3, t)) == (0.5 if t else 0)
    np.testing.assert_array_equal(cost.bprop()[:2], np.zeros((2, 3, 2)))


def test_at_the_margin_the_gradient_is_zero():
    cost = nn.ContrastiveLoss(margin=5)
    assert cost.fprop(X1[2], X2[2], 1) == 0
    np.testing.assert_array_equal(cost.bprop()[0], [0, 0])


def test_one_pair_is_a_batch_of_one(rng):
    A, B = rng.standard_normal((2, 3))
    cost = nn.ContrastiveLoss(3)
    for t in (0, 1):
        one = cost.fprop(A, B, t)
        dE_dA, _, _ = cost.bprop()
        assert cost.fprop(A[None], B[None], [t]) == one
        np.testing.assert_array_equal(cost.bprop()[0][0], dE_dA)
        assert dlcore.gradcheck(cost, A, B, np.array(t))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64])
def test_targets_of_any_int_or_bool(dtype):
    cost = nn.ContrastiveLoss(margin=2)
    assert cost.fprop(X1, X2, T.astype(dtype)) == cost.fprop(X1, X2, list(map(int, T)))


def test_a_nan_stays_in_its_pair():
    A = X1.copy()
    A[1, 0] = np.nan
    cost = nn.ContrastiveLoss(reduction="none")
    spoiled = [False, True, False, False]
    np.testing.assert_array_equal(np.isnan(cost.fprop(A, X2, T)), spoiled)
    np.testing.assert_array_equal(np.isnan(cost.bprop(np.ones(4))[0]).any(axis=1), spoiled)


def test_a_siamese_net(rng):
    """One net called twice: its parameters take the gradients of both calls (L17)."""
    net, cost = nn.Linear(4, 2).double(), nn.ContrastiveLoss(margin=3)
    A, B = rng.standard_normal((2, 6, 4))
    t = np.array([0, 1, 0, 1, 1, 0])
    cost(net(A), net(B), t).backward()
    got = net.weight.grad.copy()

    def E(W):
        net.weight.data = W
        return cost.fprop(net.fprop(A), net.fprop(B), t)

    expected = dlcore.numerical_jacobian(E, net.weight.data)
    np.testing.assert_allclose(got.ravel(), expected[0], rtol=1e-6)


@pytest.mark.parametrize(
    "inputs, text",
    [
        ((X1, X2[:3], T), "expected shape (4, 2), got (3, 2)"),
        ((X1, X2.astype(np.float32), T), "expected float64 numbers, got float32"),
        ((np.float64(1), np.float64(2), 0), "expected shape (*, features), got ()"),
        ((X1, X2, T[:3]), "targets of shape (4,), 0 for similar or 1 for dissimilar, got int64 of"),
        ((X1, X2, T.astype(float)), "0 for similar or 1 for dissimilar, got float64 of shape (4,)"),
        ((X1, X2, 2 * T - 1), "0 for similar or 1 for dissimilar, got -1"),
        ((X1.astype(int), X2, T), "got int64: convert it, e.g. X.astype(np.float32)"),
    ],
)
def test_inputs_that_it_cannot_take(inputs, text):
    with pytest.raises(dlcore.InputError) as error:
        nn.ContrastiveLoss().fprop(*inputs)
    assert text in str(error.value)


@pytest.mark.parametrize(
    "options, error, text",
    [
        ({"margin": 0}, ValueError, "margin should be finite and greater than 0, got 0"),
        ({"margin": "1"}, TypeError, "margin should be a number, got '1'"),
        ({"reduction": "max"}, ValueError, "reduction is 'mean', 'sum' or 'none', got 'max'"),
    ],
)
def test_options_that_it_does_not_take(options, error, text):
    with pytest.raises(error, match=text):
        nn.ContrastiveLoss(**options)
