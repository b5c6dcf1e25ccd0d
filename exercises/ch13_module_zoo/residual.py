"""A residual block: Duplicate, any module, Add."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from dlcore import nn
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """One Linear, or on an even seed two with a Tanh between; two batches."""
    random = np.random.default_rng(seed)
    n = 1 if seed % 2 else 2
    return {
        "weights": [random.normal(size=(4, 4)) / 2 for _ in range(n)],
        "X": [random.normal(size=(rows, 4)) for rows in (3, 4)],
        "dE_dY": [random.normal(size=(rows, 4)) for rows in (3, 4)],
    }


class Residual(nn.Module):
    def __init__(self, module):
        self.module = module

    def fprop(self, X):
        self.Y = X + self.module.fprop(X)
        return self.Y

    def bprop(self, dE_dY):
        return dE_dY + self.module.bprop(dE_dY)


OUT, BACK = "X + self.module.fprop(X)", "dE_dY + self.module.bprop(dE_dY)"

SLIPS = (
    Slip("the way around the module is missing.", (OUT, "self.module.fprop(X)")),
    Slip("the way through the module is missing.", (OUT, "(self.module.fprop(X), X)[1]")),
    Slip(
        "the two ways are multiplied.",
        (OUT, "X * self.module.fprop(X)"),
        more="An Add stands at the end.",
    ),
    Slip("the mean of the two ways is no sum.", (OUT, f"({OUT}) / 2")),
    Slip(
        "the output is returned, and not stored.",
        ("self.Y = X", "Y = X", "return self.Y", "return Y"),
        more="The lecture wants both: self.Y.",
    ),
    Slip(
        "the gradient of the way around is missing.",
        (BACK, "self.module.bprop(dE_dY)"),
        more="X went two ways. What does Duplicate do on the way back?",
    ),
    Slip(
        "the gradient of the way through the module is missing.",
        (BACK, "dE_dY"),
        (BACK, "(self.module.bprop(dE_dY), dE_dY)[1]"),
        more="X went two ways. What does Duplicate do on the way back?",
    ),
    Slip(
        "dE/dX is twice that of the way through.",
        (BACK, "2 * self.module.bprop(dE_dY)"),
        more="Around the module nothing happens to a gradient.",
    ),
    Slip(
        "Add halves the gradient. It should copy it.",
        (BACK, f"({BACK}) / 2"),
        more="If one summand grows by a little, how much does the sum grow?",
    ),
    Slip(
        "the two gradients are multiplied.",
        (BACK, "dE_dY * self.module.bprop(dE_dY)"),
    ),
    Slip(
        "in dE/dX there is a value where a gradient should be.",
        (BACK, "self.Y + self.module.bprop(dE_dY)"),
        more="self.Y is a value. Which gradient arrives at both ends of Add?",
    ),
    Slip(
        "bprop of the module is called twice, and its parameters get their gradient twice.",
        (BACK, f"(self.module.bprop(dE_dY), {BACK})[1]"),
        more="Keep what it returns in a variable.",
    ),
    Told("Residual.fprop writes into X", (OUT, "X.__iadd__(self.module.fprop(X))")),
    Told("Residual.bprop writes into dE/dY", (BACK, "dE_dY.__iadd__(self.module.bprop(dE_dY))")),
    Told("stopped with", ("self.module = module", "self.inner = module")),
)


@equivalent(Residual)
class FromTheParts(nn.Module):
    def __init__(self, module):
        self.copies, self.through, self.add = nn.Duplicate(), module, nn.Add()

    def fprop(self, X):
        first, second = self.copies.fprop(X)
        self.Y = self.add.fprop(self.through.fprop(first), second)
        return self.Y

    def bprop(self, dE_dY):
        first, second = self.add.bprop(dE_dY)
        return self.copies.bprop(self.through.bprop(first), second)


@stranger(Residual, "the gradient of the way around is missing")
class FromThePartsButOne(nn.Module):
    def __init__(self, module):
        self.through, self.add = module, nn.Add()

    def fprop(self, X):
        self.Y = self.add.fprop(self.through.fprop(X), X)
        return self.Y

    def bprop(self, dE_dY):
        first, _ = self.add.bprop(dE_dY)
        return self.through.bprop(first)


@equivalent(Residual)
class InANewArray(Residual):
    def bprop(self, dE_dY):
        dE_dX = np.array(dE_dY)
        dE_dX += self.module.bprop(dE_dY)
        return dE_dX


TASK = Task(
    Residual,
    "Around a module",
    difficulty=1,
    minutes=10,
    rows=("L38", "L39"),
    points=2,
    inputs=case,
    slips=SLIPS,
    forbids=("dlcore.Tensor.backward",),
)
