"""Predict, then measure: what does a cascade keep?"""
# mypy: allow-untyped-defs, allow-untyped-calls

from itertools import pairwise
from typing import Any

import numpy as np

from dlcore import nn
from exercises.hints import Hint, as_float, compare
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """The sizes of a plain net, and nets of other shapes to measure; see `drive.built`.

    On a seed divisible by 3 all numbers are positive, and a ReLU gives what it is given: arrays may
    be equal and still be two. On an even one there are cascades in cascades.
    """
    random = np.random.default_rng(seed)
    sizes = random.permutation([3, 4, 8, 17, 26, 50])[: 3 + seed % 3].tolist()  # no sum twice
    between = "ReLU" if seed % 3 == 0 else str(random.choice(["ReLU", "Tanh", "Sigmoid"]))
    plain: list[Any] = [sizes[:2]]
    for pair in pairwise(sizes[1:]):
        plain += [between, list(pair)]
    a, b, c = sizes[0], 13, 14
    plans = {"of a plain net": plain if seed % 2 else [plain[0], plain[1:]]}
    plans |= {
        "of a net with two Linears in a row": [[a, b], [b, c], between],
        "of cascades in cascades": [[a, b], [between, [[b, c], [between, [c, b]]]]],
    }
    X = random.normal(size=(int(random.integers(15, 20)), a))
    return {
        "sizes": sizes,
        "X": abs(X) if seed % 3 == 0 else X,
        "plans": plans,
        "positive": seed % 3 == 0,
    }


def stored(module):
    """As the notebook has it."""
    kept = vars(module).items()
    return {name: A for name, A in kept if isinstance(A, np.ndarray)}


class NumbersKept:
    def predict(self, sizes, batch):
        return batch * (sizes[0] + 2 * sum(sizes[1:-1]) + sizes[-1])

    def measure(self, net):
        found = []
        for _, module in net.named_modules():
            for A in stored(module).values():
                if not any(np.shares_memory(A, B) for B in found):
                    found.append(A)
        return sum(A.size for A in found)


FORMULA, NEW = (
    "batch * (sizes[0] + 2 * sum(sizes[1:-1]) + sizes[-1])",
    "not any(np.shares_memory(A, B) for B in found)",
)
ALL, SUM = "_, module in net.named_modules():\n", "sum(A.size for A in found)"
ONLY = f"{ALL}            if not isinstance(module, nn.Linear): continue\n"
N_W = "sum((n + 1) * m for n, m in zip(sizes, sizes[1:]))"


def two_levels(net):
    """The modules of a cascade, and those of the cascades in it."""
    for _, module in net.named_children():
        yield "", module
        yield from module.named_children()


