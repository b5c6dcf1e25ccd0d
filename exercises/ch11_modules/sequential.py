"""The cascade: two loops."""
# mypy: allow-untyped-defs, allow-untyped-calls

import copy
import functools
from itertools import pairwise
from typing import Any

import numpy as np

from dlcore import nn
from exercises.hints import Hint, alike, same
from exercises.slips import Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Modules of one size (a wrong order goes unnoticed), of different sizes, one module, none.

    The one module gets a vector, then a batch.
    """
    random = np.random.default_rng(seed)
    n = random.permutation([2, 3, 4, 5]).tolist()
    sizes = {1: n[:1] * 3, 2: n, 3: n[:2], 0: n[:1]}[seed % 4]
    batches: Any = {1: [[6], [6]], 3: [[], [6]]}.get(seed % 4, [[6], [7]])
    return {
        "weights": [random.normal(size=(n_out, n_in)) for n_in, n_out in pairwise(sizes)],
        "X": [random.normal(size=(*batch, sizes[0])) for batch in batches],
        "dE_dY": [random.normal(size=(*batch, sizes[-1])) for batch in batches],
    }


class Sequential:
    def __init__(self, *modules):
        self.modules = modules

    def fprop(self, X):
        for module in self.modules:
            X = module.fprop(X)
        return X

    def bprop(self, dE_dX):
        for module in reversed(self.modules):
            dE_dX = module.bprop(dE_dX)
        return dE_dX


FORTH, BACK = (
    "X = module.fprop(X)\n        return X",
    "dE_dX = module.bprop(dE_dX)\n        return dE_dX",
)
KEEP, FROM_BEHIND, LAST = "self.modules = modules", "reversed(self.modules)", "        return dE_dX"
AGAIN = "the second time the modules are not those of the first"

SLIPS = (
    Told(
        "the way back does not run from the last module to the first", (FROM_BEHIND, "self.modules")
    ),
    Told(
        "module 2 gets dE/dX_n",
        (BACK, BACK.replace("dE_dX =", "answer =").replace("return dE_dX", "return answer")),
    ),
    Told("module 2 gets X_0", (FORTH, FORTH.replace("X =", "Y =").replace("return X", "return Y"))),
    Told("the modules go forward in another order", ("in self.modules:", "in self.modules[::-1]:")),
    Told(
        "module 3 of 3 should send a gradient back once, and does so 0 times",
        (FROM_BEHIND, "self.modules[-2::-1]"),
    ),
    Told(
        "module 1 of 3 should send a gradient back once, and does so 0 times",
        (FROM_BEHIND, "self.modules[:0:-1]"),
    ),
    Told(
        "module 1 of 3 should send a gradient back once, and does so 2 times",
        (LAST, "        return self.modules[0].bprop(dE_dX)"),
    ),
    Told(
        "and never went forward",
        ("in self.modules:", "in self.modules[:-1]:"),
        ("module.fprop", "copy.copy(module).fprop"),
    ),
    Told(
        "none of the modules is made to go forward", (KEEP, "self.modules = copy.deepcopy(modules)")
    ),
    Told("none of the modules is made to send", ("module.bprop", "copy.deepcopy(module).bprop")),
    Told(
        "bprop returns what it was given",
        (
            "def bprop(self, dE_dX):\n",
            "def bprop(self, dE_dX):\n        given = dE_dX\n",
            LAST,
            "        return given",
        ),
    ),
    Told(
        "bprop returns dE/dX_1, one module too early",
        (
            BACK,
            "X, dE_dX = dE_dX, module.bprop(dE_dX)\n        return X if self.modules else dE_dX",
        ),
    ),
    Told(
        "fprop returns what went into the last module",
        (FORTH, "before, X = X, module.fprop(X)\n        return before if self.modules else X"),
    ),
    Told("dE/dX should be an array of shape", (LAST, "        return [dE_dX]")),
    Told("dE/dX is None", (LAST, "        pass")),
    Told("your bprop makes the modules go forward", ("module.bprop", "module.fprop")),
    Told(
        AGAIN,
        (
            KEEP,
            "self.modules = list(modules)",
            f"in {FROM_BEHIND}",
            "in self.modules.reverse() or self.modules",
        ),
    ),
    Told(
        AGAIN,
        (KEEP, "self.modules, self.back = iter(modules), modules[::-1]", FROM_BEHIND, "self.back"),
    ),
    Told(AGAIN, (KEEP, f"{KEEP}; self.back = reversed(modules)", FROM_BEHIND, "self.back")),
    Told("yours is of type Tensor", ("module.fprop(X)", "module(X)")),
    Told("stopped with UnboundLocalError", (FORTH, "Y = X = module.fprop(X)\n        return Y")),
    Told(
        "a cascade of no modules: bprop should return",
        (LAST, "        return dE_dX if self.modules else None"),
    ),
    Told(
        "a cascade of no modules: fprop should return",
        ("        return X", "        return X if self.modules else None"),
    ),
    Told(
        "module 1: expected dE/dY of the shape of Y, (1, 4), got (4,)",
        ("def fprop(self, X):\n", "def fprop(self, X):\n        X = np.atleast_2d(X)\n"),
    ),
)


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    hint = None
    for number, (found, want) in enumerate(zip(got["rounds"], right["rounds"]), 1):
        hint = hint or forward(found, want, number) or back(found, want, number)
    return hint


def forward(found: Values, want: Values, number: int) -> Hint | None:
    names, inputs = [name for name, *_ in want["fprop"]], [X for *_, X in want["fprop"]]
    entries = [entry for entry in found["fprop"] if entry[1] == "fprop"]
    called = [name for name, *_ in entries]
    hint = another_time(called, names, number) or miscounted(called, names, "go forward")
    if hint is None and called != names:
        hint = Hint("the modules go forward in another order than they were given in.")
    if hint:
        return hint
    for k, ((name, _, given), X) in enumerate(zip(entries, inputs)):
        if k and alike(given, inputs[0]):
            return Hint(
                f"{name} gets X_0. It should get what module {k} gave.", "X_k = F_k(X_{k-1})."
            )
        hint = same(f"the input of {name}", given, X)
        if hint:
            return hint
    hint = same("Y", found["Y"], want["Y"])
    if hint and not names:
        return nothing("fprop")
    if hint and alike(found["Y"], inputs[-1]):
        return Hint("fprop returns what went into the last module, not what came out.")
    return hint


def back(found: Values, want: Values, number: int) -> Hint | None:
    names, gradients = [name for name, *_ in want["bprop"]], [g for *_, g in want["bprop"]]
    entries = [entry for entry in found["bprop"] if entry[1] == "bprop"]
    called = [name for name, *_ in entries]
    if found["bprop"] and not called:
        return Hint("your bprop makes the modules go forward.", "A module has a bprop, too.")
    hint = another_time(called, names, number) or miscounted(called, names, "send a gradient back")
    if hint is None and called != names:
        hint = Hint(
            "the way back does not run from the last module to the first.",
            "At first only dE/dX_n is known. Which module can do something with it?",
        )
    if hint:
        return hint
    for k, ((name, _, given), dE_dY) in enumerate(zip(entries, gradients)):
        if k and alike(given, gradients[0]):
            return Hint(
                f"{name} gets dE/dX_n. It should get the gradient of its own output.",
                "The module behind it has just computed that.",
            )
        hint = same(f"what {name} gets for dE/dY", given, dE_dY)
        if hint:
            return hint
    hint = same("dE/dX", found["dE_dX"], want["dE_dX"])
    if hint and not names:
        return nothing("bprop")
    if hint and alike(found["dE_dX"], gradients[0]):
        return Hint("bprop returns what it was given.", "It should return dE/dX_0.")
    if hint and alike(found["dE_dX"], gradients[-1]):
        return Hint("bprop returns dE/dX_1, one module too early.", "What does module 1 say?")
    return hint


def another_time(called: list[str], names: list[str], number: int) -> Hint | None:
    if number == 1 or called == names:
        return None
    return Hint(
        "the second time the modules are not those of the first, or in another order.",
        "`modules.reverse()` turns a list around for good, and what iter or reversed gives can be "
        "used once.",
    )


def miscounted(called: list[str], names: list[str], what: str) -> Hint | None:
    """A hint if a module is not called exactly once."""
    if names and not called:
        return Hint(
            f"none of the modules is made to {what}.",
            "Do you work with copies of them? Nobody else would see what those learn.",
        )
    for name in names:
        times = called.count(name)
        if times != 1:
            return Hint(f"{name} of {len(names)} should {what} once, and does so {times} times.")
    return None


def nothing(method: str) -> Hint:
    return Hint(
        f"a cascade of no modules: {method} should return what it was given.",
        "A loop with no turns does that if it starts with the right thing.",
    )


@stranger(Sequential, "the second time the modules are not those of the first")
class PopsFromTheEnd(Sequential):
    def fprop(self, X):
        self.modules = list(self.modules)
        return functools.reduce(lambda X, module: module.fprop(X), self.modules, X)

    def bprop(self, dE_dX):
        while self.modules:
            dE_dX = self.modules.pop().bprop(dE_dX)
        return dE_dX


@equivalent(Sequential)
class ByFold(Sequential):
    def fprop(self, X):
        return functools.reduce(lambda X, module: module.fprop(X), self.modules, X)

    def bprop(self, dE_dX):
        return functools.reduce(lambda g, module: module.bprop(g), self.modules[::-1], dE_dX)


@equivalent(Sequential)
class ByRecursion(Sequential):
    """A module, and the rest of the cascade."""

    def fprop(self, X):
        if not self.modules:
            return X
        self.rest = type(self)(*self.modules[1:])
        return self.rest.fprop(self.modules[0].fprop(X))

    def bprop(self, dE_dX):
        return self.modules[0].bprop(self.rest.bprop(dE_dX)) if self.modules else dE_dX


@equivalent(Sequential)
class AModuleItself(nn.Module):
    """Its modules are attributes; all states and gradients are kept."""

    def __init__(self, *modules):
        for k, module in enumerate(modules):
            setattr(self, str(k), module)

    def fprop(self, X):
        self.states = [X]
        for _, module in self.named_children():
            self.states.append(module.fprop(self.states[-1]))
        return self.states[-1]

    def bprop(self, dE_dX):
        gradients = [dE_dX]
        for _, module in list(self.named_children())[::-1]:
            gradients.append(module.bprop(gradients[-1]))
        return gradients[-1].copy()


@equivalent(Sequential)
class WithItsOwnShallowCopies(Sequential):
    """They share the parameters, and that is what counts."""

    def __init__(self, *modules):
        self.modules = [copy.copy(module) for module in modules]


TASK = Task(
    Sequential,
    "The cascade",
    difficulty=1,
    minutes=10,
    rows=("L26",),
    points=2,
    inputs=case,
    slips=SLIPS,
    forbids=("dlcore.nn.Sequential",),
    judge=judge,
    public=(1, 2, 3, 4),
    hidden=(101, 102, 103, 104),
)
