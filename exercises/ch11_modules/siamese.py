"""Find the bug: one module, two calls."""
# mypy: allow-untyped-defs, allow-untyped-calls

import copy

import numpy as np

from dlcore import nn
from exercises.hints import Hint
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """A Linear, a cascade, a cascade in a cascade; at last with batches of different sizes."""
    random = np.random.default_rng(seed)
    n_in, n_hidden, n_out = random.permutation([2, 3, 4])
    kind = {1: "Linear", 2: "cascade"}.get(seed % 4, "nested")
    shapes = [(n_hidden, n_in), (n_hidden,), (n_out, n_hidden), (n_out,)]
    if kind == "Linear":
        n_out = n_hidden
    batches = [(5, 6), (7, 5)] if seed % 4 == 0 else [(5, 5), (6, 6)]
    return {
        "kind": kind,
        "weights": [random.normal(size=shape) for shape in shapes],
        "later": [random.normal(size=shape) for shape in shapes],
        "X": [[random.normal(size=(size, n_in)) for size in pair] for pair in batches],
        "dE_dY": [[random.normal(size=(size, n_out)) for size in pair] for pair in batches],
    }


class Siamese:
    def __init__(self, module):
        self.module = module

    def fprop(self, X1, X2):
        shared = {id(W): W for W in self.module.parameters()}
        self.twin = copy.deepcopy(self.module, shared)
        return self.module.fprop(X1), self.twin.fprop(X2)

    def bprop(self, dE_dY1, dE_dY2):
        return self.module.bprop(dE_dY1), self.twin.bprop(dE_dY2)


COPY, MAKE = "copy.deepcopy(self.module, shared)", "self.twin = copy.deepcopy(self.module, shared)"
FORTH = "return self.module.fprop(X1), self.twin.fprop(X2)"
BACK = "return self.module.bprop(dE_dY1), self.twin.bprop(dE_dY2)"
DEEP, CARRY = (
    (COPY, "copy.deepcopy(self.module)"),
    """gradients = self.module.bprop(dE_dY1), self.twin.bprop(dE_dY2)
        for p, q in zip(self.module.parameters(), self.twin.parameters()):
            p.accumulate_grad(q.grad)
        return gradients""",
)
FORTH_ONE, BACK_ONE = (line.replace("self.module", "self.one") for line in (FORTH, BACK))
STALE = "self.module.fprop(X1); return copy.deepcopy(self.twin).fprop(X1), self.twin.fprop(X2)"
CLEAR = CARRY.replace("(q.grad)", "(q.grad); q.grad = None")
OWN = (
    "self.module = module",
    "self.module, self.twin = module, copy.deepcopy(module)",
    MAKE,
    "pass",
)
SUM = "The module stands in two places, and dE/dW is the sum over both."


def one_level_down(module):
    """Copies of what is in a cascade, but not of what is in a cascade there."""
    if not isinstance(module, nn.Sequential):
        return copy.copy(module)
    return nn.Sequential(*map(copy.copy, module))


SLIPS = (
    Slip(
        "right for a cascade. In a cascade within it, the state is still shared.",
        (COPY, "one_level_down(self.module)"),
        more="Go all the way down to the modules that hold a state.",
    ),
    Slip(
        "right for a Linear alone. In a cascade both gradients meet the state of one call.",
        (COPY, "copy.copy(self.module)"),
        more="A shallow copy of a cascade has the same modules inside, and they hold the state.",
    ),
    Slip(
        "both gradients meet the state of one call.",
        (COPY, "self.module"),
        (MAKE, "Y2 = self.module.fprop(X2); self.twin = self.module", "self.twin.fprop(X2)", "Y2"),
        more="A module keeps what its last fprop left. Where is what the one before left?",
    ),
    Slip(
        "the two states are swapped: each gradient meets that of the other call.",
        (BACK, "return self.twin.bprop(dE_dY1), self.module.bprop(dE_dY2)"),
        more="What was put on a stack last comes off first.",
    ),
    Slip(
        "the parameters of the module have no gradient.",
        (*DEEP, FORTH, f"self.one = copy.deepcopy(self.module); {FORTH_ONE}", BACK, BACK_ONE),
        more="A deep copy has parameters of its own, and nobody trains those.",
    ),
    Slip(
        "in the gradients of the parameters the second call is missing.",
        DEEP,
        more=SUM,
    ),
    Slip(
        "in the gradients of the parameters the first call is missing.",
        (", self.twin.bprop", ", self.module.zero_grad() or self.twin.bprop"),
        more=SUM,
    ),
    Slip(
        "the second time, the gradients of the first time are gone.",
        (BACK, f"self.module.zero_grad(); {BACK}"),
        more="Who clears gradients? Not a module.",
    ),
    Slip(
        "the second time, the gradients of the first time are counted again.",
        (*DEEP, BACK, CARRY),
        more="A deep copy has a copy of everything, of old gradients, too.",
    ),
    Slip(
        "once the parameters have changed, your copies still have the old ones.",
        (*OWN, BACK, CLEAR),
        (*OWN, BACK, CLEAR, FORTH, STALE),
        more="They may change between the line that makes a pair and the one that calls fprop.",
    ),
    Slip(
        "the outputs are swapped: Y1 is that of X1.",
        (FORTH, f"{FORTH.replace('return ', 'return (')})[::-1]"),
    ),
    Slip(
        "the gradients are swapped: first dE/dX1, then dE/dX2.",
        (BACK, f"{BACK.replace('return ', 'return (')})[::-1]"),
    ),
    Told("bprop should return two arrays", (BACK, f"{BACK.replace('return ', 'return sum((')}))")),
    Told(
        "fprop should return two arrays",
        (FORTH, f"{FORTH.replace('return ', 'return np.subtract(')})"),
    ),
    Told("changes X", (MAKE, f"X1 *= 2; {MAKE}")),
    Told("changes dE_dY", (BACK, f"dE_dY1 *= 2; {BACK}")),
)


