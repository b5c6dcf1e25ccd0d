"""Planted slips, each with the hint that it must get, and other right answers."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from dlcore import nn, optim
from exercises.legacy import equivalent, mutant

# --- SGD ------------------------------------------------------------------------------------------


class RightSGD:
    def __init__(self, params, lr, momentum=0.0):
        self.params, self.lr, self.momentum = params, lr, momentum
        self.velocities = [np.zeros_like(p.data) for p in params]

    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            p.data = p.data - self.lr * self.velocities[i]


@mutant("SGD", hint="the learning rate is inside the velocity")
class RateInsideTheVelocity(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.momentum * self.velocities[i] + self.lr * p.grad
            p.data = p.data - self.velocities[i]


@mutant("SGD", hint="your velocity is a running mean")
class RunningMean(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            fresh = (1 - self.momentum) * p.grad
            self.velocities[i] = self.momentum * self.velocities[i] + fresh
            p.data = p.data - self.lr * self.velocities[i]


@mutant("SGD", hint="the first gradient comes in weakened")
class DampenedFirstStep(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            share = 1.0 if self.velocities[i].any() else 1 - self.momentum
            self.velocities[i] = self.momentum * self.velocities[i] + share * p.grad
            p.data = p.data - self.lr * self.velocities[i]


@mutant("SGD", hint="the learning rate comes in twice")
class RateTwice(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.momentum * self.velocities[i] + self.lr * p.grad
            p.data = p.data - self.lr * self.velocities[i]


@mutant("SGD", hint="the velocity does not fade")
class MomentumForgotten(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.velocities[i] + p.grad
            p.data = p.data - self.lr * self.velocities[i]


@mutant("SGD", hint="the velocity does not fade")
class MomentumBeforeTheGradient(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.velocities[i] + self.momentum * p.grad
            p.data = p.data - self.lr * self.velocities[i]


@mutant("SGD", hint="only the first parameter moves")
class ReturnsInsideTheLoop(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            p.data = p.data - self.lr * self.velocities[i]
            return


@mutant("SGD", hint="share what each should remember")
class OneVelocity(RightSGD):
    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.velocity = 0.0

    def step(self):
        for p in self.params:
            self.velocity = self.momentum * self.velocity + p.grad
            p.data = p.data - self.lr * self.velocity


@mutant("SGD", hint="share what each should remember")
class OneArrayManyTimes(RightSGD):
    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.velocities = [np.zeros_like(params[0].data)] * len(params)

    def step(self):
        for v, p in zip(self.velocities, self.params, strict=True):
            v *= self.momentum
            v += p.grad
            p.data = p.data - self.lr * v


@mutant("SGD", hint="your steps are late")
class StepBeforeVelocity(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            p.data = p.data - self.lr * self.velocities[i]
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad


@mutant("SGD", hint="descent without momentum")
class ForgetsTheVelocity(RightSGD):
    def step(self):
        for v, p in zip(self.velocities, self.params, strict=True):
            v = self.momentum * v + p.grad
            p.data = p.data - self.lr * v


@mutant("SGD", hint="Nesterov")
class Nesterov(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            p.data = p.data - self.lr * (p.grad + self.momentum * self.velocities[i])


@mutant("SGD", hint="uphill")
class Uphill(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            p.data = p.data + self.lr * self.velocities[i]


@mutant("SGD", hint="the learning rate changed between two steps")
class KeepsTheFirstRate(RightSGD):
    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.rate = lr

    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            p.data = p.data - self.rate * self.velocities[i]


@mutant("SGD", hint="changes p.data")
class WritesIntoTheParameter(RightSGD):
    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            p.data -= self.lr * self.velocities[i]


@mutant("SGD", hint="changes p.grad")
class VelocityIsTheGradientsArray(RightSGD):
    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.velocities = [None] * len(params)

    def step(self):
        for i, p in enumerate(self.params):
            if self.velocities[i] is None:
                self.velocities[i] = p.grad
            else:
                self.velocities[i] *= self.momentum
                self.velocities[i] += p.grad
            p.data = p.data - self.lr * self.velocities[i]


@mutant("SGD", hint="the parameters never move")
class ReturnsTheNewParameters(RightSGD):
    def step(self):
        moved = []
        for i, p in enumerate(self.params):
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            moved.append(p.data - self.lr * self.velocities[i])
        return moved


@mutant("SGD", hint="should be an array of shape")
class StepsOfOneNumber(RightSGD):
    def step(self):
        for p in self.params:
            p.data = (p.data - self.lr * p.grad).mean()


@mutant("SGD", hint="stopped with AttributeError: 'NoStep' object has no attribute 'step'")
class NoStep:
    def __init__(self, params, lr, momentum):
        self.params = params


@equivalent("SGD")
class VelocityInPlace(RightSGD):
    def step(self):
        for v, p in zip(self.velocities, self.params, strict=True):
            v *= self.momentum
            v += p.grad
            p.data = p.data - self.lr * v


@equivalent("SGD")
class NumberByNumber(RightSGD):
    def step(self):
        for v, p in zip(self.velocities, self.params, strict=True):
            theta = np.empty_like(p.data)
            for place in np.ndindex(theta.shape):
                v[place] = self.momentum * v[place] + p.grad[place]
                theta[place] = p.data[place] - self.lr * v[place]
            p.data = theta


@equivalent("SGD")
class AllGradientsKept(RightSGD):
    """No velocity at all: the sum of mu^age times the gradient of that age."""

    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.past = [[] for _ in params]

    def step(self):
        for past, p in zip(self.past, self.params, strict=True):
            past.append(p.grad)
            weights = self.momentum ** np.arange(len(past))[::-1]
            p.data = p.data - self.lr * np.einsum("t,t...->...", weights, np.array(past))


@equivalent("SGD")
class InDouble(RightSGD):
    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.velocities = {p: np.zeros(p.data.shape) for p in params}

    def step(self):
        for p in reversed(self.params):
            self.velocities[p] = self.momentum * self.velocities[p] + p.grad.astype(np.float64)
            p.data = p.data - self.lr * self.velocities[p]


@equivalent("SGD")
class ViewsOfOneVector(RightSGD):
    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.velocity = 0.0

    def step(self):
        theta, g = (
            np.concatenate([array.ravel() for array in arrays])
            for arrays in ([p.data for p in self.params], [p.grad for p in self.params])
        )
        self.velocity = self.momentum * self.velocity + g
        theta = theta - self.lr * self.velocity
        for p in self.params:
            p.data, theta = theta[: p.data.size].reshape(p.data.shape), theta[p.data.size :]


@equivalent("SGD")
class WithNothingBeforeTheFirstStep(RightSGD):
    """As torch does it: the first velocity is a copy of the gradient."""

    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.velocities = [None] * len(params)

    def step(self):
        for i, p in enumerate(self.params):
            v = self.velocities[i]
            self.velocities[i] = p.grad.copy() if v is None else self.momentum * v + p.grad
            p.data = p.data - self.lr * self.velocities[i]


# --- Adam -----------------------------------------------------------------------------------------


class RightAdam:
    """The slips change one of the two: `means`, or the step that `move` makes of them."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, self.betas, self.eps = params, lr, betas, eps
        self.t = 0
        self.m = [np.zeros_like(p.data) for p in params]
        self.v = [np.zeros_like(p.data) for p in params]

    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            self.means(i, p.grad)
            p.data = p.data - self.lr * self.move(self.m[i], self.v[i])

    def means(self, i, g):
        beta1, beta2 = self.betas
        self.m[i] = beta1 * self.m[i] + (1 - beta1) * g
        self.v[i] = beta2 * self.v[i] + (1 - beta2) * g**2

    def corrections(self):
        beta1, beta2 = self.betas
        return 1 - beta1**self.t, 1 - beta2**self.t

    def move(self, m, v):
        c1, c2 = self.corrections()
        return m / c1 / (np.sqrt(v / c2) + self.eps)


