"""Planted slips, each with the hint that it must get, and other right answers."""
# mypy: allow-untyped-defs, allow-untyped-calls

import copy
import functools

import numpy as np

import dlcore as dl
from dlcore import nn
from dlcore.nn import functional as F
from exercises.legacy import equivalent, mutant

# --- PReLU ----------------------------------------------------------------------------------------


class RightPReLU(nn.Module):
    """The slips change one of its parts."""

    def __init__(self, features):
        self.weight = dl.Parameter(np.full(features, 0.25))

    def fprop(self, X):
        self.X = X
        self.Y = self.output(X, self.weight.data)
        return self.Y

    def bprop(self, dE_dY):
        self.weight.accumulate_grad(self.slope_gradient(dE_dY).sum(axis=0))
        return self.input_gradient(dE_dY, self.weight.data)

    def output(self, X, a):
        return np.where(X > 0, X, a * X)

    def input_gradient(self, dE_dY, a):
        return np.where(self.X > 0, dE_dY, a * dE_dY)

    def slope_gradient(self, dE_dY):
        return np.where(self.X > 0, 0, dE_dY * self.X)


@mutant("PReLU", hint="the second bprop overwrites")
class Overwrites(RightPReLU):
    def bprop(self, dE_dY):
        self.weight.grad = self.slope_gradient(dE_dY).sum(axis=0)
        return self.input_gradient(dE_dY, self.weight.data)


@mutant("PReLU", hint="the sign of Y is not the sign of X")
class KeepsOnlyItsOutput(RightPReLU):
    """As ReLU does, where it is right."""

    def input_gradient(self, dE_dY, a):
        return np.where(self.Y > 0, dE_dY, a * dE_dY)


@mutant("PReLU", hint="the sign of Y is not the sign of X")
class SlopeGradientByTheOutput(RightPReLU):
    def slope_gradient(self, dE_dY):
        return np.where(self.Y > 0, 0, dE_dY * self.X)


@mutant("PReLU", hint="dE/da has a wrong factor")
class OutputForInput(RightPReLU):
    def slope_gradient(self, dE_dY):
        return np.where(self.X > 0, 0, dE_dY * self.Y)


@mutant("PReLU", hint="dE/da has a wrong factor")
class InputForgotten(RightPReLU):
    def slope_gradient(self, dE_dY):
        return np.where(self.X > 0, 0, dE_dY)


@mutant("PReLU", hint="dE/da counts all samples")
class BothSidesInTheSlopeGradient(RightPReLU):
    def slope_gradient(self, dE_dY):
        return dE_dY * self.X


@mutant("PReLU", hint="expected an array of shape (4,), got (4, 4)")
class NotSummed(RightPReLU):
    def bprop(self, dE_dY):
        self.weight.accumulate_grad(self.slope_gradient(dE_dY))
        return self.input_gradient(dE_dY, self.weight.data)


@mutant("PReLU", hint="summed over the features")
class SummedOverTheFeatures(RightPReLU):
    def bprop(self, dE_dY):
        self.weight.accumulate_grad(self.slope_gradient(dE_dY).sum(axis=1))
        return self.input_gradient(dE_dY, self.weight.data)


@mutant("PReLU", hint="averaged over the samples")
class Averaged(RightPReLU):
    def bprop(self, dE_dY):
        self.weight.accumulate_grad(self.slope_gradient(dE_dY).mean(axis=0))
        return self.input_gradient(dE_dY, self.weight.data)


@mutant("PReLU", hint="bprop has two things to do")
class NoSlopeGradient(RightPReLU):
    def bprop(self, dE_dY):
        return self.input_gradient(dE_dY, self.weight.data)


@mutant("PReLU", hint="dE/dX is None")
class NoInputGradient(RightPReLU):
    def bprop(self, dE_dY):
        super().bprop(dE_dY)


@mutant("PReLU", hint="dE/dX should be an array of shape (4, 4); yours has shape (4,)")
class InputGradientSummed(RightPReLU):
    def bprop(self, dE_dY):
        return super().bprop(dE_dY).sum(axis=0)


@mutant("PReLU", hint="dE/dX lacks dE/dY")
class SlopeAlone(RightPReLU):
    def input_gradient(self, dE_dY, a):
        return np.where(self.X > 0, 1, a)


@mutant("PReLU", hint="the kink: where X is 0")
class OpenAtZero(RightPReLU):
    def input_gradient(self, dE_dY, a):
        return np.where(self.X >= 0, dE_dY, a * dE_dY)


@mutant("PReLU", hint="this is a ReLU's")
class AReLUsWayBack(RightPReLU):
    def input_gradient(self, dE_dY, a):
        return dE_dY * (self.X > 0)


@mutant("PReLU", hint="the slope a everywhere")
class TheSlopeEverywhere(RightPReLU):
    def input_gradient(self, dE_dY, a):
        return a * dE_dY


@mutant("PReLU", hint="the larger of X and a X")
class LargerOfTheTwo(RightPReLU):
    def output(self, X, a):
        return np.maximum(X, a * X)


@mutant("PReLU", hint="the wrong side of 0")
class SidesSwapped(RightPReLU):
    def output(self, X, a):
        return np.where(X < 0, X, a * X)


