"""How answers are tried. This file stands beside student code, so no answer is in here."""

from copy import copy
from itertools import pairwise
from typing import Any

import numpy as np

import dlcore as dl
from dlcore import nn

Values = dict[str, Any]


def linear(W: np.ndarray, b: np.ndarray) -> nn.Module:
    """A Linear with these numbers."""
    module = nn.Linear(*W.shape[::-1]).double()
    for p, numbers in zip(module.parameters(), (W, b), strict=True):
        p.data = numbers
    return module


def PReLU(answer: Any, inputs: Values) -> Values:
    """Two batches forward and back, the gradient of the weight never cleared."""
    module = answer(len(inputs["weight"]))
    parameters = {name: p.data.copy() for name, p in module.named_parameters()}
    tried: Values = {"parameters": parameters, **inputs}
    if list(parameters) != ["weight"]:
        return tried  # the judge sees it, too
    module.weight.data = inputs["weight"]
    held, tried["calls"] = [], []
    for X, dE_dY in zip(inputs["X"], inputs["dE_dY"], strict=True):
        held.append(module.fprop(X))
        call = {"Y": copy(held[-1]), "stored": copy(getattr(module, "Y", None))}
        call["dE_dX"] = copy(module.bprop(dE_dY))
        tried["calls"].append({**call, "dE_dweight": copy(module.weight.grad)})
    return {**tried, "held": held}


class Watched(nn.Module):
    """A module that writes down what it is given."""

    def __init__(self, module: nn.Module, name: str, log: list) -> None:
        self.module, self.name, self.log = module, name, log
        self.Y: Any = None

    def fprop(self, X: np.ndarray) -> Any:  # type: ignore[override]
        self.log.append((self.name, "fprop", copy(X)))
        self.Y = self.module.fprop(X)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> Any:
        self.log.append((self.name, "bprop", copy(dE_dY)))
        if self.Y is None:
            raise RuntimeError(f"{self.name} should send a gradient back, and never went forward")
        if np.shape(dE_dY) != self.Y.shape:
            wanted, found = self.Y.shape, np.shape(dE_dY)
            raise ValueError(f"{self.name} gave a Y of shape {wanted}, and gets dE/dY of {found}")
        return self.module.bprop(dE_dY)


def row(weights: list[np.ndarray]) -> list[nn.Module]:
    """A Linear for each weight, and a Tanh between two of them."""
    modules: list[nn.Module] = []
    for W in weights:
        modules += [nn.Tanh()] if modules else []
        modules.append(linear(W, np.zeros(len(W))))
    return modules


def Sequential(answer: Any, inputs: Values) -> Values:
    """The same cascade twice, with two batches."""
    log: list = []
    names = (f"module {k}" for k in range(1, 100))
    cascade = answer(*(Watched(m, next(names), log) for m in row(inputs["weights"])))
    tried: Values = {"rounds": []}
    for X, dE_dY in zip(inputs["X"], inputs["dE_dY"], strict=True):
        passed = {"Y": copy(cascade.fprop(X)), "fprop": log.copy()}
        log.clear()
        tried["rounds"].append({**passed, "dE_dX": copy(cascade.bprop(dE_dY)), "bprop": log.copy()})
        log.clear()
    return tried


def shapes(state: Values) -> Values:
    return {name: W.shape for name, W in state.items()}


def Net(answer: Any, inputs: Values) -> Values:
    """A fresh net's parameters, then one forward and one backward with the container's numbers."""
    state, X = inputs["state"], inputs["X"]
    n_hidden, n_in = state["1.weight"].shape
    net = answer(n_in, n_hidden, len(state["3.bias"])).double()
    tried: Values = {"fresh": net.state_dict()}
    if shapes(tried["fresh"]) != inputs["shapes"]:
        return tried  # the judge sees it, too
    net.take(state)
    tried |= {"taken": net.state_dict(), "state": state}
    if shapes(tried["taken"]) != inputs["shapes"]:
        return tried
    out = net(X)
    if not isinstance(out, dl.Tensor):
        return {**tried, "kind": type(out).__name__}
    tried |= {"kind": "Tensor", "Y": out.data}
    if out.requires_grad and out.shape == inputs["dE_dY"].shape:
        out.backward(inputs["dE_dY"])
    return {**tried, "grads": {name: p.grad for name, p in net.named_parameters()}}


def NumbersKept(answer: Any, inputs: Values) -> Values:
    """The prediction is told the sizes; the measurement gets a net that went forward."""
    sizes, between = inputs["sizes"], getattr(nn, inputs["between"])
    modules: list[nn.Module] = [nn.Linear(*sizes[:2])]
    for pair in pairwise(sizes[1:]):
        modules += [between(), nn.Linear(*pair)]
    if inputs["nested"]:
        modules = [modules[0], nn.Sequential(*modules[1:])]
    net = nn.Sequential(*modules).double()
    net.fprop(inputs["X"])
    kept = answer()
    predicted = kept.predict(sizes.copy(), len(inputs["X"]))
    return {"predicted": predicted, "measured": kept.measure(net)}


def tower(inputs: Values, weights: list[np.ndarray]) -> nn.Module:
    """A Linear, or a cascade with one in it, or a cascade in a cascade."""
    first, second = (linear(W, b) for W, b in zip(weights[::2], weights[1::2], strict=True))
    if inputs["kind"] == "Linear":
        return first
    cascade = nn.Sequential(first, nn.Tanh(), second)
    return cascade if inputs["kind"] == "cascade" else nn.Sequential(cascade)


def Siamese(answer: Any, inputs: Values) -> Values:
    """Twice forward and back; the parameters change in between, and are never cleared."""
    module = tower(inputs, inputs["weights"])
    pair = answer(module)
    tried: Values = {"rounds": [], "X": inputs["X"], "dE_dY": inputs["dE_dY"]}
    for X, dE_dY in zip(inputs["X"], inputs["dE_dY"], strict=True):
        Y = copy(pair.fprop(*X))
        dE_dX = copy(pair.bprop(*dE_dY))
        grads = [copy(p.grad) for p in module.parameters()]
        tried["rounds"].append({"Y": Y, "dE_dX": dE_dX, "grads": grads})
        for p, W in zip(module.parameters(), inputs["later"], strict=False):
            p.data = W
    return tried