@mutant("Adam", hint="it counts parameters")
class CountsParameters(RightAdam):
    def step(self):
        for i, p in enumerate(self.params):
            self.t += 1
            self.means(i, p.grad)
            p.data = p.data - self.lr * self.move(self.m[i], self.v[i])


@mutant("Adam", hint="in the first step t is 1")
class CountsFromZero(RightAdam):
    def step(self):
        with np.errstate(all="ignore"):
            for i, p in enumerate(self.params):
                self.means(i, p.grad)
                p.data = p.data - self.lr * self.move(self.m[i], self.v[i])
        self.t += 1

    def corrections(self):
        return tuple(np.float64(c) for c in super().corrections())


@mutant("Adam", hint="the bias correction is missing")
class Uncorrected(RightAdam):
    def corrections(self):
        return 1, 1


@mutant("Adam", hint="only one of the two means is corrected")
class CorrectsOnlyM(RightAdam):
    def corrections(self):
        return super().corrections()[0], 1


@mutant("Adam", hint="only one of the two means is corrected")
class CorrectsOnlyV(RightAdam):
    def corrections(self):
        return 1, super().corrections()[1]


@mutant("Adam", hint="eps is missing, or does not stand")
class EpsInsideTheRoot(RightAdam):
    def move(self, m, v):
        c1, c2 = self.corrections()
        return m / c1 / np.sqrt(v / c2 + self.eps)