@mutant("PReLU", hint="below 0, Y is a X, and not a itself")
class TheSlopeItself(RightPReLU):
    def output(self, X, a):
        return np.where(X > 0, X, a)


@mutant("PReLU", hint="bprop should return dE/dX alone")
class ReturnsBothGradients(RightPReLU):
    def bprop(self, dE_dY):
        return super().bprop(dE_dY), self.weight.grad


@mutant("PReLU", hint="the output is returned, and not stored")
class NothingStored(RightPReLU):
    def fprop(self, X):
        self.X = X
        return self.output(X, self.weight.data)


@mutant(
    "PReLU", hint="your code stopped with AttributeError: 'KeepsNothing' object has no attribute"
)
class KeepsNothing(RightPReLU):
    def fprop(self, X):
        self.Y = self.output(X, self.weight.data)
        return self.Y


@mutant("PReLU", hint="changes X")
class WritesIntoItsInput(RightPReLU):
    def output(self, X, a):
        X[X <= 0] = (a * X)[X <= 0]
        return X


@mutant("PReLU", hint="changes dE_dY")
class WritesIntoTheGradient(RightPReLU):
    def input_gradient(self, dE_dY, a):
        dE_dY *= np.where(self.X > 0, 1, a)
        return dE_dY


@mutant("PReLU", hint="changes its weight")
class LearnsByItself(RightPReLU):
    def bprop(self, dE_dY):
        dE_dX = super().bprop(dE_dY)
        self.weight.data -= 0.1 * self.weight.grad
        return dE_dX


@mutant("PReLU", hint="a Y that it has given away")
class OneOutputForAllCalls(RightPReLU):
    def output(self, X, a):
        if not hasattr(self, "room"):
            self.room = np.zeros((100, len(a)))
        self.room[: len(X)] = np.where(X > 0, X, a * X)
        return self.room[: len(X)]


@mutant("PReLU", hint="one parameter, called weight; yours has: none")
class WeightIsAnArray(RightPReLU):
    def __init__(self, features):
        self.weight = np.full(features, 0.25)


@mutant("PReLU", hint="one parameter, called weight; yours has: slope")
class AnotherName(RightPReLU):
    def __init__(self, features):
        self.slope = dl.Parameter(np.full(features, 0.25))


@mutant("PReLU", hint="the first weight should be an array of shape (4,); yours has shape ()")
class OneSlopeForAll(RightPReLU):
    def __init__(self, features):
        self.weight = dl.Parameter(0.25)


@equivalent("PReLU")
class NumberByNumber(RightPReLU):
    def fprop(self, X):
        self.X, self.Y = X, np.empty_like(X)
        for i, j in np.ndindex(X.shape):
            self.Y[i, j] = X[i, j] if X[i, j] > 0 else self.weight.data[j] * X[i, j]
        return self.Y

    def bprop(self, dE_dY):
        dE_dX, dE_da = np.empty_like(dE_dY), np.zeros(dE_dY.shape[1])
        for i, j in np.ndindex(dE_dY.shape):
            above = self.X[i, j] > 0
            dE_dX[i, j] = dE_dY[i, j] * (1 if above else self.weight.data[j])
            dE_da[j] += 0 if above else dE_dY[i, j] * self.X[i, j]
        self.weight.accumulate_grad(dE_da)
        return dE_dX


@equivalent("PReLU")
class TwoHalves(RightPReLU):
    """In single precision, from a positive and a negative part; keeps no X."""

    def __init__(self, features):
        self.weight = dl.Parameter(np.full(features, 0.25, np.float32))

    def fprop(self, X):
        self.low = np.minimum(X, 0).astype(np.float32)
        self.above = X > 0
        self.Y = np.maximum(X, 0).astype(np.float32) + self.weight.data * self.low
        return self.Y

    def bprop(self, dE_dY):
        dE_da = np.einsum("ni,ni->i", dE_dY, self.low)
        self.weight.grad = dE_da + (0 if self.weight.grad is None else self.weight.grad)
        return dE_dY * (self.above + ~self.above * self.weight.data)


@equivalent("PReLU")
class GradientInPlace(RightPReLU):
    def bprop(self, dE_dY):
        if self.weight.grad is None:
            self.weight.grad = np.zeros_like(self.weight.data)
        self.weight.grad += self.slope_gradient(dE_dY).sum(axis=0)
        return self.input_gradient(dE_dY, self.weight.data)


@equivalent("PReLU")
class ThroughTheJacobian(RightPReLU):
    """Every sample's Jacobian, a diagonal matrix, multiplied from the left by a row."""

    def input_gradient(self, dE_dY, a):
        J = np.where(self.X > 0, 1, a)[:, np.newaxis] * np.eye(len(a))
        return np.matmul(dE_dY[:, np.newaxis], J)[:, 0]


# --- Sequential -----------------------------------------------------------------------------------


class RightSequential:
    def __init__(self, *modules):
        self.modules = modules

    def fprop(self, X):
        for module in self.modules:
            X = module.fprop(X)
        return X

    def bprop(self, dE_dX):
        for module in reversed(self.modules):
            dE_dX = module.bprop(dE_dX)
        return dE_dX


