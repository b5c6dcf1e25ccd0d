"""How answers are tried. This file stands beside student code, so no answer is in here."""

from copy import copy
from typing import Any

Values = dict[str, Any]


def Contrastive(answer: Any, inputs: Values) -> Values:
    """Two batches of pairs, each forward and back, with one cost; dE/dC is left out at last."""
    cost, tried = answer(inputs["m"]), {}
    for k, (X1, X2, Y) in enumerate(zip(inputs["X1"], inputs["X2"], inputs["Y"]), 1):
        tried[f"the loss of batch {k}"] = copy(cost.fprop(X1, X2, Y))
        sent = () if k == 2 else (inputs["dE_dC"],)
        tried[f"the gradients of batch {k}"] = copy(cost.bprop(*sent))
    return {**tried, **inputs}