def read(inputs: Values, outputs: Values) -> Values | Hint:
    """Of each round the outputs, then all gradients: a slip is known by all of them together."""
    got: Values = {}
    for number, found in enumerate(outputs["rounds"], 1):
        for name, what in (("fprop", "Y"), ("bprop", "dE_dX")):
            if not isinstance(found[what], list | tuple) or len(found[what]) != 2:
                return Hint(f"{name} should return two arrays, of the first input and the second.")
        got[f"round {number}, fprop"] = dict(zip(("Y1", "Y2"), found["Y"]))
        gradients = dict(zip(("dE/dX1", "dE/dX2"), found["dE_dX"]))
        gradients |= {f"the gradient of {name}": grad for name, grad in found["grads"].items()}
        got[f"round {number}, bprop"] = gradients
    return got


@stranger(Siamese, "right for a Linear alone")
class StateOfTheOutermostModule(Siamese):
    def fprop(self, X1, X2):
        self.states, outputs = [], []
        for X in (X1, X2):
            outputs.append(self.module.fprop(X))
            self.states.append(dict(vars(self.module)))
        return tuple(outputs)

    def bprop(self, dE_dY1, dE_dY2):
        gradients = []
        for state, gradient in zip(self.states, (dE_dY1, dE_dY2)):
            vars(self.module).update(state)
            gradients.append(self.module.bprop(gradient))
        return tuple(gradients)


@stranger(Siamese, "both gradients meet the state of one call")
class AsItWas(Siamese):
    def fprop(self, X1, X2):
        return self.module.fprop(X1), self.module.fprop(X2)

    def bprop(self, dE_dY1, dE_dY2):
        dE_dX2 = self.module.bprop(dE_dY2)
        return self.module.bprop(dE_dY1), dE_dX2


@stranger(Siamese, "the parameters of the module have no gradient")
class TwoDeepCopies(Siamese):
    def fprop(self, X1, X2):
        self.calls = [copy.deepcopy(self.module), copy.deepcopy(self.module)]
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)

    def bprop(self, dE_dY1, dE_dY2):
        return self.calls[0].bprop(dE_dY1), self.calls[1].bprop(dE_dY2)


@equivalent(Siamese)
class ForwardOnceMore(Siamese):
    """No copies: each call goes forward again just before its way back."""

    def fprop(self, X1, X2):
        self.inputs = X1, X2
        return [self.module.fprop(X) for X in self.inputs]

    def bprop(self, dE_dY1, dE_dY2):
        gradients = []
        for X, gradient in zip(self.inputs, (dE_dY1, dE_dY2)):
            self.module.fprop(X)
            gradients.append(self.module.bprop(gradient))
        return gradients


@equivalent(Siamese)
class StatesOnAStack(Siamese):
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
            for (_, m), state in zip(self.module.named_modules(), self.stack.pop()):
                vars(m).update(state)
            gradients.append(self.module.bprop(gradient))
        return tuple(gradients[::-1])


@equivalent(Siamese)
class ShallowCopiesAllTheWayDown(Siamese):
    def copied(self, module):
        if not isinstance(module, nn.Sequential):
            return copy.copy(module)
        return nn.Sequential(*map(self.copied, module))

    def fprop(self, X1, X2):
        self.calls = [self.copied(self.module), self.copied(self.module)]
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)

    def bprop(self, dE_dY1, dE_dY2):
        return self.calls[0].bprop(dE_dY1), self.calls[1].bprop(dE_dY2)


@equivalent(Siamese)
class OneBatchOfBoth(Siamese):
    """A single call: a module treats each sample by itself."""

    def fprop(self, X1, X2):
        self.n = len(X1)
        Y = self.module.fprop(np.concatenate([X1, X2]))
        return Y[: self.n], Y[self.n :]

    def bprop(self, dE_dY1, dE_dY2):
        dE_dX = self.module.bprop(np.concatenate([dE_dY1, dE_dY2]))
        return dE_dX[: self.n], dE_dX[self.n :]


@equivalent(Siamese)
class DeepCopiesBroughtUpToDate(Siamese):
    """Numbers are carried to the copies, and gradients back."""

    def fprop(self, X1, X2):
        self.calls = [copy.deepcopy(self.module), copy.deepcopy(self.module)]
        for call in self.calls:
            call.zero_grad()
        return self.calls[0].fprop(X1), self.calls[1].fprop(X2)

    def bprop(self, dE_dY1, dE_dY2):
        dE_dX = self.calls[0].bprop(dE_dY1), self.calls[1].bprop(dE_dY2)
        for call in self.calls:
            for p, q in zip(self.module.parameters(), call.parameters()):
                p.accumulate_grad(q.grad)
        return dE_dX


TASK = Task(
    Siamese,
    "Find the bug: one module, two calls",
    difficulty=3,
    minutes=30,
    rows=("L27",),
    points=4,
    inputs=case,
    slips=SLIPS,
    forbids=("dlcore.Tensor.backward",),
    read=read,
    public=(1, 2, 3, 4),
    hidden=(101, 102, 103, 104),
)
