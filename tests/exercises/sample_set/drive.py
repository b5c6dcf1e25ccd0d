"""How answers are tried. This file stands beside student code, so no answer is in here."""

from copy import copy


def Linear(answer, inputs):
    """Forward and back, twice; the gradients are never cleared."""
    module = answer(inputs["W"], inputs["b"])
    once = {"y": module.fprop(inputs["x"]), "dx": module.bprop(inputs["dy"])}
    once |= {"dW": copy(module.dW), "db": copy(module.db)}
    module.fprop(inputs["x2"])
    module.bprop(inputs["dy2"])
    return {**once, "dW, of both": module.dW, "db, of both": module.db}