@mutant("Sequential", hint="the way back does not run from the last module to the first")
class NotReversed(RightSequential):
    def bprop(self, dE_dX):
        for module in self.modules:
            dE_dX = module.bprop(dE_dX)
        return dE_dX


@mutant("Sequential", hint="module 2 gets dE/dX_n")
class TheLastGradientForAll(RightSequential):
    def bprop(self, dE_dX):
        for module in reversed(self.modules):
            answer = module.bprop(dE_dX)
        return answer


@mutant("Sequential", hint="module 2 gets X_0")
class TheFirstInputForAll(RightSequential):
    def fprop(self, X):
        for module in self.modules:
            Y = module.fprop(X)
        return Y


@mutant("Sequential", hint="module 3 of 3 should send a gradient back once, and does so 0 times")
class LastModuleSkipped(RightSequential):
    def bprop(self, dE_dX):
        for module in self.modules[-2::-1]:
            dE_dX = module.bprop(dE_dX)
        return dE_dX


@mutant("Sequential", hint="module 1 of 3 should send a gradient back once, and does so 0 times")
class FirstModuleSkipped(RightSequential):
    def bprop(self, dE_dX):
        for k in range(len(self.modules) - 1, 0, -1):
            dE_dX = self.modules[k].bprop(dE_dX)
        return dE_dX


@mutant("Sequential", hint="module 3 should send a gradient back, and never went forward")
class StopsBeforeTheEnd(RightSequential):
    def fprop(self, X):
        for k in range(len(self.modules) - 1):
            X = self.modules[k].fprop(X)
        return X


@mutant("Sequential", hint="none of the modules is made to go forward")
class WorksWithCopies(RightSequential):
    def __init__(self, *modules):
        self.modules = copy.deepcopy(modules)


@mutant("Sequential", hint="and never went forward")
class CopiesOnTheWayBack(RightSequential):
    def fprop(self, X):
        for module in self.modules:
            X = copy.copy(module).fprop(X)
        return X


@mutant("Sequential", hint="none of the modules is made to send a gradient back")
class DeepCopiesOnTheWayBack(RightSequential):
    def bprop(self, dE_dX):
        for module in reversed(self.modules):
            dE_dX = copy.deepcopy(module).bprop(dE_dX)
        return dE_dX


@mutant("Sequential", hint="bprop returns what it was given")
class ReturnsWhatItGot(RightSequential):
    def bprop(self, dE_dX):
        super().bprop(dE_dX)
        return dE_dX


@mutant("Sequential", hint="bprop returns dE/dX_1, one module too early")
class ReturnsTheOneBefore(RightSequential):
    def bprop(self, dE_dX):
        gradients = [dE_dX]
        for module in reversed(self.modules):
            gradients.append(module.bprop(gradients[-1]))
        return gradients[-2]


@mutant("Sequential", hint="fprop returns what went into the last module")
class ReturnsTheStateBefore(RightSequential):
    def fprop(self, X):
        states = [X]
        for module in self.modules:
            states.append(module.fprop(states[-1]))
        return states[-2]


@mutant("Sequential", hint="yours is of type list")
class ReturnsAllGradients(RightSequential):
    def bprop(self, dE_dX):
        gradients = [dE_dX]
        for module in reversed(self.modules):
            gradients.append(module.bprop(gradients[-1]))
        return gradients


@mutant("Sequential", hint="dE/dX is None")
class ReturnsNothing(RightSequential):
    def bprop(self, dE_dX):
        super().bprop(dE_dX)


@mutant("Sequential", hint="your bprop makes the modules go forward")
class ForwardOnTheWayBack(RightSequential):
    def bprop(self, dE_dX):
        for module in reversed(self.modules):
            dE_dX = module.fprop(dE_dX)
        return dE_dX


@mutant("Sequential", hint="the second time the modules are not those of the first")
class TurnedAroundForGood(RightSequential):
    def __init__(self, *modules):
        self.modules = list(modules)

    def bprop(self, dE_dX):
        self.modules.reverse()
        for module in self.modules:
            dE_dX = module.bprop(dE_dX)
        return dE_dX


@mutant("Sequential", hint="the second time the modules are not those of the first")
class UsedUp(RightSequential):
    def __init__(self, *modules):
        self.modules, self.backwards = iter(modules), modules[::-1]

    def bprop(self, dE_dX):
        for module in self.backwards:
            dE_dX = module.bprop(dE_dX)
        return dE_dX


@mutant("Sequential", hint="module 1 of 3 should send a gradient back once, and does so 2 times")
class FirstModuleTwice(RightSequential):
    def bprop(self, dE_dX):
        for module in reversed(self.modules):
            dE_dX = module.bprop(dE_dX)
        return self.modules[0].bprop(dE_dX)


@mutant("Sequential", hint="yours is of type Tensor")
class RecordsTheWayForward(RightSequential):
    def fprop(self, X):
        for module in self.modules:
            X = module(X)
        return X