@mutant("Adam", hint="eps is missing, or does not stand")
class EpsBeforeTheCorrection(RightAdam):
    def move(self, m, v):
        c1, c2 = self.corrections()
        return np.sqrt(c2) / c1 * m / (np.sqrt(v) + self.eps)


@mutant("Adam", hint="eps is missing")
class NoEps(RightAdam):
    def move(self, m, v):
        c1, c2 = self.corrections()
        return m / c1 / np.sqrt(v / c2)


@mutant("Adam", hint="the correction goes the wrong way")
class MultipliesByTheCorrection(RightAdam):
    def corrections(self):
        c1, c2 = super().corrections()
        return 1 / c1, 1 / c2


@mutant("Adam", hint="the correction is the same in every step")
class CorrectionWithoutAPower(RightAdam):
    def corrections(self):
        return 1 - self.betas[0], 1 - self.betas[1]


@mutant("Adam", hint="not the running means that they should be")
class SumsForMeans(RightAdam):
    def means(self, i, g):
        self.m[i] = self.betas[0] * self.m[i] + g
        self.v[i] = self.betas[1] * self.v[i] + g**2


@mutant("Adam", hint="not the running means that they should be")
class WeightsSwapped(RightAdam):
    def means(self, i, g):
        beta1, beta2 = self.betas
        self.m[i] = (1 - beta1) * self.m[i] + beta1 * g
        self.v[i] = (1 - beta2) * self.v[i] + beta2 * g**2


@mutant("Adam", hint="the root is missing")
class NoRoot(RightAdam):
    def move(self, m, v):
        c1, c2 = self.corrections()
        return m / c1 / (v / c2 + self.eps)


@mutant("Adam", hint="beta1 and beta2 are swapped")
class BetasSwapped(RightAdam):
    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, lr, betas[::-1], eps)


@mutant("Adam", hint="v is a mean of gradients")
class NoSquare(RightAdam):
    def means(self, i, g):
        beta1, beta2 = self.betas
        self.m[i] = beta1 * self.m[i] + (1 - beta1) * g
        self.v[i] = beta2 * self.v[i] + (1 - beta2) * g

    def move(self, m, v):
        with np.errstate(all="ignore"):
            return super().move(m, v)


@mutant("Adam", hint="share what each should remember")
class OneMean(RightAdam):
    def means(self, i, g):
        super().means(i, g)
        self.m = [self.m[i]] * len(self.m)
        self.v = [self.v[i]] * len(self.v)


@mutant("Adam", hint="the corrected means go into the next step")
class KeepsTheCorrectedMeans(RightAdam):
    def means(self, i, g):
        super().means(i, g)
        c1, c2 = self.corrections()
        self.m[i], self.v[i] = self.m[i] / c1, self.v[i] / c2

    def move(self, m, v):
        return m / (np.sqrt(v) + self.eps)


