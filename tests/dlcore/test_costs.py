"""The costs: their formulas, every option against torch, and targets that do not count."""

import numpy as np
import pytest
from catalog import properties
from hypothesis import given
from hypothesis import strategies as st
from referee import assert_agrees

import dlcore
from dlcore import nn
from dlcore.nn import functional as F

CLASSIFYING = pytest.mark.parametrize("name", ["NLLLoss", "CrossEntropyLoss"])


def test_squared_distance_is_the_lectures():
    """L33: C = ||In1 - In2||^2; summed over features, averaged over samples."""
    cost = nn.SquaredDistance()
    X1, X2 = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 2.0], [0.0, 0.0]])
    assert cost.fprop(X1, X2) == (1 + 9 + 16) / 2
    dE_dX1, dE_dX2 = cost.bprop()
    np.testing.assert_array_equal(dE_dX1, [[1, 0], [3, 4]])
    np.testing.assert_array_equal(dE_dX2, -dE_dX1)
    assert cost.fprop(X1[0], X2[0]) == 1  # one sample as a vector


@CLASSIFYING
@properties
@given(data=st.data())
def test_every_option_as_torch_does_it(torch, name, data):
    n_classes = data.draw(st.integers(1, 4), label="classes")
    batched = data.draw(st.booleans(), label="batched")
    samples = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=3)) if batched else []
    ignore_index = data.draw(st.sampled_from([-100, 0, n_classes - 1]), label="ignore_index")
    reduction = data.draw(st.sampled_from(["mean", "sum", "none"]), label="reduction")
    weighted = data.draw(st.booleans(), label="weighted")
    rng = np.random.default_rng(data.draw(st.integers(0, 9), label="seed"))

    X = rng.standard_normal((*samples[:1], n_classes, *samples[1:]))
    target = np.array(rng.integers(0, n_classes, samples))
    target = np.where(rng.random(samples) < 0.2, ignore_index, target)
    weight = rng.uniform(0.5, 2, n_classes) if weighted else None

    ours = getattr(nn, name)(weight, ignore_index=ignore_index, reduction=reduction)
    theirs = getattr(torch.nn, name)(
        None if weight is None else torch.tensor(weight),
        ignore_index=ignore_index,
        reduction=reduction,
    )
    assert_agrees(torch, torch.device("cpu"), ours, theirs, [X, target])


@CLASSIFYING
def test_where_no_target_counts(name, torch):
    """A cost of nan, as in torch, and a gradient of zeros: nothing is spoiled by it."""
    X, target = np.random.default_rng(0).standard_normal((3, 4)), np.full(3, -100)
    theirs = getattr(torch.nn, name)()
    assert_agrees(torch, torch.device("cpu"), getattr(nn, name)(), theirs, [X, target])
    cost = getattr(nn, name)()
    assert np.isnan(cost.fprop(X, target))
    np.testing.assert_array_equal(cost.bprop()[0], np.zeros((3, 4)))


@CLASSIFYING
def test_an_ignored_sample_may_hold_anything(name):
    X = np.array([[0.0, -1.0], [-np.inf, np.nan]])
    cost = getattr(nn, name)(reduction="sum")
    assert np.isfinite(cost.fprop(X, [1, -100]))
    if name == "NLLLoss":
        np.testing.assert_array_equal(cost.bprop()[0], [[0, -1], [0, 0]])


def test_a_target_that_cannot_be():
    """Probability 0 for what happened: an infinite cost, and a gradient that is a number."""
    cost = nn.CrossEntropyLoss()
    assert cost.fprop(np.array([[0.0, -np.inf]]), [1]) == np.inf
    np.testing.assert_array_equal(cost.bprop()[0], [[1, -1]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_of_logits_of_a_thousand(dtype):
    cost = nn.CrossEntropyLoss(reduction="none")
    X = np.array([[1000, -1000], [1000, -1000]], dtype)
    np.testing.assert_array_equal(cost.fprop(X, [0, 1]), [0, 2000])
    dE_dX, _ = cost.bprop(np.ones(2, dtype))
    np.testing.assert_array_equal(dE_dX, [[0, 0], [1, -1]])


def test_cross_entropy_is_log_softmax_then_nll():
    X, target = np.random.default_rng(0).standard_normal((4, 3, 2)), np.zeros((4, 2), int)
    whole, first, second = nn.CrossEntropyLoss(), nn.LogSoftmax(dim=1), nn.NLLLoss()
    assert whole.fprop(X, target) == second.fprop(first.fprop(X), target)
    np.testing.assert_allclose(whole.bprop()[0], first.bprop(second.bprop()[0]), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.int64])
def test_targets_of_any_int(dtype):
    X = np.log(np.array([[0.25, 0.75], [0.5, 0.5]]))
    target = np.array([1, 0], dtype)
    assert nn.NLLLoss().fprop(X, target) == pytest.approx(-np.log(0.75 * 0.5) / 2)


def test_the_target_of_mse_may_want_a_gradient():
    x, t = (dlcore.tensor(numbers, requires_grad=True) for numbers in ([1.0, 2.0], [3.0, 7.0]))
    F.mse_loss(x, t).backward()
    np.testing.assert_array_equal(x.grad, [-2, -5])
    np.testing.assert_array_equal(t.grad, [2, 5])


@pytest.mark.parametrize(
    "module, function",
    [("MSELoss", "mse_loss"), ("NLLLoss", "nll_loss"), ("CrossEntropyLoss", "cross_entropy")],
)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_the_function_is_the_module(module, function, reduction):
    X = np.random.default_rng(0).standard_normal((3, 4))
    target = X[::-1] if module == "MSELoss" else np.array([0, 3, 1])
    got = getattr(F, function)(X, target, reduction=reduction)
    np.testing.assert_array_equal(got, getattr(nn, module)(reduction=reduction).fprop(X, target))


def test_the_functions_take_torchs_options_in_torchs_order(torch):
    X = np.random.default_rng(0).standard_normal((3, 4))
    target, weight = np.array([0, 3, 1]), np.array([1.0, 2, 3, 4])
    for function in ("nll_loss", "cross_entropy"):
        got = getattr(F, function)(X, target, weight, None, 3, None, "sum")
        theirs = getattr(torch.nn.functional, function)
        tensors = map(torch.tensor, (X, target, weight))
        assert got.item() == pytest.approx(theirs(*tensors, None, 3, None, "sum").item())


@pytest.mark.parametrize("shape", [(), (3,), (0, 3), (2, 3, 4)])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_mse_of_any_shape(shape, reduction, torch):
    rng = np.random.default_rng(0)
    arrays = [np.asarray(rng.standard_normal(shape)) for _ in range(2)]
    ours, theirs = (n.MSELoss(reduction=reduction) for n in (nn, torch.nn))
    assert_agrees(torch, torch.device("cpu"), ours, theirs, arrays)


def test_weights_are_copied():
    weight = np.ones(2)
    cost = nn.NLLLoss(weight)
    weight[:] = 5
    np.testing.assert_array_equal(cost.weight, [1, 1])
