"""Shrinkage, saturation, rectification, winner-takes-all: their kinks and jumps, as in torch."""

import numpy as np
import pytest
from catalog import properties
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import dlcore
from dlcore import nn
from dlcore.nn import functional as F

# Each at several options, among them 0 and ints; kinks at 0.5, 1, 2 and their opposites.
AS_TORCH = [
    ("Hardtanh", ()),
    ("Hardtanh", (-2, 0.5)),
    ("Threshold", (0.5, -3.0)),
    ("Threshold", (0, 1)),
    ("Hardshrink", ()),
    ("Hardshrink", (0,)),
    ("Hardshrink", (-1.0,)),
    ("Softshrink", ()),
    ("Softshrink", (2,)),
    ("Softshrink", (0.0,)),
]
as_torch = pytest.mark.parametrize("name, options", AS_TORCH, ids=str)
at_the_kinks = st.sampled_from([-2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0])
OURS = [nn.Abs(), nn.Square(), nn.Sqrt(), nn.WinnerTakeAll(dim=0)]


@as_torch
@properties
@given(
    X=hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
        elements=at_the_kinks | st.floats(-(2.0**100), 2.0**100, width=32),
    )
)
def test_any_shape_any_number_as_torch_does_it(torch, name, options, X):
    ours, theirs = getattr(nn, name)(*options), getattr(torch.nn, name)(*options)
    assert repr(ours) == repr(theirs)
    T = torch.tensor(X, requires_grad=True)
    Y = theirs(T)
    Y.backward(torch.full_like(Y, 3))
    np.testing.assert_array_equal(ours.fprop(X), Y.detach().numpy())
    got = ours.bprop(np.full_like(X, 3))
    np.testing.assert_array_equal(got, T.grad.numpy())
    assert ours.Y.dtype == got.dtype == X.dtype


@as_torch
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_as_in_torch(torch, name, options, bad):
    X = np.array([bad, 1, -1])
    ours, T = getattr(nn, name)(*options), torch.tensor(X, requires_grad=True)
    Y = getattr(torch.nn, name)(*options)(T)
    Y.sum().backward()
    np.testing.assert_array_equal(ours.fprop(X), Y.detach().numpy())
    np.testing.assert_array_equal(ours.bprop(np.ones(3)), T.grad.numpy())


@as_torch
def test_the_function_is_the_module(name, options, torch):
    X = np.float32([[-3, -1, -0.5, 0, 0.5, 1, 3]])
    function = getattr(F, name.lower())
    np.testing.assert_array_equal(function(X, *options), getattr(nn, name)(*options).fprop(X))
    theirs = getattr(torch.nn.functional, name.lower())(torch.tensor(X), *options)
    np.testing.assert_array_equal(function(X, *options), theirs.numpy())


@as_torch
def test_a_number_of_numpys_does_not_change_the_dtype(name, options):
    module = getattr(nn, name)(*map(np.float64, options))
    assert module.fprop(np.ones(3, np.float32)).dtype == np.float32
    assert module.bprop(np.ones(3, np.float32)).dtype == np.float32


class TestAbs:
    def test_at_its_kink(self):
        module = nn.Abs()
        np.testing.assert_array_equal(module.fprop(np.float32([-2, -0.0, 0, 2])), [2, 0, 0, 2])
        np.testing.assert_array_equal(module.bprop(np.float32([5, 5, 5, 5])), [-5, 0, 0, 5])


class TestSqrt:
    def test_at_zero_the_gradient_is_zero(self):
        module = nn.Sqrt()
        np.testing.assert_array_equal(module.fprop(np.float32([0, 4])), [0, 2])
        np.testing.assert_array_equal(module.bprop(np.float32([1, 1])), [0, 0.25])

    def test_below_zero_there_is_no_root(self):
        module = nn.Sqrt()
        np.testing.assert_array_equal(module.fprop(np.array([-1.0, 4])), [np.nan, 2])
        np.testing.assert_array_equal(module.bprop(np.ones(2)), [np.nan, 0.25])

    def test_jacobian(self, rng):
        assert dlcore.gradcheck(nn.Sqrt(), rng.uniform(1, 2, (2, 3)))

    def test_a_stage_of_square_average_root_is_an_l2_pool(self, rng):
        """Up to the 4 of the mean; also at an image of zeros, where torch's own gives nan."""
        stage = nn.Sequential(nn.Square(), nn.AvgPool2d(2, divisor_override=1), nn.Sqrt())
        pool = nn.LPPool2d(2, 2)
        for X in (rng.standard_normal((1, 2, 4, 4)), np.zeros((1, 2, 4, 4))):
            np.testing.assert_allclose(stage.fprop(X), pool.fprop(X))
            dE_dY = rng.standard_normal((1, 2, 2, 2))
            np.testing.assert_allclose(stage.bprop(dE_dY), pool.bprop(dE_dY))


