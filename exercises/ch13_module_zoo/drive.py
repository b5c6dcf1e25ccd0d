"""How answers are tried. This file stands beside student code, so no answer is in here."""

from typing import Any

import numpy as np

from dlcore import nn

Values = dict[str, Any]


def copy(value: Any) -> Any:
    """An array as it is now; anything else that an answer gave as it is."""
    return value.copy() if isinstance(value, np.ndarray) else value


def LogSoftmax(answer: Any, inputs: Values) -> Values:
    """Three batches, one after the other, by one module."""
    module, tried = answer(), {}
    for k, (X, dE_dY) in enumerate(zip(inputs["X"], inputs["dE_dY"]), 1):
        tried[f"Y of batch {k}"] = copy(module.fprop(X))
        tried[f"self.Y of batch {k}"] = copy(vars(module).get("Y"))
        tried[f"dE/dX of batch {k}"] = copy(module.bprop(dE_dY))
    return {**tried, "X": inputs["X"], "dE_dY": inputs["dE_dY"]}


def Residual(answer: Any, inputs: Values) -> Values:
    """Around a Linear, or two of them with a Tanh between; the gradients are never cleared."""
    modules: list[nn.Module] = []
    for W in inputs["weights"]:
        modules += [nn.Tanh()] if modules else []
        linear = nn.Linear(W.shape[1], W.shape[0], bias=False)
        linear.double()
        linear.weight.data = W
        modules.append(linear)
    inside = modules[0] if len(modules) == 1 else nn.Sequential(*modules)
    block, tried = answer(inside), {}
    for k, (X, dE_dY) in enumerate(zip(inputs["X"], inputs["dE_dY"]), 1):
        tried[f"Y of batch {k}"] = copy(block.fprop(X))
        tried[f"self.Y of batch {k}"] = copy(vars(block).get("Y"))
        tried[f"dE/dX of batch {k}"] = copy(block.bprop(dE_dY))
        for name, p in inside.named_parameters():
            tried[f"the gradient of {name} after batch {k}"] = copy(p.grad)
    return {**tried, "X": inputs["X"], "dE_dY": inputs["dE_dY"]}
