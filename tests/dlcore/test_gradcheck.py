"""gradcheck finds every mistake that was planted, says which, and lets right modules pass."""

import copy

import numpy as np
import pytest

import dlcore
from dlcore import GradcheckError, Parameter, nn


class Affine(nn.Module):
    """A Linear of few lines. Each class below it makes one mistake."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.weight = Parameter(rng.standard_normal((3, 3)))
        self.bias = Parameter(rng.standard_normal(3))

    def fprop(self, X):
        self.X = X
        self.Y = X @ self.weight.data.T + self.bias.data
        return self.Y

    def bprop(self, dE_dY):
        self.weight.accumulate_grad(dE_dY.T @ self.X)
        self.bias.accumulate_grad(dE_dY.sum(axis=0))
        return dE_dY @ self.weight.data


class Overwrites(Affine):
    def bprop(self, dE_dY):
        self.weight.grad = dE_dY.T @ self.X
        self.bias.accumulate_grad(dE_dY.sum(axis=0))
        return dE_dY @ self.weight.data


class Accumulates3(Affine):
    """Right the first time, wrong from then on."""

    def bprop(self, dE_dY):
        before = self.weight.grad
        dE_dX = super().bprop(dE_dY)
        if before is not None:
            self.weight.grad = self.weight.grad + before
        return dE_dX


class WrongSign(Affine):
    def bprop(self, dE_dY):
        return -super().bprop(dE_dY)


class NoTranspose(Affine):
    """W is square: the shapes cannot tell."""

    def bprop(self, dE_dY):
        super().bprop(dE_dY)
        return dE_dY @ self.weight.data.T


class WeightTransposed(Affine):
    def bprop(self, dE_dY):
        self.weight.accumulate_grad(self.X.T @ dE_dY)
        self.bias.accumulate_grad(dE_dY.sum(axis=0))
        return dE_dY @ self.weight.data


class ForgetsTheBias(Affine):
    def bprop(self, dE_dY):
        self.weight.accumulate_grad(dE_dY.T @ self.X)
        return dE_dY @ self.weight.data


class MeansTheBias(Affine):
    def bprop(self, dE_dY):
        self.weight.accumulate_grad(dE_dY.T @ self.X)
        self.bias.accumulate_grad(dE_dY.mean(axis=0))
        return dE_dY @ self.weight.data


class IgnoresTheGradient(Affine):
    """Right for the cost at the very end, where dE/dY is 1."""

    def bprop(self, dE_dY):
        return super().bprop(np.ones_like(dE_dY))


class WritesIntoItsInput(Affine):
    def fprop(self, X):
        X -= X.mean()
        return super().fprop(X)


class WritesIntoTheGradient(Affine):
    def bprop(self, dE_dY):
        dE_dY *= 1.0
        return super().bprop(dE_dY)


class WrongShape(Affine):
    def bprop(self, dE_dY):
        return super().bprop(dE_dY)[:1]


class NothingBack(Affine):
    def bprop(self, dE_dY):
        super().bprop(dE_dY)


class TwoGradients(Affine):
    def bprop(self, dE_dY):
        dE_dX = super().bprop(dE_dY)
        return dE_dX, dE_dX


class OnlyDouble(Affine):
    """A constant that makes float64 of everything."""

    def bprop(self, dE_dY):
        return super().bprop(dE_dY) * np.ones(3)


class OnlyDoubleForward(Affine):
    def fprop(self, X):
        return super().fprop(X) * np.ones(3)


class OnlySingle(Affine):
    def bprop(self, dE_dY):
        return super().bprop(dE_dY).astype(np.float32)


class KeepsABuffer(Affine):
    """The output of an earlier call is written over."""

    Y = None

    def fprop(self, X):
        self.Y = np.empty((2, 3), X.dtype) if self.Y is None else self.Y
        self.X = X
        self.Y[...] = X @ self.weight.data.T + self.bias.data
        return self.Y


class KeepsItsStateInPlace(Affine):
    """Outputs are right; the way back takes the state of the last call."""

    def __init__(self):
        super().__init__()
        self.saved = {}

    def fprop(self, X):
        self.saved["X"] = X
        return super().fprop(X)

    def bprop(self, dE_dY):
        self.X = self.saved["X"]
        return super().bprop(dE_dY)


PLANTED = {
    Overwrites: "a second bprop, parameter 'weight': entry",
    Accumulates3: "a second bprop, parameter 'weight': entry",
    WrongSign: "Jacobian of input 0: entry",
    NoTranspose: "Jacobian of input 0: entry",
    WeightTransposed: "Jacobian of parameter 'weight': entry",
    ForgetsTheBias: "parameter 'bias': expected float64 of shape (3,), got None",
    MeansTheBias: "Jacobian of parameter 'bias': entry",
    IgnoresTheGradient: "Jacobian of input 0: entry",
    WritesIntoItsInput: "writes into an array that it was given",
    WritesIntoTheGradient: "writes into an array that it was given",
    WrongShape: "input 0: expected float64 of shape (2, 3), got float64 of shape (1, 3)",
    NothingBack: "input 0: expected float64 of shape (2, 3), got None",
    TwoGradients: "1 inputs, 2 gradients from bprop",
    OnlyDouble: "input 0: expected float32 of shape (2, 3), got float64 of shape (2, 3)",
    OnlyDoubleForward: "float32 went in, float64 came out",
    OnlySingle: "input 0: expected float64 of shape (2, 3), got float32 of shape (2, 3)",
    KeepsABuffer: "a second call changed the output of the first",
    KeepsItsStateInPlace: "another call before its bprop, parameter 'weight': entry",
}
X = np.random.default_rng(1).standard_normal((2, 3))


def test_the_right_one_passes():
    assert dlcore.gradcheck(Affine(), X) is True


@pytest.mark.parametrize("planted, text", PLANTED.items(), ids=[c.__name__ for c in PLANTED])
def test_planted_mistakes_are_found_and_named(planted, text):
    with pytest.raises(GradcheckError) as error:
        dlcore.gradcheck(planted(), X)
    message = str(error.value)
    assert text in message
    assert message.startswith(f"{planted.__name__}()")


def test_the_entry_that_is_furthest_off_is_shown():
    class Doubled(nn.Module):
        def fprop(self, X):
            return X * np.array([1, 2, 3], X.dtype)

        def bprop(self, dE_dY):
            return dE_dY * np.array([1, 2.5, -3], dE_dY.dtype)

    with pytest.raises(GradcheckError) as error:
        dlcore.gradcheck(Doubled(), np.ones(3))
    assert str(error.value) == (
        "Doubled(), Jacobian of input 0: entry (2, 2) is -3 by bprop, 3 by differences"
    )


def test_a_nan_is_no_agreement():
    class Spoiled(nn.ReLU):
        def bprop(self, dE_dY):
            return dE_dY * np.nan

    with pytest.raises(GradcheckError, match="is nan by bprop"):
        dlcore.gradcheck(Spoiled(), np.ones(2))


def test_only_the_second_output_or_input_is_wrong():
    class Swapped(nn.Max):
        def bprop(self, dE_dY):
            return super().bprop(dE_dY)[::-1]

    with pytest.raises(GradcheckError, match="Jacobian of input 0"):
        dlcore.gradcheck(Swapped(), np.array([1.0, 4.0]), np.array([2.0, 3.0]))

    class Loses(nn.Duplicate):
        def bprop(self, *dE_dY):
            return dE_dY[0]

    with pytest.raises(GradcheckError, match=r"entry \(2, 0\) is 0 by bprop, 1 by differences"):
        dlcore.gradcheck(Loses(), np.ones(2))


def test_a_composite_is_checked_as_a_whole():
    net = nn.Sequential(nn.Linear(3, 3), nn.Sequential(WrongSign(), nn.Tanh()))
    with pytest.raises(GradcheckError, match="Jacobian of input 0"):
        dlcore.gradcheck(net, X)


def test_an_error_of_the_modules_own_is_not_swallowed():
    with pytest.raises(dlcore.InputError):
        dlcore.gradcheck(nn.Linear(4, 2), X)

    class Breaks(nn.ReLU):
        def bprop(self, dE_dY):
            return dE_dY @ np.ones((7, 7))

    with pytest.raises(ValueError, match="matmul"):
        dlcore.gradcheck(Breaks(), X)


def test_module_and_inputs_are_left_alone():
    module, inputs = nn.Linear(3, 2), X.astype(np.float32)
    module.weight.grad = np.ones((2, 3))
    before, saved = copy.deepcopy(module.state_dict()), inputs.copy()
    assert dlcore.gradcheck(module, inputs)
    np.testing.assert_array_equal(inputs, saved)
    np.testing.assert_array_equal(module.weight.grad, np.ones((2, 3)))
    assert inputs.flags.writeable and not hasattr(module, "X")
    for name, array in module.state_dict().items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize(
    "module, inputs",
    [
        (nn.Linear(2, 2), [[[1.0, 2.0]]]),
        (nn.CrossEntropyLoss(), [[[1.0, 2.0]], [1]]),
        (nn.SquaredDistance(), [dlcore.tensor([1.0, 2.0]), [3.0, 4.0]]),
        (nn.Linear(2, 2), [np.zeros((0, 2))]),
        (nn.Sequential(), [np.ones(2)]),
    ],
    ids=["lists", "targets", "tensors", "empty", "nothing"],
)
def test_what_it_can_be_given(module, inputs):
    assert dlcore.gradcheck(module, *inputs)


def test_frozen_parameters_are_left_out():
    net = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
    net[0].weight.requires_grad = False
    assert dlcore.gradcheck(net, X)


class TestJacobians:
    def test_of_a_linear_module(self):
        """L29: element (p, q) says how much output p wiggles when input q is wiggled."""
        layer = nn.Linear(3, 2).double()
        J = dlcore.jacobians(layer, X[0])
        assert J.keys() == {0, "weight", "bias"}
        np.testing.assert_array_equal(J[0], layer.weight.data)
        np.testing.assert_array_equal(J["bias"], np.eye(2))
        np.testing.assert_array_equal(J["weight"], np.kron(np.eye(2), X[0]))
        assert all(p.grad is None for p in layer.parameters())

    def test_sizes(self):
        net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
        J = dlcore.jacobians(net, X.astype(np.float32))
        assert J[0].shape == (4, 6) and J["0.weight"].shape == (4, 12)
        assert J[0].dtype == np.float32

    def test_of_nothing(self):
        J = dlcore.jacobians(nn.Linear(3, 2).double(), np.zeros((0, 3)))
        assert J[0].shape == (0, 0) and J["weight"].shape == (0, 6)

    def test_by_differences(self):
        point = np.array([[0.5, -1.0]])
        J = dlcore.numerical_jacobian(np.sin, point)
        np.testing.assert_allclose(J, np.diag(np.cos(point[0])), atol=1e-9)
        np.testing.assert_array_equal(point, [[0.5, -1.0]])
        assert dlcore.numerical_jacobian(lambda X: X.sum() ** 2, [1, 2]).shape == (1, 2)

    def test_of_several_outputs(self):
        J = dlcore.numerical_jacobian(lambda X: (X, 2 * X), np.ones(2))
        np.testing.assert_allclose(J, np.vstack([np.eye(2), 2 * np.eye(2)]))