@mutant("Adam", hint="uphill")
class AdamUphill(RightAdam):
    def move(self, m, v):
        return -super().move(m, v)


@mutant("Adam", hint="the learning rate changed between two steps")
class AdamKeepsTheFirstRate(RightAdam):
    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, lr, betas, eps)
        self.rate = lr

    def move(self, m, v):
        return super().move(m, v) * self.rate / self.lr


@mutant("Adam", hint="changes p.data")
class AdamWritesIntoTheParameter(RightAdam):
    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            self.means(i, p.grad)
            p.data -= self.lr * self.move(self.m[i], self.v[i])


@mutant("Adam", hint="changes p.grad")
class SquaresTheGradientItself(RightAdam):
    def means(self, i, g):
        beta1, beta2 = self.betas
        self.m[i] = beta1 * self.m[i] + (1 - beta1) * g
        g *= g
        self.v[i] = beta2 * self.v[i] + (1 - beta2) * g


@equivalent("Adam")
class RateOfTheStep(RightAdam):
    """The corrections in the rate and in eps, as Kingma and Ba propose for speed."""

    def move(self, m, v):
        c1, c2 = self.corrections()
        return np.sqrt(c2) / c1 * m / (np.sqrt(v) + self.eps * np.sqrt(c2))


@equivalent("Adam")
class StateOfEachParameter(RightAdam):
    """As torch does it: a counter for each parameter, which then all agree."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, (self.beta1, self.beta2), self.eps = params, lr, betas, eps
        self.state = {p: {"t": 0, "m": 0.0, "v": 0.0} for p in params}

    def step(self):
        for p, state in self.state.items():
            state["t"] += 1
            state["m"] += (1 - self.beta1) * (p.grad - state["m"])
            state["v"] += (1 - self.beta2) * (p.grad * p.grad - state["v"])
            m = state["m"] / (1 - self.beta1 ** state["t"])
            v = state["v"] / (1 - self.beta2 ** state["t"])
            p.data = p.data - self.lr * m / (v**0.5 + self.eps)


@equivalent("Adam")
class AllGradientsWeighted(RightAdam):
    """The corrected means as weighted means of all gradients: the weights add up to 1."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, lr, betas, eps)
        self.past = [[] for _ in params]

    def step(self):
        for past, p in zip(self.past, self.params, strict=True):
            past.append(p.grad)
            ages = np.arange(len(past))[::-1]
            weights = np.array([beta**ages / np.sum(beta**ages) for beta in self.betas])
            m = np.einsum("t,t...->...", weights[0], np.array(past))
            v = np.einsum("t,t...->...", weights[1], np.array(past) ** 2)
            p.data = p.data - self.lr * m / (np.sqrt(v) + self.eps)


@equivalent("Adam")
class AdamInDouble(RightAdam):
    def means(self, i, g):
        super().means(i, g.astype(np.float64))


@equivalent("Adam")
class AdamNumberByNumber(RightAdam):
    def move(self, m, v):
        pairs = zip(m.ravel(), v.ravel(), strict=True)
        steps = [RightAdam.move(self, one_m, one_v) for one_m, one_v in pairs]
        return np.array(steps).reshape(m.T.shape[::-1])


# --- objective_gradient ---------------------------------------------------------------------------


def right_gradient(W1, b1, W2, b2, X, Y):
    Z = X @ W1.T + b1
    H = np.maximum(Z, 0)
    d = 2 * (H @ W2.T + b2 - Y) / len(X)
    dZ = d @ W2 * (Z > 0)
    return dZ.T @ X, dZ.sum(axis=0), d.T @ H, d.sum(axis=0)


@mutant("objective_gradient", hint="gradients of the samples are added up")
def sum_instead_of_mean(W1, b1, W2, b2, X, Y):
    return tuple(len(X) * g for g in right_gradient(W1, b1, W2, b2, X, Y))