@mutant("Sequential", hint="your code stopped with UnboundLocalError")
class NoAnswerWithoutModules(RightSequential):
    """Right, but for an empty cascade."""

    def fprop(self, X):
        states = X
        for module in self.modules:
            Y = states = module.fprop(states)
        return Y


@mutant("Sequential", hint="a cascade of no modules: bprop should return what it was given")
class NothingWithoutModules(RightSequential):
    def bprop(self, dE_dX):
        gradient = dE_dX
        for module in reversed(self.modules):
            gradient = module.bprop(gradient)
        return gradient if self.modules else None


@equivalent("Sequential")
class ByFold(RightSequential):
    def fprop(self, X):
        return functools.reduce(lambda X, module: module.fprop(X), self.modules, X)

    def bprop(self, dE_dX):
        return functools.reduce(lambda g, module: module.bprop(g), self.modules[::-1], dE_dX)


@equivalent("Sequential")
class ByRecursion(RightSequential):
    """A module, and the rest of the cascade."""

    def fprop(self, X):
        if not self.modules:
            return X
        self.rest = type(self)(*self.modules[1:])
        return self.rest.fprop(self.modules[0].fprop(X))

    def bprop(self, dE_dX):
        return self.modules[0].bprop(self.rest.bprop(dE_dX)) if self.modules else dE_dX


@equivalent("Sequential")
class AModuleItself(nn.Module):
    """Its modules are attributes; all states and gradients are kept."""

    def __init__(self, *modules):
        for k, module in enumerate(modules):
            setattr(self, str(k), module)

    def fprop(self, X):
        self.states = [X]
        for _, module in self.named_children():
            self.states.append(module.fprop(self.states[-1]))
        return self.states[-1]

    def bprop(self, dE_dX):
        gradients = [dE_dX]
        for _, module in list(self.named_children())[::-1]:
            gradients.append(module.bprop(gradients[-1]))
        return gradients[-1].copy()


@equivalent("Sequential")
class WithItsOwnShallowCopies(RightSequential):
    """They share the parameters, and that is what counts."""

    def __init__(self, *modules):
        self.modules = [copy.copy(module) for module in modules]


# --- Net ------------------------------------------------------------------------------------------


class RightNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        self.fc1 = nn.Linear(n_in, n_hidden)
        self.fc2 = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return F.log_softmax(self.fc2(F.relu(self.fc1(x.view(len(x), -1)))), dim=1)

    def take(self, state):
        names = {"1": "fc1", "3": "fc2"}
        self.load_state_dict({names[key[0]] + key[1:]: W for key, W in state.items()})


@mutant("Net", hint="yours are layers.0.weight, layers.0.bias, layers.1.weight, layers.1.bias")
class AListOfLayers(RightNet):
    def __init__(self, n_in, n_hidden, n_out):
        self.layers = [nn.Linear(n_in, n_hidden), nn.Linear(n_hidden, n_out)]


@mutant("Net", hint="yours are net.1.weight")
class AContainerInside(RightNet):
    def __init__(self, n_in, n_hidden, n_out):
        layers = nn.Linear(n_in, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_out)
        self.net = nn.Sequential(nn.Flatten(), *layers)


@mutant("Net", hint="yours are m1.weight")
class OtherNames(RightNet):
    def __init__(self, n_in, n_hidden, n_out):
        self.m1, self.m2 = nn.Linear(n_in, n_hidden), nn.Linear(n_hidden, n_out)


@mutant("Net", hint="the net has no parameters")
class ModulesMadeInForward(RightNet):
    def __init__(self, n_in, n_hidden, n_out):
        self.sizes = n_in, n_hidden, n_out

    def forward(self, x):
        fc1, fc2 = nn.Linear(*self.sizes[:2]), nn.Linear(*self.sizes[1:])
        return F.log_softmax(fc2(F.relu(fc1(x.view(len(x), -1)))), dim=1)


@mutant("Net", hint="yours are fc1.weight, fc2.weight")
class WithoutBiases(RightNet):
    def __init__(self, n_in, n_hidden, n_out):
        self.fc1 = nn.Linear(n_in, n_hidden, bias=False)
        self.fc2 = nn.Linear(n_hidden, n_out, bias=False)


@mutant("Net", hint="fc1.weight should have shape")
class SizesSwapped(RightNet):
    def __init__(self, n_in, n_hidden, n_out):
        self.fc1, self.fc2 = nn.Linear(n_hidden, n_in), nn.Linear(n_out, n_hidden)


@mutant("Net", hint="the ReLU is missing")
class NoRelu(RightNet):
    def forward(self, x):
        return F.log_softmax(self.fc2(self.fc1(x.view(len(x), -1))), dim=1)


@mutant("Net", hint="a ReLU stands behind fc2")
class ReluTwice(RightNet):
    def forward(self, x):
        x = F.relu(self.fc1(x.view(len(x), -1)))
        return F.log_softmax(F.relu(self.fc2(x)), dim=1)


@mutant("Net", hint="a Tanh stands where")
class AnotherNonLinearity(RightNet):
    def forward(self, x):
        return F.log_softmax(self.fc2(F.tanh(self.fc1(x.view(len(x), -1)))), dim=1)