class TestWinnerTakeAll:
    def test_features_compete_at_each_place(self):
        X = np.float32([[[[1, 5]], [[3, 2]], [[2, 4]]]])  # (1, 3, 1, 2)
        module = nn.WinnerTakeAll()
        np.testing.assert_array_equal(module.fprop(X), [[[[0, 5]], [[3, 0]], [[0, 0]]]])
        dE_dX = module.bprop(np.ones_like(X))
        np.testing.assert_array_equal(dE_dX, [[[[0, 1]], [[1, 0]], [[0, 0]]]])

    @pytest.mark.parametrize("k, won", [(1, [1, 0, 0, 0]), (2, [1, 1, 0, 0]), (4, [1, 1, 1, 1])])
    def test_a_tie_goes_to_the_first(self, k, won):
        module = nn.WinnerTakeAll(dim=0, k=k)
        np.testing.assert_array_equal(module.fprop(np.full(4, 7.0)), np.multiply(won, 7))
        np.testing.assert_array_equal(module.bprop(np.ones(4)), won)

    def test_the_largest_need_not_be_positive(self):
        Y = nn.WinnerTakeAll(dim=0).fprop(np.array([-3.0, -1, -2]))
        np.testing.assert_array_equal(Y, [0, -1, 0])

    @properties
    @given(
        X=hnp.arrays(
            np.float64, (3, 5), elements=st.sampled_from([-np.inf, -1, 0, 1, 2, np.inf, np.nan])
        ),
        k=st.integers(1, 5),
    )
    def test_k_winners_the_largest_the_first_of_them(self, X, k):
        """By Python's sort, which is stable; nan counts as the largest."""
        Y = nn.WinnerTakeAll(dim=1, k=k).fprop(X)
        for x, y in zip(X, Y, strict=True):
            order = sorted(range(5), key=lambda i: -np.inf if np.isnan(x[i]) else -x[i])
            np.testing.assert_array_equal(y[order[:k]], x[order[:k]])
            np.testing.assert_array_equal(y[order[k:]], 0)

    def test_any_dimension(self, rng):
        X = rng.standard_normal((2, 3, 4))
        for dim in (0, 1, 2, -1, -3):
            Y = nn.WinnerTakeAll(dim).fprop(X)
            np.testing.assert_array_equal(Y.sum(axis=dim), X.max(axis=dim))

    @pytest.mark.parametrize(
        "options, X, text",
        [
            ({}, np.zeros(3), "numbers along dimension 1, got shape (3,)"),
            ({"dim": -3}, np.zeros((2, 2)), "numbers along dimension -3, got shape (2, 2)"),
            ({"k": 4}, np.zeros((5, 3)), "at least 4 numbers along dimension 1, got shape (5, 3)"),
            ({}, np.zeros((5, 0)), "at least 1 numbers along dimension 1, got shape (5, 0)"),
        ],
        ids=str,
    )
    def test_inputs_that_it_cannot_take(self, options, X, text):
        with pytest.raises(dlcore.InputError) as error:
            nn.WinnerTakeAll(**options).fprop(X)
        assert text in str(error.value)


@pytest.mark.parametrize("module", OURS, ids=str)
@pytest.mark.parametrize("shape", [(1,), (3,), (3, 0), (3, 4), (2, 3, 4, 5)])
def test_any_shape(module, shape, rng):
    X = rng.uniform(1, 2, shape).astype(np.float32)
    assert module.fprop(X).shape == shape
    dE_dX = module.bprop(np.ones(shape, np.float32))
    assert (dE_dX.shape, dE_dX.dtype) == (shape, np.float32)


@pytest.mark.parametrize("module", OURS, ids=str)
def test_a_nan_stays_where_it_is(module, rng):
    X = rng.uniform(1, 2, (4, 3))
    X[2, 1] = np.nan
    np.testing.assert_array_equal(np.isnan(module.fprop(X)), np.isnan(X))


@pytest.mark.parametrize("module", [*OURS, nn.Hardtanh(), nn.Softshrink()], ids=str)
def test_integers_are_to_be_converted(module):
    with pytest.raises(dlcore.InputError, match=r"got uint8: convert it, e.g. X.astype"):
        module.fprop(np.ones((2, 2), np.uint8))


@pytest.mark.parametrize(
    "make, error, text",
    [
        (
            lambda: nn.Hardtanh(1, 1),
            ValueError,
            "max_val should be finite and greater than 1, got 1",
        ),
        (lambda: nn.Hardtanh("a"), TypeError, "Hardtanh: min_val should be a number, got 'a'"),
        (lambda: nn.Hardtanh(inplace=True), NotImplementedError, "does not have inplace=True"),
        (lambda: nn.Hardtanh(min_value=-2), NotImplementedError, "does not have min_value=-2"),
        (lambda: nn.Threshold(1, 2, True), NotImplementedError, "does not have inplace=True"),
        (lambda: nn.Threshold(1, None), TypeError, "Threshold: value should be a number, got None"),
        (lambda: nn.Threshold(np.nan, 1), ValueError, "threshold should be finite, got nan"),
        (lambda: nn.Hardshrink([1]), TypeError, "Hardshrink: lambd should be a number, got [1]"),
        (lambda: nn.Softshrink(-1), ValueError, "Softshrink: lambd should not be negative, got -1"),
        (lambda: nn.Softshrink(True), TypeError, "Softshrink: lambd should be a number, got True"),
        (lambda: nn.WinnerTakeAll(k=0), ValueError, "WinnerTakeAll: k should be at least 1, got 0"),
        (lambda: nn.WinnerTakeAll(k=1.5), TypeError, "WinnerTakeAll: k should be an int, got 1.5"),
        (lambda: nn.WinnerTakeAll(dim=0.5), TypeError, "cannot be interpreted as an integer"),
    ],
)
def test_options_that_they_do_not_take(make, error, text):
    with pytest.raises(error) as raised:
        make()
    assert text in str(raised.value)