@mutant("objective_gradient", hint="you divide by too much")
def mean_over_the_outputs_too(W1, b1, W2, b2, X, Y):
    return tuple(g / Y.shape[1] for g in right_gradient(W1, b1, W2, b2, X, Y))


@mutant("objective_gradient", hint="a factor is missing")
def no_two(W1, b1, W2, b2, X, Y):
    return tuple(g / 2 for g in right_gradient(W1, b1, W2, b2, X, Y))


@mutant("objective_gradient", hint="the sign is wrong")
def target_minus_output(W1, b1, W2, b2, X, Y):
    return tuple(-g for g in right_gradient(W1, b1, W2, b2, X, Y))


@mutant("objective_gradient", hint="the ReLU looks at X")
def gate_of_the_input(W1, b1, W2, b2, X, Y):
    H = np.maximum(X @ W1.T + b1, 0)
    d = 2 * (H @ W2.T + b2 - Y) / len(X)
    dZ = d @ W2 * (X > 0)
    return dZ.T @ X, dZ.sum(axis=0), d.T @ H, d.sum(axis=0)


@mutant("objective_gradient", hint="the kink")
def open_at_zero(W1, b1, W2, b2, X, Y):
    Z = X @ W1.T + b1
    H = np.maximum(Z, 0)
    d = 2 * (H @ W2.T + b2 - Y) / len(X)
    dZ = d @ W2 * (Z >= 0)
    return dZ.T @ X, dZ.sum(axis=0), d.T @ H, d.sum(axis=0)


@mutant("objective_gradient", hint="lets through what it should stop")
def no_gate(W1, b1, W2, b2, X, Y):
    H = np.maximum(X @ W1.T + b1, 0)
    d = 2 * (H @ W2.T + b2 - Y) / len(X)
    dZ = d @ W2
    return dZ.T @ X, dZ.sum(axis=0), d.T @ H, d.sum(axis=0)


@mutant("objective_gradient", hint="lets through what it should stop")
def relu_of_the_gradient(W1, b1, W2, b2, X, Y):
    H = np.maximum(X @ W1.T + b1, 0)
    d = 2 * (H @ W2.T + b2 - Y) / len(X)
    dZ = np.maximum(d @ W2, 0)
    return dZ.T @ X, dZ.sum(axis=0), d.T @ H, d.sum(axis=0)


@mutant("objective_gradient", hint="dL/dW2 is wrong")
def before_the_relu(W1, b1, W2, b2, X, Y):
    Z = X @ W1.T + b1
    d = 2 * (np.maximum(Z, 0) @ W2.T + b2 - Y) / len(X)
    dZ = d @ W2 * (Z > 0)
    return dZ.T @ X, dZ.sum(axis=0), d.T @ Z, d.sum(axis=0)


@mutant("objective_gradient", hint="W2 is the wrong way round")
def weight_transposed(W1, b1, W2, b2, X, Y):
    Z = X @ W1.T + b1
    H = np.maximum(Z, 0)
    d = 2 * (H @ W2.T + b2 - Y) / len(X)
    dZ = d @ W2.T * (Z > 0)
    return dZ.T @ X, dZ.sum(axis=0), d.T @ H, d.sum(axis=0)


@mutant("objective_gradient", hint="dL/dW1 is transposed")
def gradients_transposed(W1, b1, W2, b2, X, Y):
    return tuple(g.T for g in right_gradient(W1, b1, W2, b2, X, Y))


@mutant("objective_gradient", hint="dL/db1 is 0.167 times")
def bias_averaged_again(W1, b1, W2, b2, X, Y):
    dW1, db1, dW2, db2 = right_gradient(W1, b1, W2, b2, X, Y)
    return dW1, db1 / len(X), dW2, db2 / len(X)


@mutant("objective_gradient", hint="dL/db1 should be an array of shape (3,)")
def bias_of_each_sample(W1, b1, W2, b2, X, Y):
    dW1, _, dW2, _ = right_gradient(W1, b1, W2, b2, X, Y)
    return dW1, np.ones((len(X), len(b1))), dW2, np.ones_like(Y)


