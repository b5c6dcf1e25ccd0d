"""How answers are tried. This file stands beside student code, so no answer is in here."""

from copy import copy
from types import SimpleNamespace


def logsoftmax_backward(answer, inputs):
    return {"dx": answer(inputs["g"], inputs["y"]), "g": inputs["g"], "y": inputs["y"]}


def Linear(answer, inputs):
    module = answer(inputs["W"], inputs["b"])
    seen = SimpleNamespace(y=module.fprop(inputs["x"]), dx=module.bprop(inputs["dy"]))
    once = {"dW": copy(module.dW), "db": copy(module.db)}
    module.fprop(inputs["x2"])
    module.bprop(inputs["dy2"])
    return {**vars(seen), **once, "dW_twice": module.dW, "db_twice": module.db}


def smallest_dnf(answer, inputs):
    return {"terms": answer(inputs["table"])}