SLIPS = (
    Slip(
        "{it}: an array that is kept in two places is counted twice.",
        (NEW, "not any(A is B for B in found)"),
        more="np.shares_memory(A, B) says whether two arrays are the same numbers.",
    ),
    Slip(
        "{it}: two arrays that hold equal numbers need not be one.",
        ("np.shares_memory(A, B)", "np.array_equal(A, B) or np.array_equal(A, B.T)"),
        more="np.shares_memory(A, B) says whether they are kept in one place.",
    ),
    Slip(
        "{it}: two arrays of one shape may still be two.",
        ("np.shares_memory(A, B)", "set(A.shape) == set(B.shape)"),
    ),
    Slip(
        "{it}: these are bytes. A float64 has eight of them.",
        ("A.size for", "A.nbytes for"),
        more="A.size counts numbers.",
    ),
    Slip(
        "{it}: the parameters are counted, too.",
        (SUM, f"{SUM} + sum(W.nelement() for W in net.parameters())"),
        more="They are there before anything goes forward.",
    ),
    Slip(
        "{it}: what a cascade inside the cascade keeps is not counted, or not all of it.",
        ("net.named_modules()", "net.named_children()"),
        ("net.named_modules()", "two_levels(net)"),
        more="net.named_modules() goes through all modules, at every depth.",
    ),
    Slip(
        "{it}: only some of the modules are asked what they keep.",
        (ALL, ONLY),
        (
            ALL,
            ONLY.replace("if not", "if"),
        ),
        (ALL, ONLY, NEW, "True"),
        more="A Linear may stand behind a Linear, and the last module may be a ReLU.",
    ),
    Slip(
        "{it} is for one sample. The whole batch is kept.",
        ("batch * (", "("),
    ),
    Slip(
        "{it}: an array that is kept in two places is predicted twice.",
        ("2 * sum", "3 * sum"),
        more="What the ReLU gave is what the next Linear was given.",
    ),
    Slip(
        "{it}: a hidden layer is there twice, before its non-linearity and after it.",
        ("2 * sum", "sum"),
        (FORMULA, "batch * sum(sizes[:-1])"),
        more="A Linear keeps its output, too. Look at what the small net keeps.",
    ),
    Slip(
        "{it}: one end of the cascade is missing.",
        ("sizes[0] + ", ""),
        (" + sizes[-1])", ")"),
        more="X_0 is kept, and so is X_n.",
    ),
    Slip(
        "{it}: the parameters are there before, and do not count.", (FORMULA, f"{FORMULA} + {N_W}")
    ),
    Slip("{it} is that of the parameters. What is kept of the batch?", (FORMULA, N_W)),
    Told("believe the measurement", (FORMULA, "2 * batch * sum(sizes)")),
    Told("the predicted number is not finite", (FORMULA, "10**400")),
    Told("should be a number; yours is of type list", (SUM, "[A.size for A in found]")),
    Told("the measured number of a plain net is None", (f"return {SUM}", SUM)),
    Told("changes sizes", (f"return {FORMULA}", f"return {FORMULA} * (sizes.pop() > 0)")),
)


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    """The measurements come first: they are what the prediction can be compared with."""
    *measured, predicted = right
    hint = compare(got, {name: right[name] for name in measured})
    if hint:
        return hint
    hint, number = compare(got, right), got[predicted]
    if hint and isinstance(number, int | float | np.ndarray) and np.ndim(number) == 0:
        told, plain = float(as_float(number)), float(right[measured[0]])
        if np.isfinite(told):
            numbers = f"you predicted {told:g} and measured {plain:g}"
            return Hint(f"{numbers}: believe the measurement.", "Try small sizes.")
    return hint


@stranger(NumbersKept, "only some of the modules are asked")
class LinearsOnly(NumbersKept):
    """What bprop needs, counted once; each array belongs to one Linear in a plain net."""

    def measure(self, net):
        linears = [m for _, m in net.named_modules() if isinstance(m, nn.Linear)]
        return sum(A.size for m in linears for A in stored(m).values())


@stranger(NumbersKept, "a hidden layer is there twice")
class InputsOfModules(NumbersKept):
    def predict(self, sizes, batch):
        kept = 0
        for n in sizes:
            kept += batch * n
        return kept


@equivalent(NumbersKept)
class ByOwnerOfTheMemory(NumbersKept):
    def predict(self, sizes, batch):
        inputs, outputs = sizes[:-1], sizes[1:]
        return np.float64(batch) * np.sum([*inputs, *outputs])

    def measure(self, net):
        arrays = [A for _, m in net.named_modules() for A in stored(m).values()]
        owners = [A if A.base is None else A.base for A in arrays[::-1]]
        return float(sum({id(owner): owner.size for owner in owners}.values()))


@equivalent(NumbersKept)
class ByRecursionIntoCascades(NumbersKept):
    def measure(self, net):
        return sum(size for _, size in self.places(net))

    def places(self, net):
        found = set()
        for _, module in net.named_children():
            if isinstance(module, nn.Sequential):
                found |= self.places(module)
            for A in (getattr(module, "X", None), getattr(module, "Y", None)):
                if A is not None:
                    found.add((A.__array_interface__["data"][0], A.size))
        return found


TASK = Task(
    NumbersKept,
    "Predict, then measure: what does a cascade keep?",
    difficulty=2,
    minutes=25,
    rows=("L26", "L27"),
    points=3,
    inputs=case,
    slips=SLIPS,
    judge=judge,
    shows=False,
)