@mutant("objective_gradient", hint="changes Y")
def writes_into_the_targets(W1, b1, W2, b2, X, Y):
    gradients = right_gradient(W1, b1, W2, b2, X, Y)
    Y -= 1
    return gradients


@mutant("objective_gradient", hint="return four arrays")
def weights_only(W1, b1, W2, b2, X, Y):
    return right_gradient(W1, b1, W2, b2, X, Y)[::2]


@mutant("objective_gradient", hint="return four arrays")
def one_long_vector(W1, b1, W2, b2, X, Y):
    return np.concatenate([g.ravel() for g in right_gradient(W1, b1, W2, b2, X, Y)])


@mutant("objective_gradient", hint="without dlcore.nn.Linear")
def with_modules(W1, b1, W2, b2, X, Y):
    net = nn.Sequential(nn.Linear(*W1.shape[::-1]), nn.ReLU(), nn.Linear(*W2.shape[::-1]))
    for p, array in zip(net.parameters(), (W1, b1, W2, b2), strict=True):
        p.data = array
    nn.SquaredDistance()(net(X), Y).backward()
    return tuple(p.grad for p in net.parameters())


@equivalent("objective_gradient")
def sample_by_sample(W1, b1, W2, b2, X, Y):
    totals = [np.zeros_like(array) for array in (W1, b1, W2, b2)]
    for x, y in zip(X, Y, strict=True):
        for total, g in zip(totals, right_gradient(W1, b1, W2, b2, x[None], y[None]), strict=True):
            total += g
    return [total / len(X) for total in totals]


@equivalent("objective_gradient")
def samples_as_columns(W1, b1, W2, b2, X, Y):
    """As the lecture writes it; the gradients come out as views."""
    Z = W1 @ X.T + b1[:, None]
    H = np.where(Z > 0, Z, 0)
    d = 2 * (W2 @ H + b2[:, None] - Y.T) / len(X)
    dZ = (W2.T @ d) * (H > 0)
    return (X.T @ dZ.T).T, dZ.sum(axis=1), (H @ d.T).T, d.sum(axis=1)


@equivalent("objective_gradient")
def with_einsum(W1, b1, W2, b2, X, Y):
    Z = np.einsum("ki,hi->kh", X, W1) + b1
    H = Z * (Z > 0)
    d = (np.einsum("kh,oh->ko", H, W2) + b2 - Y) * (2 / len(X))
    dZ = np.einsum("ko,oh,kh->kh", d, W2, Z > 0)
    return np.einsum("kh,ki->hi", dZ, X), sum(dZ), np.einsum("ko,kh->oh", d, H), sum(d)


@equivalent("objective_gradient")
def in_single_precision(*arrays):
    return right_gradient(*(array.astype(np.float32) for array in arrays))


# --- train ----------------------------------------------------------------------------------------