@mutant("Net", hint="the log-softmax runs over the samples")
class WrongDimension(RightNet):
    def forward(self, x):
        return F.log_softmax(self.fc2(F.relu(self.fc1(x.view(len(x), -1)))), dim=0)


@mutant("Net", hint="these are the probabilities")
class SoftmaxWithoutLog(RightNet):
    def forward(self, x):
        return F.softmax(self.fc2(F.relu(self.fc1(x.view(len(x), -1)))), dim=1)


@mutant("Net", hint="a softmax stands before the log-softmax")
class SoftmaxThenLogSoftmax(RightNet):
    def forward(self, x):
        x = F.softmax(self.fc2(F.relu(self.fc1(x.view(len(x), -1)))), dim=1)
        return F.log_softmax(x, dim=1)


@mutant("Net", hint="the ReLU stands in the wrong place")
class ReluInFront(RightNet):
    def forward(self, x):
        return F.log_softmax(self.fc2(self.fc1(F.relu(x).view(len(x), -1))), dim=1)


@mutant("Net", hint="the ReLU stands in the wrong place")
class ReluBehind(RightNet):
    def forward(self, x):
        return F.log_softmax(F.relu(self.fc2(self.fc1(x.view(len(x), -1)))), dim=1)


@mutant("Net", hint="these are the scores")
class ScoresOnly(RightNet):
    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x.view(len(x), -1))))


@mutant("Net", hint="your code stopped with InputError: Linear")
class FlattensTheBatch(RightNet):
    """As the lecture's listing does, which has a single image."""

    def forward(self, x):
        return F.log_softmax(self.fc2(F.relu(self.fc1(x.view(-1)))), dim=-1)


@mutant("Net", hint="your code stopped with InputError: Linear")
class NotFlattened(RightNet):
    def forward(self, x):
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=1)


@mutant("Net", hint="Y should be an array of shape")
class OnlyTheFirstImage(RightNet):
    def forward(self, x):
        x = dl.tensor(x.data[0].ravel())
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=0)


@mutant("Net", hint="forward should return a Tensor; yours returns ndarray")
class ByHand(RightNet):
    def forward(self, x):
        hidden = nn.ReLU().fprop(self.fc1.fprop(x.data.reshape(len(x), -1)))
        return nn.LogSoftmax(dim=1).fprop(self.fc2.fprop(hidden))


@mutant("Net", hint="no gradient finds its way back to fc1.weight")
class GradientCut(RightNet):
    def forward(self, x):
        hidden = self.fc1(x.view(len(x), -1)).data
        return F.log_softmax(self.fc2(dl.tensor(np.maximum(hidden, 0))), dim=1)


@mutant("Net", hint="forward should return a Tensor; yours returns NoneType")
class NoReturn(RightNet):
    def forward(self, x):
        super().forward(x)


@mutant("Net", hint="take leaves fc1.bias as it was")
class TakesOnlyTheWeights(RightNet):
    def take(self, state):
        self.fc1.weight.data, self.fc2.weight.data = state["1.weight"], state["3.weight"]


@mutant("Net", hint="take leaves fc1.weight as it was")
class TakesNothing(RightNet):
    def take(self, state):
        self.state_dict().update(state)


@mutant("Net", hint="after take, fc1.weight is no parameter any more")
class ArraysForParameters(RightNet):
    def take(self, state):
        self.fc1.weight, self.fc1.bias = state["1.weight"], state["1.bias"]
        self.fc2.weight, self.fc2.bias = state["3.weight"], state["3.bias"]


@mutant("Net", hint="changes state['1.weight']")
class RenamesInTheGivenState(RightNet):
    def take(self, state):
        for key in list(state):
            state[key.replace("1.", "fc1.").replace("3.", "fc2.")] = state.pop(key)
        self.load_state_dict(state)


@mutant("Net", hint="fc1.weight, after take, should be an array of shape")
class TakesTheWeightTransposed(RightNet):
    def take(self, state):
        super().take(state)
        self.fc1.weight.data = state["1.weight"].T


@mutant("Net", hint="no gradient finds its way back to fc1.weight")
class Detached(RightNet):
    def forward(self, x):
        return super().forward(x).detach()


@mutant("Net", hint="your code stopped with KeyError")
class TakesTheKeysAsTheyAre(RightNet):
    def take(self, state):
        self.load_state_dict(state)


@equivalent("Net")
class EveryModuleAnAttribute(RightNet):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__(n_in, n_hidden, n_out)
        self.flatten, self.relu, self.log = nn.Flatten(), nn.ReLU(), nn.LogSoftmax(dim=-1)

    def forward(self, x):
        return self.log(self.fc2(self.relu(self.fc1(self.flatten(x)))))

    def take(self, state):
        for p, W in zip(self.parameters(), state.values(), strict=True):
            p.data = W.copy()


