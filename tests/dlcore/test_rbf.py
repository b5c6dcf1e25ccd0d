"""RBF: its formula, distances that rounding would lose, a machine with kernels."""

import numpy as np
import pytest

import dlcore
from dlcore import nn

both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def kernel(X, centers, gamma):
    """Number by number: exp(-gamma ||x - c||^2)."""
    return np.exp(-gamma * ((X[..., None, :] - centers) ** 2).sum(-1))


def test_the_formula(rng):
    module = nn.RBF(3, 5, gamma=0.7).double()
    X = rng.standard_normal((4, 3))
    np.testing.assert_allclose(module.fprop(X), kernel(X, module.centers.data, 0.7))


def test_it_is_scikit_learns_kernel(rng):
    pairwise = pytest.importorskip("sklearn.metrics.pairwise")
    module = nn.RBF(20, 30, gamma=0.02).double()
    X = rng.standard_normal((40, 20))
    expected = pairwise.rbf_kernel(X, module.centers.data, gamma=0.02)
    np.testing.assert_allclose(module.fprop(X), expected, rtol=1e-10)


@both_dtypes
def test_far_from_the_origin_the_distances_stay(dtype, rng):
    """||x||^2 is a million there, and a distance of 0.1 would be lost in its rounding."""
    module = nn.RBF(4, 3)
    near = rng.standard_normal((3, 4))
    module.centers.data = (1000 + near).astype(dtype)
    X = (1000 + near + 0.1).astype(dtype)
    exact = kernel(X.astype(float), module.centers.data.astype(float), 1)
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(module.fprop(X), exact, rtol=tolerance, atol=tolerance)


@both_dtypes
def test_at_a_center(dtype, rng):
    """Y = 1 and never more, though rounding makes some of the distances negative."""
    module = nn.RBF(20, 60)
    module.centers.data = (10 * rng.standard_normal((60, 20))).astype(dtype)
    Y = module.fprop(module.centers.data)
    np.testing.assert_allclose(np.diag(Y), np.ones(60), rtol=2e-3 if dtype == np.float32 else 1e-10)
    assert (Y <= 1).all()
    module.bprop(np.eye(60, dtype=dtype))
    np.testing.assert_allclose(module.centers.grad, np.zeros((60, 20)), atol=1e-4)


@both_dtypes
@pytest.mark.parametrize("far", [1e15, 1e30, np.inf])
def test_far_away_it_is_zero(dtype, far):
    module = nn.RBF(2, 3)
    module.centers.data = module.centers.data.astype(dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        Y = module.fprop(np.array([[far, 0], [0, -far], [0, 0]], dtype))
    np.testing.assert_array_equal(Y[:2], np.zeros((2, 3)))
    assert (Y[2] > 0).all()


@pytest.mark.parametrize("shape", [(3,), (1, 3), (2, 4, 3), (0, 3)])
def test_any_number_of_samples(shape, rng):
    module = nn.RBF(3, 5)
    X = rng.standard_normal(shape).astype(np.float32)
    Y = module.fprop(X)
    assert Y.shape == (*shape[:-1], 5)
    np.testing.assert_allclose(Y, kernel(X, module.centers.data, 1), rtol=1e-4, atol=1e-6)
    assert module.bprop(Y).shape == shape
    assert module.centers.grad.shape == (5, 3)


@pytest.mark.parametrize("shape", [(3,), (2, 2, 3)])
def test_jacobians(shape, rng):
    assert dlcore.gradcheck(nn.RBF(3, 4, gamma=0.5), rng.standard_normal(shape))


def test_the_centers_learn(rng):
    """Two bumps, and a sum of two functions that finds them: the cost goes down to nothing."""
    dlcore.manual_seed(0)
    X = rng.uniform(-3, 3, (200, 1))
    target = kernel(X, np.array([[-1.5], [1]]), 1) @ [[1.0], [-2.0]]
    net, cost = nn.Sequential(nn.RBF(1, 2), nn.Linear(2, 1)).double(), nn.MSELoss()
    net[0].centers.data = np.array([[-0.5], [0.5]])
    adam = dlcore.optim.Adam(net.parameters(), lr=0.05)
    for _ in range(400):
        adam.zero_grad()
        E = cost(net(X), target)
        E.backward()
        adam.step()
    assert E.item() < 1e-4
    np.testing.assert_allclose(net[0].centers.data, [[-1.5], [1]], atol=0.05)


def test_a_nan_stays_in_its_sample(rng):
    X = rng.standard_normal((3, 2), dtype=np.float32)
    X[1, 0] = np.nan
    Y = nn.RBF(2, 4).fprop(X)
    np.testing.assert_array_equal(np.isnan(Y).all(axis=1), [False, True, False])
    np.testing.assert_array_equal(np.isnan(Y).any(axis=1), [False, True, False])


@pytest.mark.parametrize(
    "options, error, text",
    [
        ({"in_features": 0}, ValueError, "in_features should be at least 1, got 0"),
        ({"n_centers": 2.0}, TypeError, "n_centers should be an int, got 2.0"),
        ({"gamma": 0}, ValueError, "gamma should be finite and greater than 0, got 0"),
        ({"gamma": [1]}, TypeError, "gamma should be a number"),
    ],
)
def test_options_that_it_does_not_take(options, error, text):
    with pytest.raises(error, match=text):
        nn.RBF(**({"in_features": 2, "n_centers": 3} | options))


def test_inputs_that_it_cannot_take():
    with pytest.raises(dlcore.InputError, match=r"expected shape \(\*, 2\), got \(4, 3\)"):
        nn.RBF(2, 3).fprop(np.zeros((4, 3), np.float32))
    with pytest.raises(dlcore.InputError, match="got int64: convert it"):
        nn.RBF(2, 3).fprop(np.zeros((4, 2), int))


@pytest.mark.parametrize("spread, n", [(50, 100), (1000, 2), (255, 784)])
def test_float32_tells_a_small_distance_between_far_centers(spread, n):
    """Beside a center: all of ||X||^2 + ||c||^2 - 2 X.c is lost if it is summed up in float32."""
    random = np.random.default_rng(0)
    module = nn.RBF(n, 5, gamma=1.0)
    C = (spread * random.standard_normal((5, n))).astype(np.float32)
    X = C[:3] + (0.8 / np.sqrt(n) * random.standard_normal((3, n))).astype(np.float32)
    module.centers.data = C
    distance2 = ((X[:, None].astype(float) - C) ** 2).sum(axis=-1)
    np.testing.assert_allclose(module.fprop(X), np.exp(-distance2), rtol=1e-3, atol=1e-30)