@mutant("train", hint="gradients of batches that are long gone")
def never_cleared(net, cost, optimizer, batches):
    losses = []
    for X, Y in batches:
        loss = cost(net(X), Y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mutant("train", hint="gradients of batches that are long gone")
def cleared_before_the_loop(net, cost, optimizer, batches):
    optimizer.zero_grad()
    return never_cleared.answer(net, cost, optimizer, batches)


@mutant("train", hint="stopped with RuntimeError: SGD.step: no gradient yet")
def cleared_before_the_step(net, cost, optimizer, batches):
    losses = []
    for X, Y in batches:
        loss = cost(net(X), Y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mutant("train", hint="some of the gradients are cleared")
def one_module_cleared(net, cost, optimizer, batches):
    losses = []
    _, first = next(net.named_children())
    for X, Y in batches:
        first.zero_grad()
        losses += never_cleared.answer(net, cost, optimizer, [(X, Y)])
    return losses


@mutant("train", hint="some of the gradients are cleared")
def weights_cleared(net, cost, optimizer, batches):
    losses = []
    for X, Y in batches:
        for p in net.parameters():
            if p.data.ndim == 2:
                p.grad = None
        losses += never_cleared.answer(net, cost, optimizer, [(X, Y)])
    return losses


@mutant("train", hint="the net never changes")
def no_step(net, cost, optimizer, batches):
    losses = []
    for X, Y in batches:
        optimizer.zero_grad()
        loss = cost(net(X), Y)
        loss.backward()
        losses.append(loss.item())
    return losses


@mutant("train", hint="only the first batch is used")
def return_inside_the_loop(net, cost, optimizer, batches):
    for X, Y in batches:
        return right_training(net, cost, optimizer, [(X, Y)])


@mutant("train", hint="losses after the step")
def losses_after_the_step(net, cost, optimizer, batches):
    losses = []
    for X, Y in batches:
        right_training(net, cost, optimizer, [(X, Y)])
        losses.append(cost(net(X), Y).item())
    return losses


@mutant("train", hint="one loss for each batch; yours has 1 for 4")
def the_last_loss_only(net, cost, optimizer, batches):
    return right_training(net, cost, optimizer, batches)[-1:]


@mutant("train", hint="the losses should be plain numbers")
def losses_as_tensors(net, cost, optimizer, batches):
    losses = []
    for X, Y in batches:
        optimizer.zero_grad()
        losses.append(cost(net(X), Y))
        losses[-1].backward()
        optimizer.step()
    return losses


@mutant("train", hint="the list of losses is None")
def no_return(net, cost, optimizer, batches):
    right_training(net, cost, optimizer, batches)


def right_training(net, cost, optimizer, batches):
    losses = []
    for X, Y in batches:
        loss = cost(net(X), Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@equivalent("train")
def cleared_at_the_end_of_each_turn(net, cost, optimizer, batches):
    losses = np.empty(len(batches))
    for k in range(len(batches)):
        loss = cost(net(batches[k][0]), batches[k][1])
        loss.backward()
        optimizer.step()
        net.zero_grad()
        losses[k] = loss.item()
    return losses


@equivalent("train")
def gradients_set_to_zeros(net, cost, optimizer, batches):
    losses = []
    for X, Y in iter(batches):
        for p in net.parameters():
            p.grad = np.zeros_like(p.data)
        losses.append(cost(net(X), Y))
        losses[-1].backward()
        optimizer.step()
    return tuple(np.asarray(loss) for loss in losses)


@equivalent("train")
def module_by_module(net, cost, optimizer, batches):
    """Without the tape: fprop and bprop by hand, and a fresh optimizer in every turn."""
    losses = []
    for X, Y in batches:
        losses.append(cost.fprop(net.fprop(X), Y))
        net.zero_grad()
        net.bprop(cost.bprop()[0])
        optim.SGD(net.parameters(), optimizer.lr).step()
    return losses


# --- LargestRate ----------------------------------------------------------------------------------


class RightRate:
    def predict(self, curvatures, momentum):
        return 2 * (1 + momentum) / np.max(curvatures)

    def comes_down(self, energies):
        return energies[-1] < energies[0]

    def measure(self, descend):
        low = high = 1e-3
        while self.comes_down(descend(high)):
            low, high = high, 2 * high
        while high > 1.001 * low:
            middle = (low + high) / 2
            low, high = (middle, high) if self.comes_down(descend(middle)) else (low, middle)
        return low


@mutant("LargestRate", hint="the edge without momentum")
class PlainDescent(RightRate):
    def predict(self, curvatures, momentum):
        return 2 / np.max(curvatures)


@mutant("LargestRate", hint="you let the velocity add up")
class SmallerByTheSum(RightRate):
    def predict(self, curvatures, momentum):
        return 2 * (1 - momentum) / np.max(curvatures)


@mutant("LargestRate", hint="you let the velocity add up")
class LargerByTheSum(RightRate):
    def predict(self, curvatures, momentum):
        return 2 / (1 - momentum) / np.max(curvatures)


@mutant("LargestRate", hint="another direction is lost first: the steepest")
class FlattestDirection(RightRate):
    def predict(self, curvatures, momentum):
        return 2 * (1 + momentum) / np.min(curvatures)


@mutant("LargestRate", hint="at this rate descent is fast")
class FastestRate(RightRate):
    def predict(self, curvatures, momentum):
        return 2 / (np.min(curvatures) + np.max(curvatures))


@mutant("LargestRate", hint="believe the measurement")
class SumOfTheCurvatures(RightRate):
    def predict(self, curvatures, momentum):
        return 2 * (1 + momentum) / np.sum(curvatures)


@mutant("LargestRate", hint="believe the measurement")
class AConstant(RightRate):
    def predict(self, curvatures, momentum):
        return 0.1


@mutant("LargestRate", hint="the predicted rate should be a number; yours has shape (3,)")
class ARateForEachDirection(RightRate):
    def predict(self, curvatures, momentum):
        return 2 * (1 + momentum) / curvatures


@mutant("LargestRate", hint="the measured rate is too small")
class MeasuresTheFastest(RightRate):
    def measure(self, descend):
        rates = np.geomspace(1e-3, 1e2, 300)
        last = [descend(rate)[-1] for rate in rates]
        return rates[np.nanargmin(last)]


@mutant("LargestRate", hint="the measured rate is too small")
class NoClimbAllowed(RightRate):
    def comes_down(self, energies):
        return np.all(np.diff(energies) <= 0)


@mutant("LargestRate", hint="the measured rate is")
class SearchesUpToOne(RightRate):
    def measure(self, descend):
        low, high = 0.0, 1.0
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (middle, high) if self.comes_down(descend(middle)) else (low, middle)
        return low


@mutant("LargestRate", hint="the measured rate is too large")
class NanIsNotLarger(RightRate):
    def measure(self, descend):
        low, high = 0.0, 100.0
        while high > 1.001 * low:
            middle = (low + high) / 2
            energies = descend(middle)
            low, high = (low, middle) if energies[-1] > energies[0] else (middle, high)
        return low


@mutant("LargestRate", hint="close, but not within one percent")
class CoarseSteps(RightRate):
    def measure(self, descend):
        rate = 1e-3
        while self.comes_down(descend(rate)):
            rate *= 1.04
        return rate


@mutant("LargestRate", hint="the measured rate is")
class TheSameForEveryBowl(RightRate):
    def measure(self, descend):
        return 0.02


@mutant("LargestRate", hint="the measured rate is None")
class ReturnsNothing(RightRate):
    def measure(self, descend):
        RightRate().measure(descend)


@mutant("LargestRate", hint="the measured rate should be a number; yours has shape (101,)")
class GivesTheEnergies(RightRate):
    def measure(self, descend):
        return descend(0.01)


@equivalent("LargestRate")
class FinerAndFiner(RightRate):
    """A search on grids, each between two neighbors of the one before."""

    def predict(self, curvatures, momentum):
        return min(2 / c + 2 * momentum / c for c in curvatures)

    def measure(self, descend):
        low, high = 1e-3, 1e2
        for _ in range(4):
            rates = np.geomspace(low, high, 30)
            last = next(k for k, rate in enumerate(rates) if not self.comes_down(descend(rate)))
            low, high = rates[last - 1], rates[last]
        return (low * high) ** 0.5


@equivalent("LargestRate")
class RootsOfTheRecurrence(RightRate):
    """z^2 - (1 + mu - rate c) z + mu has a root outside of the unit circle."""

    def predict(self, curvatures, momentum):
        def grows(rate):
            roots = [np.roots([1, rate * c - 1 - momentum, momentum]) for c in curvatures]
            return np.abs(roots).max() > 1 + 1e-12

        low, high = 0.0, 1e6
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (low, middle) if grows(middle) else (middle, high)
        return low


@equivalent("LargestRate")
class LargestEigenvalue(RightRate):
    def predict(self, curvatures, momentum):
        return np.float32(2 + 2 * momentum) / np.float32(np.linalg.norm(np.diag(curvatures), 2))

    def comes_down(self, energies):
        return bool(
            np.isfinite(energies[-1]) and energies[-1] <= energies[: len(energies) // 2].max()
        )