@equivalent("Net")
class AContainerInForward(RightNet):
    """Names in another order, and the given arrays themselves."""

    def __init__(self, n_in, n_hidden, n_out):
        self.fc2 = nn.Linear(n_hidden, n_out)
        self.fc1 = nn.Linear(n_in, n_hidden)

    def forward(self, x):
        end = nn.LogSoftmax(dim=1)
        return nn.Sequential(nn.Flatten(), self.fc1, nn.ReLU(), self.fc2, end)(x)

    def take(self, state):
        for name, module in {"1": self.fc1, "3": self.fc2}.items():
            module.load_state_dict({key: state[f"{name}.{key}"] for key in ("weight", "bias")})


@equivalent("Net")
class WithSuper(nn.Module):
    """As one writes it in torch."""

    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.n_in = n_in
        self.fc1 = nn.Linear(n_in, n_hidden)
        self.fc2 = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        x = self.fc1(x.view(-1, self.n_in))
        x = dl.relu(x)
        x = self.fc2(x)
        return dl.log_softmax(x, dim=-1)

    def take(self, state):
        state = {key.replace("1.", "fc1.").replace("3.", "fc2."): state[key] for key in state}
        self.load_state_dict(state)


# --- NumbersKept ----------------------------------------------------------------------------------


class RightCount:
    """The slips change one of its parts."""

    def predict(self, sizes, batch):
        return batch * (sizes[0] + 2 * sum(sizes[1:-1]) + sizes[-1])

    def measure(self, net):
        found = []
        for A in self.arrays(net):
            if not any(np.shares_memory(A, B) for B in found):
                found.append(A)
        return sum(A.size for A in found)

    def arrays(self, net):
        for _, module in net.named_modules():
            yield from (A for A in vars(module).values() if isinstance(A, np.ndarray))


@mutant("NumbersKept", hint="counted twice")
class EveryArray(RightCount):
    def measure(self, net):
        return sum(A.size for A in self.arrays(net))


@mutant("NumbersKept", hint="counted twice")
class ByIdentity(RightCount):
    def measure(self, net):
        return sum(A.size for A in {id(A): A for A in self.arrays(net)}.values())


@mutant("NumbersKept", hint="some of what the modules keep is not counted")
class OneForEachShape(RightCount):
    def measure(self, net):
        return sum(A.size for A in {frozenset(A.shape): A for A in self.arrays(net)}.values())


@mutant("NumbersKept", hint="some of what the modules keep is not counted")
class OutputsOfLinears(RightCount):
    def measure(self, net):
        modules = [m for _, m in net.named_modules() if isinstance(m, nn.Linear)]
        return sum(m.X.size for m in modules) + modules[-1].Y.size


@mutant("NumbersKept", hint="these are bytes")
class Bytes(RightCount):
    def measure(self, net):
        return 8 * super().measure(net)


@mutant("NumbersKept", hint="the parameters are counted, too")
class WithTheParameters(RightCount):
    def measure(self, net):
        return super().measure(net) + sum(p.nelement() for p in net.parameters())


@mutant("NumbersKept", hint="what a cascade inside the cascade keeps")
class OnlyTheModulesOnTop(RightCount):
    def arrays(self, net):
        for module in net:
            yield from (A for A in vars(module).values() if isinstance(A, np.ndarray))


@mutant("NumbersKept", hint="the measured number should be a number; yours is of type list")
class AListOfSizes(RightCount):
    def measure(self, net):
        return [A.size for A in self.arrays(net)]


@mutant("NumbersKept", hint="the measured number is None")
class MeasuresNothing(RightCount):
    def measure(self, net):
        super().measure(net)


@mutant("NumbersKept", hint="this is for one sample")
class BatchForgotten(RightCount):
    def predict(self, sizes, batch):
        return super().predict(sizes, 1)


@mutant("NumbersKept", hint="a hidden layer is there twice")
class HiddenLayersOnce(RightCount):
    def predict(self, sizes, batch):
        return batch * sum(sizes)


@mutant("NumbersKept", hint="a hidden layer is there twice")
class InputsOfLinearsOnly(RightCount):
    """What bprop needs, which is less than what is kept."""

    def predict(self, sizes, batch):
        return batch * sum(sizes[:-1])


@mutant("NumbersKept", hint="counted twice")
class EveryAttribute(RightCount):
    def predict(self, sizes, batch):
        return batch * (sizes[0] + 3 * sum(sizes[1:-1]) + sizes[-1])


@mutant("NumbersKept", hint="one end of the cascade is missing")
class InputForgottenInTheCount(RightCount):
    def predict(self, sizes, batch):
        return batch * (2 * sum(sizes[1:-1]) + sizes[-1])


@mutant("NumbersKept", hint="these are the parameters")
class PredictsTheParameters(RightCount):
    def predict(self, sizes, batch):
        return sum((sizes[k] + 1) * sizes[k + 1] for k in range(len(sizes) - 1))


@mutant("NumbersKept", hint="believe the measurement")
class TwiceEverything(RightCount):
    def predict(self, sizes, batch):
        return 2 * batch * sum(sizes)


@equivalent("NumbersKept")
class ByOwnerOfTheMemory(RightCount):
    def predict(self, sizes, batch):
        inputs, outputs = sizes[:-1], sizes[1:]
        return np.float64(batch) * np.sum([*inputs, *outputs])

    def measure(self, net):
        owners = [A if A.base is None else A.base for A in self.arrays(net)]
        return float(sum({id(owner): owner.size for owner in owners}.values()))


