"""How answers are tried. This file stands beside student code, so no answer is in here."""

from typing import Any

import numpy as np

import dlcore as dl
from dlcore import nn, optim

Values = dict[str, Any]
NAMES = ("first", "second", "third")


def follow(optimizer: Any, params: list[dl.Parameter], inputs: Values) -> Values:
    """Where an optimizer leads the parameters, with gradients that were drawn beforehand.

    Its first step is at the rate that it was made with. Afterwards the arrays are looked at that
    were p.data before each step, and those that were p.grad.
    """
    path, held, seen = {}, {}, []
    for step, (rate, grads) in enumerate(zip(inputs["rates"], inputs["p.grad"]), 1):
        if step > 1:
            optimizer.lr = rate
        for name, p, grad in zip(NAMES, params, grads):
            held[f"the {name} parameter before step {step}"] = p.data
            p.grad = grad
        optimizer.step()
        seen.append([p.grad for p in params])
        for name, p, grad in zip(NAMES, params, grads):
            path[f"the {name} parameter after step {step}"] = p.data.copy()
            if p.data.shape != grad.shape:
                return {"the path": path}
    return {"the path": path, "p.data": held, "p.grad": seen}


def SGD(answer: Any, inputs: Values) -> Values:
    params = [dl.Parameter(array) for array in inputs["params"]]
    momentum = () if inputs["momentum"] is None else (inputs["momentum"],)
    return follow(answer(params, inputs["rates"][0], *momentum), params, inputs)


def Adam(answer: Any, inputs: Values) -> Values:
    params = [dl.Parameter(array) for array in inputs["params"]]
    settings = () if inputs["betas"] is None else (inputs["betas"], inputs["eps"])
    return follow(answer(params, inputs["rates"][0], *settings), params, inputs)


class Lopsided(nn.Module):
    """A cost like SquaredDistance, but what is too large counts three times. C(Out, Y)."""

    def fprop(self, Out: np.ndarray, Y: np.ndarray) -> np.ndarray:  # type: ignore[override]
        self.D, self.weight = Out - Y, np.where(Out > Y, 3, 1)
        return np.sum(self.weight * self.D**2) / len(Out)

    def bprop(self, dE_dC: Any = 1.0) -> tuple[np.ndarray, np.ndarray]:
        dE_dD = 2 * self.weight * self.D / len(self.D) * dE_dC
        return dE_dD, -dE_dD


def train(answer: Any, inputs: Values) -> Values:
    """From the same start every time: the parameters after 1, 2, 3 ... batches."""
    theta, batches = inputs["theta"], list(zip(inputs["X"], inputs["Y"]))
    path, losses = {}, None
    for count in range(1, len(batches) + 1):
        net = nn.Sequential(nn.Linear(*theta["W1"].shape[::-1]), nn.ReLU())
        net = nn.Sequential(*net, nn.Linear(*theta["W2"].shape[::-1]))
        for p, array in zip(net.parameters(), theta.values()):
            p.data = array.copy()
        if inputs["optimizer"] == "Adam":
            optimizer: Any = optim.Adam(net.parameters(), inputs["lr"])
        else:
            optimizer = optim.SGD(net.parameters(), inputs["lr"], inputs["momentum"])
        losses = answer(net, Lopsided(), optimizer, batches[:count])
        for name, p in zip(theta, net.parameters()):
            path[f"{name} after {count} batches"] = p.data
    return {"the net": path, "losses": losses}


MOST_TRIALS = 2000


def LargestRate(answer: Any, inputs: Values) -> Values:
    """The prediction is told the bowl; the measurement can only descend into it."""
    curvatures, momentum = inputs["curvatures"], inputs["momentum"]
    trials = []

    def descend(rate: float) -> np.ndarray:
        trials.append(rate)
        if len(trials) > MOST_TRIALS:
            raise RuntimeError(f"{MOST_TRIALS:,} trials are enough: each should halve what is left")
        theta = dl.Parameter(np.ones_like(curvatures))
        optimizer = optim.SGD([theta], rate, momentum)
        positions = [theta.data]
        with np.errstate(all="ignore"):
            for _ in range(100):
                theta.grad = curvatures * theta.data
                optimizer.step()
                positions.append(theta.data)
            return np.square(positions) @ curvatures / 2

    rates = answer()
    measured = rates.measure(descend)
    predicted = rates.predict(curvatures.copy(), momentum)
    return {"the measured rate": measured, "the predicted rate": predicted}
