"""How answers are tried. This file stands beside student code, so no answer is in here."""

from typing import Any

import numpy as np

import dlcore as dl
from dlcore import nn

Values = dict[str, Any]


def copy(value: Any) -> Any:
    """An array as it is now; anything else that an answer gave as it is."""
    return value.copy() if isinstance(value, np.ndarray) else value


def linear(W: np.ndarray, b: np.ndarray) -> nn.Module:
    """A Linear with these numbers."""
    module = nn.Linear(*W.shape[::-1]).double()
    for p, numbers in zip(module.parameters(), (W, b)):
        p.data = numbers
    return module


def PReLU(answer: Any, inputs: Values) -> Values:
    """Two batches forward and back, the gradient of the weight never cleared."""
    module = answer(len(inputs["weight"]))
    parameters = {name: p.data.copy() for name, p in module.named_parameters()}
    tried: Values = {"names": list(parameters), "the first weight": parameters.get("weight")}
    if list(parameters) != ["weight"]:
        return tried
    module.weight.data = inputs["weight"]
    held = {}
    for k, (X, dE_dY) in enumerate(zip(inputs["X"], inputs["dE_dY"]), 1):
        Y = held[f"Y of batch {k} as it is later"] = module.fprop(X)
        tried |= {f"Y of batch {k}": copy(Y), f"self.Y of batch {k}": copy(vars(module).get("Y"))}
        tried[f"dE/dX of batch {k}"] = copy(module.bprop(dE_dY))
        tried[f"weight.grad after batch {k}"] = copy(module.weight.grad)
    given = {"weight": module.weight.data, "X": inputs["X"], "dE_dY": inputs["dE_dY"]}
    return {**tried, **held, **given}


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
        return self.module.bprop(dE_dY)

    def __repr__(self) -> str:
        return self.name


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
    rounds = []
    for X, dE_dY in zip(inputs["X"], inputs["dE_dY"]):
        passed = {"Y": copy(cascade.fprop(X)), "fprop": log.copy()}
        log.clear()
        rounds.append({**passed, "dE_dX": copy(cascade.bprop(dE_dY)), "bprop": log.copy()})
        log.clear()
    return {"rounds": rounds, "X": inputs["X"], "dE_dY": inputs["dE_dY"]}


def Net(answer: Any, inputs: Values) -> Values:
    """A fresh net's parameters, then one forward and one backward with the container's numbers."""
    state, X = inputs["state"], inputs["X"]
    n_hidden, n_in = state["1.weight"].shape
    net = answer(n_in, n_hidden, len(state["3.bias"])).double()
    before = dict(net.named_parameters())
    tried: Values = {"fresh": net.state_dict()}
    shapes = {name: W.shape for name, W in tried["fresh"].items()}
    if shapes != inputs["shapes"]:
        return tried  # the judge sees it, too
    net.take(state)
    after = dict(net.named_parameters())
    tried |= {"taken": net.state_dict(), "same": [after.get(k) is p for k, p in before.items()]}
    if {name: W.shape for name, W in tried["taken"].items()} != shapes:
        return {**tried, "state": state}
    out = net(X)
    tried |= {"kind": type(out).__name__, "Y": out.data if isinstance(out, dl.Tensor) else None}
    if isinstance(out, dl.Tensor) and out.requires_grad and out.shape == inputs["dE_dY"].shape:
        out.backward(inputs["dE_dY"])
    grads = {f"the gradient of {name}": p.grad for name, p in net.named_parameters()}
    return {**tried, **grads, "state": state, "X": X}


def built(plan: Any) -> nn.Module:
    """A module from a plan: the name of one without sizes, the sizes of a Linear, or a cascade."""
    if isinstance(plan, str):
        return getattr(nn, plan)()
    if isinstance(plan[0], int):
        return nn.Linear(*plan)
    return nn.Sequential(*map(built, plan))


def NumbersKept(answer: Any, inputs: Values) -> Values:
    """The prediction is told the sizes; the measurement gets that net, and others."""
    kept = answer()
    tried: Values = {}
    for name, plan in inputs["plans"].items():
        net = built(plan).double()
        if inputs["positive"]:
            for p in net.parameters():
                p.data = np.abs(p.data)
        net.fprop(inputs["X"])
        tried[f"the measured number {name}"] = kept.measure(net)
    tried["the predicted number"] = kept.predict(inputs["sizes"], len(inputs["X"]))
    return {**tried, "sizes": inputs["sizes"]}


def tower(inputs: Values, weights: list[np.ndarray]) -> nn.Module:
    """A Linear, or a cascade with one in it, or a cascade in a cascade."""
    first, second = (linear(W, b) for W, b in zip(weights[::2], weights[1::2]))
    if inputs["kind"] == "Linear":
        return first
    cascade = nn.Sequential(first, nn.Tanh(), second)
    return cascade if inputs["kind"] == "cascade" else nn.Sequential(cascade)


def Siamese(answer: Any, inputs: Values) -> Values:
    """Twice forward and back; the parameters change in between, and are never cleared."""
    module = tower(inputs, inputs["weights"])
    pair, rounds = answer(module), []
    for X, dE_dY in zip(inputs["X"], inputs["dE_dY"]):
        Y = copy(pair.fprop(*X))
        dE_dX = copy(pair.bprop(*dE_dY))
        grads = {name: copy(p.grad) for name, p in module.named_parameters()}
        rounds.append({"Y": Y, "dE_dX": dE_dX, "grads": grads})
        for p, W in zip(module.parameters(), inputs["later"]):
            p.data = W
    return {"rounds": rounds, "X": inputs["X"], "dE_dY": inputs["dE_dY"]}


def two_modules(answer: Any, inputs: Values) -> Values:
    F1, F2 = (linear(inputs[W], np.zeros(3)) for W in ("W1", "W2"))
    return {"returned": answer(F1, F2, inputs["X"]), "X": inputs["X"]}