@equivalent("NumbersKept")
class ByRecursionIntoCascades(RightCount):
    def measure(self, net):
        return sum(size for _, size in self.places(net))

    def places(self, net):
        found = set()
        for _, module in net.named_children():
            if isinstance(module, nn.Sequential):
                found |= self.places(module)
            for A in (getattr(module, "X", None), getattr(module, "Y", None)):
                if A is not None:
                    found.add((A.__array_interface__["data"][0], A.size))
        return found


@equivalent("NumbersKept")
class FromTheEnd(RightCount):
    def arrays(self, net):
        return list(super().arrays(net))[::-1]


# --- Siamese --------------------------------------------------------------------------------------


def twin(module):
    """A deep copy, but for the parameters."""
    return copy.deepcopy(module, {id(p): p for p in module.parameters()})


class RightSiamese:
    def __init__(self, module):
        self.module = module

    def fprop(self, X1, X2):
        self.calls = [twin(self.module), twin(self.module)]
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)

    def bprop(self, dE_dY1, dE_dY2):
        return self.calls[0].bprop(dE_dY1), self.calls[1].bprop(dE_dY2)


@mutant("Siamese", hint="both gradients meet the state of one call")
class AsItWas(RightSiamese):
    def fprop(self, X1, X2):
        return self.module.fprop(X1), self.module.fprop(X2)

    def bprop(self, dE_dY1, dE_dY2):
        dE_dX2 = self.module.bprop(dE_dY2)
        return self.module.bprop(dE_dY1), dE_dX2


@mutant("Siamese", hint="both gradients meet the state of one call")
class TheSameModuleTwice(RightSiamese):
    def fprop(self, X1, X2):
        self.calls = [self.module] * 2
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)


@mutant("Siamese", hint="both gradients meet the state of one call")
class FirstCallOnly(RightSiamese):
    def fprop(self, X1, X2):
        Y2 = self.module.fprop(X2)
        self.calls = [self.module] * 2
        return self.module.fprop(X1), Y2


@mutant("Siamese", hint="right for a Linear alone")
class ShallowCopies(RightSiamese):
    """As in the chapter, where the module is a Linear."""

    def fprop(self, X1, X2):
        self.calls = [copy.copy(self.module), copy.copy(self.module)]
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)


@mutant("Siamese", hint="right for a Linear alone")
class StateOfTheOutermostModule(RightSiamese):
    def fprop(self, X1, X2):
        self.states, outputs = [], []
        for X in (X1, X2):
            outputs.append(self.module.fprop(X))
            self.states.append(dict(vars(self.module)))
        return tuple(outputs)

    def bprop(self, dE_dY1, dE_dY2):
        gradients = []
        for state, gradient in zip(self.states, (dE_dY1, dE_dY2), strict=True):
            vars(self.module).update(state)
            gradients.append(self.module.bprop(gradient))
        return tuple(gradients)


@mutant("Siamese", hint="In a cascade within it, the state is still shared")
class OneLevelDown(RightSiamese):
    def copied(self):
        if not isinstance(self.module, nn.Sequential):
            return copy.copy(self.module)
        return nn.Sequential(*(copy.copy(module) for module in self.module))

    def fprop(self, X1, X2):
        self.calls = [self.copied(), self.copied()]
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)


@mutant("Siamese", hint="the two states are swapped")
class WrongEndOfTheStack(RightSiamese):
    def bprop(self, dE_dY1, dE_dY2):
        dE_dX1 = self.calls.pop().bprop(dE_dY1)
        return dE_dX1, self.calls.pop().bprop(dE_dY2)


@mutant("Siamese", hint="the parameters of the module have no gradient")
class DeepCopies(RightSiamese):
    def fprop(self, X1, X2):
        self.calls = [copy.deepcopy(self.module), copy.deepcopy(self.module)]
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)


@mutant("Siamese", hint="the first call is missing")
class OneDeepCopy(RightSiamese):
    def fprop(self, X1, X2):
        self.calls = [copy.deepcopy(self.module), self.module]
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)


@mutant("Siamese", hint="the second call is missing")
class CountedOnce(RightSiamese):
    def bprop(self, dE_dY1, dE_dY2):
        dE_dX1 = self.calls[0].bprop(dE_dY1)
        grads = [p.grad for p in self.module.parameters()]
        dE_dX2 = self.calls[1].bprop(dE_dY2)
        for p, grad in zip(self.module.parameters(), grads, strict=True):
            p.grad = grad
        return dE_dX1, dE_dX2


@mutant("Siamese", hint="the first call is missing")
class ClearedInBetween(RightSiamese):
    def bprop(self, dE_dY1, dE_dY2):
        dE_dX1 = self.calls[0].bprop(dE_dY1)
        self.module.zero_grad()
        return dE_dX1, self.calls[1].bprop(dE_dY2)


@mutant("Siamese", hint="the gradients of the first time are gone")
class ClearedBefore(RightSiamese):
    def bprop(self, dE_dY1, dE_dY2):
        self.module.zero_grad()
        return super().bprop(dE_dY1, dE_dY2)


@mutant("Siamese", hint="your copies still have the old ones")
class CopiesWithOldParameters(RightSiamese):
    """Gradients are carried over by hand, and what was learned is not."""

    def __init__(self, module):
        self.module = module
        self.calls = [copy.deepcopy(module), copy.deepcopy(module)]

    def fprop(self, X1, X2):
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)

    def bprop(self, dE_dY1, dE_dY2):
        dE_dX = super().bprop(dE_dY1, dE_dY2)
        for call in self.calls:
            for p, q in zip(self.module.parameters(), call.parameters(), strict=True):
                p.accumulate_grad(q.grad)
            call.zero_grad()
        return dE_dX


@mutant("Siamese", hint="bprop should return two arrays")
class GradientsAdded(RightSiamese):
    def bprop(self, dE_dY1, dE_dY2):
        return sum(super().bprop(dE_dY1, dE_dY2))


@mutant("Siamese", hint="fprop should return two arrays")
class ReturnsTheDifference(RightSiamese):
    def fprop(self, X1, X2):
        Y1, Y2 = super().fprop(X1, X2)
        return Y1 - Y2


@mutant("Siamese", hint="your copies still have the old ones")
class OneCopyWithOldParameters(RightSiamese):
    def __init__(self, module):
        self.module = module
        self.calls = [module, copy.deepcopy(module)]

    def fprop(self, X1, X2):
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)

    def bprop(self, dE_dY1, dE_dY2):
        dE_dX = super().bprop(dE_dY1, dE_dY2)
        for p, q in zip(self.module.parameters(), self.calls[1].parameters(), strict=True):
            p.accumulate_grad(q.grad)
        self.calls[1].zero_grad()
        return dE_dX


@mutant("Siamese", hint="the gradients are swapped")
class GradientsSwapped(RightSiamese):
    def bprop(self, dE_dY1, dE_dY2):
        return super().bprop(dE_dY1, dE_dY2)[::-1]


@mutant("Siamese", hint="the outputs are swapped")
class OutputsSwapped(RightSiamese):
    def fprop(self, X1, X2):
        return super().fprop(X1, X2)[::-1]


@equivalent("Siamese")
class ForwardOnceMore(RightSiamese):
    """No copies: each call goes forward again just before its way back."""

    def fprop(self, X1, X2):
        self.inputs = X1, X2
        return [self.module.fprop(X) for X in self.inputs]

    def bprop(self, dE_dY1, dE_dY2):
        gradients = []
        for X, gradient in zip(self.inputs, (dE_dY1, dE_dY2), strict=True):
            self.module.fprop(X)
            gradients.append(self.module.bprop(gradient))
        return gradients


@equivalent("Siamese")
class StatesOnAStack(RightSiamese):
    """Of every module below, at every depth; popped from the end."""

    def fprop(self, X1, X2):
        self.stack, outputs = [], []
        for X in (X1, X2):
            outputs.append(self.module.fprop(X))
            self.stack.append([dict(vars(m)) for _, m in self.module.named_modules()])
        return tuple(outputs)

    def bprop(self, dE_dY1, dE_dY2):
        gradients = []
        for gradient in (dE_dY2, dE_dY1):
            for (_, m), state in zip(self.module.named_modules(), self.stack.pop(), strict=True):
                vars(m).update(state)
            gradients.append(self.module.bprop(gradient))
        return tuple(gradients[::-1])


@equivalent("Siamese")
class ShallowCopiesAllTheWayDown(RightSiamese):
    def copied(self, module):
        if not isinstance(module, nn.Sequential):
            return copy.copy(module)
        return nn.Sequential(*map(self.copied, module))

    def fprop(self, X1, X2):
        self.calls = [self.copied(self.module), self.copied(self.module)]
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)


@equivalent("Siamese")
class OneTwin(RightSiamese):
    """Made once and for all, for the second call; the first uses the module itself."""

    def __init__(self, module):
        self.calls = [module, twin(module)]

    def fprop(self, X1, X2):
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)


@equivalent("Siamese")
class OneBatchOfBoth(RightSiamese):
    """A single call: a module treats each sample by itself."""

    def fprop(self, X1, X2):
        self.n = len(X1)
        Y = self.module.fprop(np.concatenate([X1, X2]))
        return Y[: self.n], Y[self.n :]

    def bprop(self, dE_dY1, dE_dY2):
        dE_dX = self.module.bprop(np.concatenate([dE_dY1, dE_dY2]))
        return dE_dX[: self.n], dE_dX[self.n :]


@equivalent("Siamese")
class DeepCopiesBroughtUpToDate(RightSiamese):
    """Numbers are carried to the copies, and gradients back."""

    def fprop(self, X1, X2):
        self.calls = [copy.deepcopy(self.module), copy.deepcopy(self.module)]
        for call in self.calls:
            call.zero_grad()
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)

    def bprop(self, dE_dY1, dE_dY2):
        dE_dX = super().bprop(dE_dY1, dE_dY2)
        for call in self.calls:
            for p, q in zip(self.module.parameters(), call.parameters(), strict=True):
                p.accumulate_grad(q.grad)
        return dE_dX
