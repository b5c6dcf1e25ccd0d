"""Cases and judges of the exercises on modules."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from dlcore import nn
from exercises.hints import Hint, unchanged
from exercises.legacy import Task, all_same, same
from exercises.task import Values

from .drive import row, tower

# --- PReLU ----------------------------------------------------------------------------------------


def case_prelu(seed: int) -> Values:
    """Slopes that a ReLU does not have: below 0, 0, between 0 and 1, above 1. X has zeros.

    On an odd seed there are as many samples as features, and a sum over the wrong axis has the
    right shape.
    """
    random = np.random.default_rng(seed)
    slopes = [-random.uniform(0.3, 2), 0.0, random.uniform(0.2, 0.8), random.uniform(1.5, 3)]
    sizes = [4, 4] if seed % 2 else [6, 5]
    X = [random.normal(size=(size, 4)) for size in sizes]
    X[0][0] = 0
    return {
        "weight": random.permutation(slopes),
        "X": X,
        "dE_dY": [random.normal(size=(size, 4)) for size in sizes],
    }


def judge_prelu(inputs: Values, outputs: Values) -> Hint | None:
    parameters = outputs["parameters"]
    if list(parameters) != ["weight"]:
        found = ", ".join(parameters) or "none"
        return Hint(
            f"a PReLU has one parameter, called weight; yours has: {found}.",
            "self.weight = dl.Parameter(...) in __init__: an attribute, found by its name.",
        )
    a, total = inputs["weight"], np.zeros(len(inputs["weight"]))
    hint = same("the first weight", parameters["weight"], np.full(len(a), 0.25))
    hint = hint or unchanged("its weight", outputs["weight"], a)
    for name in ("X", "dE_dY"):
        for after, before in zip(outputs[name], inputs[name], strict=True):
            hint = hint or unchanged(name, after, before)
    for call, X, dE_dY in zip(outputs["calls"], inputs["X"], inputs["dE_dY"], strict=True):
        hint = hint or judge_prelu_call(call, X, dE_dY, a, total)
        total = total + np.sum(dE_dY * X * (X <= 0), axis=0)
    for held, call in zip(outputs["held"], outputs["calls"], strict=True):
        if hint is None and not np.array_equal(held, call["Y"]):
            hint = Hint(
                "your code writes into a Y that it has given away.",
                "Somebody may hold the Y of the last call. Make a new array for each.",
            )
    return hint


def judge_prelu_call(
    call: Values, X: np.ndarray, dE_dY: np.ndarray, a: np.ndarray, before: np.ndarray
) -> Hint | None:
    Y, a_row = np.where(X > 0, X, a * X), np.broadcast_to(a, X.shape)
    side = Hint("the slope stands on the wrong side of 0, or on both.", "Above 0, Y is X.")
    larger = Hint(
        "the larger of X and a X is no PReLU: where a is above 1, it is the wrong one of the two.",
        "Let X decide, not the product.",
    )
    y_slips = [
        (a * X, side),
        (np.where(X > 0, a * X, X), side),
        (np.maximum(X, a * X), larger),
        (np.maximum(X, 0), Hint("what is below 0 is gone: this is a ReLU.")),
        (np.where(X > 0, X, a), Hint("below 0, Y is a X, and not a itself.")),
    ]
    from_y = Hint(
        "the sign of Y is not the sign of X.",
        "With a slope below 0, every Y is positive. What must be kept to know the sign of X?",
    )
    dx_slips = [
        (np.where(Y > 0, dE_dY, a * dE_dY), from_y),
        (np.where(Y >= 0, dE_dY, a * dE_dY), from_y),
        (
            np.where(X >= 0, dE_dY, a * dE_dY),
            Hint("the kink: where X is 0, the slope is a.", "Compare with >, not >=."),
        ),
        (
            np.where(X > 0, 1, a_row),
            Hint("dE/dX lacks dE/dY.", "bprop multiplies what comes in with the slope."),
        ),
        (dE_dY * (X > 0), Hint("dE/dX is 0 where X is below 0: this is a ReLU's.")),
        (a * dE_dY, Hint("dE/dX has the slope a everywhere.", "Above 0 the slope is 1.")),
        (np.where(dE_dY > 0, dE_dY, a * dE_dY), Hint("the sign of dE/dY decides; X's should.")),
    ]
    shut, each = X <= 0, Hint("dE/da has a wrong factor.", "Below 0, Y = a X: what is dY/da?")
    right = np.sum(dE_dY * X * shut, axis=0)
    dw_slips = [
        (
            right,
            Hint("the second bprop overwrites the gradient of the first.", "Gradients add up."),
        ),
        (
            before + right / len(X),
            Hint(
                "dE/da is averaged over the samples.", "It is a sum: averaging is up to the cost."
            ),
        ),
        (
            before + np.sum(dE_dY * X, axis=0),
            Hint("dE/da counts all samples.", "Where X is above 0, Y does not depend on a."),
        ),
        (before + np.sum(dE_dY * X * (Y <= 0), axis=0), from_y),
        (before + np.sum(dE_dY * X * (Y < 0), axis=0), from_y),
        (before + np.sum(dE_dY * shut, axis=0), each),
        (before + np.sum(dE_dY * Y * shut, axis=0), each),
        (before + a * right, each),
    ]
    if len(X) == len(a):  # else it stops with an error
        axis = Hint("dE/da is summed over the features.", "There is one a for a feature.")
        dw_slips.append((before + np.sum(dE_dY * X * shut, axis=1), axis))
    hint = same("Y", call["Y"], Y, y_slips)
    if hint is None and same("", call["stored"], Y):
        hint = Hint("the output is returned, and not stored.", "The lecture wants both: self.Y.")
    if hint is None and isinstance(call["dE_dX"], tuple):
        return Hint("bprop should return dE/dX alone.", "dE/da is added to weight.grad.")
    hint = hint or same("dE/dX", call["dE_dX"], np.where(X > 0, dE_dY, a * dE_dY), dx_slips)
    if hint is None and call["dE_dweight"] is None:
        hint = Hint("weight.grad is None: bprop has two things to do.", "The other one is dE/da.")
    return hint or same("weight.grad", call["dE_dweight"], before + right, dw_slips)


# --- Sequential -----------------------------------------------------------------------------------


def case_cascade(seed: int) -> Values:
    """Modules of one size (a wrong order goes unnoticed), of different sizes, one module, none."""
    random = np.random.default_rng(seed)
    n = random.permutation([2, 3, 4, 5]).tolist()
    sizes = {1: n[:1] * 3, 2: n, 3: n[:2], 0: n[:1]}[seed % 4]
    batches = (6, 6) if seed % 4 == 1 else (6, 7)
    return {
        "weights": [random.normal(size=(n_out, n_in)) for n_in, n_out in pairwise(sizes)],
        "X": [random.normal(size=(batch, sizes[0])) for batch in batches],
        "dE_dY": [random.normal(size=(batch, sizes[-1])) for batch in batches],
    }


def judge_cascade(inputs: Values, outputs: Values) -> Hint | None:
    hint, modules = None, row(inputs["weights"])
    rounds = zip(outputs["rounds"], inputs["X"], inputs["dE_dY"], strict=True)
    for number, (found, X, dE_dY) in enumerate(rounds, 1):
        states, gradients = [X], [dE_dY]
        for module in modules:
            states.append(module.fprop(states[-1]))
        for module in reversed(modules):
            gradients.append(module.bprop(gradients[-1]))
        hint = hint or judge_forward(found, states, number)
        hint = hint or judge_back(found, gradients)
    return hint


def judge_forward(found: Values, states: list[np.ndarray], number: int) -> Hint | None:
    *inputs, last = states
    names = [f"module {k}" for k in range(1, len(states))]
    entries = [entry for entry in found["fprop"] if entry[1] == "fprop"]
    called = [name for name, _, _ in entries]
    if number > 1 and called != names:
        return Hint(
            "the second time the modules are not those of the first, or in another order.",
            "`modules.reverse()` turns a list around for good, and an iterator can be used once.",
        )
    wrong = miscounted(called, names, "go forward")
    if wrong:
        return wrong
    if called != names:
        return Hint("the modules go forward in another order than they were given in.")
    for k, ((name, _, got), X) in enumerate(zip(entries, inputs, strict=True)):
        first = Hint(f"{name} gets X_0. It should get what module {k} gave.", "X_k = F_k(X_{k-1}).")
        hint = same(f"the input of {name}", got, X, [(states[0], first)] if k else [])
        if hint:
            return hint
    if not names:
        return same("Y", found["Y"], last) and nothing("fprop")
    before = Hint("fprop returns what went into the last module, not what came out.")
    return same("Y", found["Y"], last, [(states[-2], before)])


def judge_back(found: Values, gradients: list[np.ndarray]) -> Hint | None:
    """gradients: dE/dX_n, ..., dE/dX_0."""
    *inputs, last = gradients
    names = [f"module {k}" for k in range(len(gradients) - 1, 0, -1)]
    entries = [entry for entry in found["bprop"] if entry[1] == "bprop"]
    called = [name for name, _, _ in entries]
    if found["bprop"] and not called:
        return Hint("your bprop makes the modules go forward.", "A module has a bprop, too.")
    wrong = miscounted(called, names, "send a gradient back")
    if wrong:
        return wrong
    if called != names:
        return Hint(
            "the way back does not run from the last module to the first.",
            "At first only dE/dX_n is known. Which module can do something with it?",
        )
    for k, ((name, _, got), dE_dX) in enumerate(zip(entries, inputs, strict=True)):
        end = Hint(
            f"{name} gets dE/dX_n. It should get the gradient of its own output.",
            "The module behind it has just computed that.",
        )
        hint = same(f"what {name} gets for dE/dY", got, dE_dX, [(gradients[0], end)] if k else [])
        if hint:
            return hint
    if not names:
        return same("dE/dX", found["dE_dX"], last) and nothing("bprop")
    given = Hint("bprop returns what it was given.", "It should return dE/dX_0.")
    early = Hint("bprop returns dE/dX_1, one module too early.", "What does module 1 say?")
    slips = [(gradients[0], given), (gradients[-2], early)]
    return same("dE/dX", found["dE_dX"], last, slips)


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


# --- Net ------------------------------------------------------------------------------------------

NET = ("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias")


def case_net(seed: int) -> Values:
    """Images, and the state_dict of a container: Flatten, Linear, ReLU, Linear, LogSoftmax."""
    random = np.random.default_rng(seed)
    rows, columns, n_hidden, n_out, batch = random.permutation([2, 3, 4, 5, 6])
    n_in = rows * columns
    shapes = [(n_hidden, n_in), (n_hidden,), (n_out, n_hidden), (n_out,)]
    keys = ("1.weight", "1.bias", "3.weight", "3.bias")
    return {
        "state": {key: random.normal(size=shape) for key, shape in zip(keys, shapes, strict=True)},
        "shapes": {name: tuple(map(int, shape)) for name, shape in zip(NET, shapes, strict=True)},
        "X": random.normal(size=(batch, rows, columns)),
        "dE_dY": random.normal(size=(batch, n_out)),
    }


def container(state: Values, *behind: nn.Module, between: nn.Module | None = None) -> nn.Module:
    """The container with these numbers, ending with `behind`.

    between: in place of its ReLU; a Flatten there changes nothing, as a sample is a row already.
    """
    n_hidden, n_in = state["1.weight"].shape
    modules = [nn.Flatten(), nn.Linear(n_in, n_hidden), between or nn.ReLU()]
    net = nn.Sequential(*modules, nn.Linear(n_hidden, len(state["3.bias"])), *behind).double()
    net.load_state_dict(state)
    return net


def judge_net(inputs: Values, outputs: Values) -> Hint | None:
    hint = judge_names(inputs["shapes"], outputs["fresh"])
    if hint:
        return hint
    state, X = inputs["state"], inputs["X"]
    for name, key in zip(NET, state, strict=True):
        if name not in outputs["taken"]:
            return Hint(
                f"after take, {name} is no parameter any more.",
                "Its numbers are in .data; load_state_dict puts them there.",
            )
        slips = [(outputs["fresh"][name], Hint(f"take leaves {name} as it was."))]
        hint = hint or same(f"{name}, after take,", outputs["taken"][name], state[key], slips)
    for key in state:
        hint = hint or unchanged(f"state[{key!r}]", outputs["state"].get(key), state[key])
    if hint:
        return hint
    if outputs["kind"] != "Tensor":
        return Hint(
            f"forward should return a Tensor; yours returns {outputs['kind']}.",
            "Call the modules themselves, as in self.fc1(x): such a step is recorded.",
        )
    net, log = container(state, nn.LogSoftmax(dim=1)), nn.LogSoftmax(dim=1)
    want = net.fprop(X)
    place = Hint("the ReLU stands in the wrong place.", "It belongs between fc1 and fc2.")
    slips = [
        (
            container(state, log, between=nn.Flatten()).fprop(X),
            Hint("the ReLU is missing.", "Two Linears in a row are no more than one."),
        ),
        (
            container(state, log, between=nn.Tanh()).fprop(X),
            Hint("a Tanh stands where the container has a ReLU."),
        ),
        (
            container(state, nn.ReLU(), log).fprop(X),
            Hint("a ReLU stands behind fc2; the container has none there."),
        ),
        (container(state, nn.ReLU(), log, between=nn.Flatten()).fprop(X), place),
        (container(state, log, between=nn.Flatten()).fprop(np.maximum(X, 0)), place),
        (
            container(state, nn.LogSoftmax(dim=0)).fprop(X),
            Hint("the log-softmax runs over the samples.", "Each row should be a distribution."),
        ),
        (
            container(state, nn.Softmax(dim=1)).fprop(X),
            Hint("these are the probabilities, not their logarithms."),
        ),
        (
            container(state, nn.Softmax(dim=1), log).fprop(X),
            Hint("a softmax stands before the log-softmax, which is both in one."),
        ),
        (
            container(state).fprop(X),
            Hint("these are the scores: the last module of the container is missing."),
        ),
    ]
    hint = same("Y", outputs["Y"], want, slips)
    if hint:
        return hint
    net.bprop(inputs["dE_dY"])
    for name, p in zip(NET, net.parameters(), strict=True):
        got = outputs["grads"][name]
        if got is None:
            return Hint(
                f"Y is right, and no gradient finds its way back to {name}.",
                "Every step from x to Y must be made by a module that was given a Tensor.",
            )
        hint = hint or same(f"the gradient of {name}", got, np.asarray(p.grad))
    return hint


def judge_names(shapes: Values, fresh: Values) -> Hint | None:
    if not fresh:
        return Hint(
            "the net has no parameters.",
            "A module is found if it is an attribute, made in __init__: self.fc1 = ...",
        )
    if set(fresh) != set(NET):
        return Hint(
            f"the keys of its state_dict should be {', '.join(NET)}; yours are {', '.join(fresh)}.",
            "A key is a path of attributes: fc1.weight is what self.fc1.weight says.",
        )
    for name, shape in shapes.items():
        if fresh[name].shape != shape:
            return Hint(f"{name} should have shape {shape}; yours has {fresh[name].shape}.")
    return None


# --- NumbersKept ----------------------------------------------------------------------------------


def case_kept(seed: int) -> Values:
    """Sizes, and whether a part of the net is a cascade of its own."""
    random = np.random.default_rng(seed)
    sizes = random.permutation(np.arange(3, 12))[: 3 + seed % 3].tolist()
    if seed % 2 == 0:
        sizes[2] = sizes[1]  # so that different arrays have one shape
    return {
        "sizes": sizes,
        "X": random.normal(size=(int(random.integers(12, 20)), sizes[0])),
        "between": str(random.choice(["ReLU", "Tanh", "Sigmoid"])),
        "nested": seed % 2 == 0,
    }


def judge_kept(inputs: Values, outputs: Values) -> Hint | None:
    """The measurement comes first: it is what the prediction can be compared with."""
    sizes, batch = inputs["sizes"], len(inputs["X"])
    measured, predicted = outputs["measured"], outputs["predicted"]
    first, hidden, last = sizes[0], sum(sizes[1:-1]), sizes[-1]
    kept = batch * (first + 2 * hidden + last)
    parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
    places = Hint(
        "an array that is kept in two places is counted twice.",
        "np.shares_memory(A, B) says whether two arrays are the same numbers.",
    )
    weights = Hint(
        "the parameters are counted, too.", "They are there before anything goes forward."
    )
    slips = [
        (kept + batch * hidden, places),
        (8 * kept, Hint("these are bytes. A float64 has eight of them.", "A.size counts numbers.")),
        (kept + parameters, weights),
        (kept + batch * hidden + parameters, weights),
    ]
    if inputs["nested"]:
        inside = Hint(
            "what a cascade inside the cascade keeps is not counted, or not all of it.",
            "net.named_modules() goes through all modules, at every depth.",
        )
        slips.append((batch * (first + sizes[1]), inside))
    again = batch * (first + hidden + last)
    few = Hint(
        "some of what the modules keep is not counted.",
        "Two arrays of one shape may still be two.",
    )
    for wrong in (again, batch * (first + hidden), batch * (2 * hidden + last), batch * hidden):
        slips.append((wrong, few))
    hint = same("the measured number", measured, kept, slips)
    if hint:
        return hint
    twice = Hint(
        "a hidden layer is there twice: before its non-linearity and after it.",
        "A Linear keeps its output, too. Look at what the small net keeps.",
    )
    side = Hint("one end of the cascade is missing.", "X_0 is kept, and so is X_n.")
    slips = [
        (kept // batch, Hint("this is for one sample. The whole batch is kept.")),
        (kept + batch * hidden, places),
        (again, twice),
        (batch * (first + hidden), twice),
        (batch * (2 * hidden + last), side),
        (batch * (first + 2 * hidden), side),
        (kept + parameters, weights),
        (parameters, Hint("these are the parameters. What is kept of the batch?")),
    ]
    if is_number(predicted):
        numbers = f"you predicted {float(predicted):g} and measured {float(measured):g}"
        slips.append((predicted, Hint(f"{numbers}: believe the measurement.", "Try small sizes.")))
    return same("the predicted number", predicted, kept, slips)


def is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "biuf"
    return isinstance(value, int | float)


# --- Siamese --------------------------------------------------------------------------------------


def case_siamese(seed: int) -> Values:
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


def siamese(
    inputs: Values,
    states: tuple[int, int] = (0, 1),
    counted: Sequence[tuple[int, int]] = ((1, 1), (1, 1)),
    stale: bool = False,
) -> Iterator[list[np.ndarray]]:
    """Of each round: Y1, Y2, dE/dX1, dE/dX2 and the gradients of the parameters so far.

    states: whose state each of the two gradients meets. counted: how often each call of each round
    is counted in the parameters' gradients. stale: the parameters' change is not noticed.
    """
    module, weights, total = tower(inputs, inputs["weights"]), inputs["weights"], None
    for X, dE_dY, weighs in zip(inputs["X"], inputs["dE_dY"], counted, strict=True):
        for p, W in zip(module.parameters(), weights, strict=False):
            p.data = W
        Y, dE_dX = [module.fprop(x) for x in X], []
        total = total or [np.zeros_like(p.data) for p in module.parameters()]
        for state, gradient, times in zip(states, dE_dY, weighs, strict=True):
            module.zero_grad()
            module.fprop(X[state])
            dE_dX.append(module.bprop(gradient))
            total = [
                grad + times * np.asarray(p.grad)
                for grad, p in zip(total, module.parameters(), strict=True)
            ]
        weights = weights if stale else inputs["later"]
        yield [*Y, *dE_dX, *total]


def judge_siamese(inputs: Values, outputs: Values) -> Hint | None:
    for found in outputs["rounds"]:
        for name, what in (("fprop", "Y"), ("bprop", "dE_dX")):
            if not isinstance(found[what], list | tuple) or len(found[what]) != 2:
                return Hint(f"{name} should return two arrays, of the first input and the second.")
    hint = None
    for name in ("X", "dE_dY"):
        for after, before in zip(outputs[name], inputs[name], strict=True):
            for k in (0, 1):
                hint = hint or unchanged(f"{name}{k + 1}", after[k], before[k])
    if hint:
        return hint
    parameters = tower(inputs, inputs["weights"]).named_parameters()
    names = ["dE/dX1", "dE/dX2", *(f"the gradient of {name}" for name, _ in parameters)]
    slips = list(siamese_slips(inputs))
    rounds = zip(outputs["rounds"], siamese(inputs), siamese(inputs, stale=True), strict=True)
    for number, (found, want, stale) in enumerate(rounds):
        old = Hint("once the parameters have changed, your copies still have the old ones.")
        y_slips = [
            (want[1::-1], Hint("the outputs are swapped: Y1 is that of X1.")),
            *((Y, old) for Y in (stale[:2], [want[0], stale[1]], [stale[0], want[1]])),
        ]
        hint = all_same(["Y1", "Y2"], found["Y"], want[:2], y_slips)
        if hint:
            return hint
        got, wrong = [*found["dE_dX"], *found["grads"]], [(s[number][2:], h) for s, h in slips]
        if any(grad is None for grad in found["grads"]):
            hint = all_same(names[:2], got[:2], want[2:4], [(s[:2], h) for s, h in wrong])
            return hint or Hint(
                "the parameters of the module have no gradient.",
                "A deep copy has parameters of its own, and nobody trains those.",
            )
        swapped = Hint("the gradients are swapped: first dE/dX1, then dE/dX2.")
        hint = all_same(names, got, want[2:], [*wrong, ([*want[3:1:-1], *want[4:]], swapped)])
        if hint:
            return hint
    return None


def siamese_slips(inputs: Values) -> Iterator[tuple[list[list[np.ndarray]], Hint]]:
    def slip(**options: Any) -> list[list[np.ndarray]]:
        return list(siamese(inputs, **options))

    if all(len(X1) == len(X2) for X1, X2 in inputs["X"]):  # else these stop with an error
        inside = Hint(
            "right for a Linear alone. In a cascade both gradients meet the state of one call.",
            "A shallow copy of a cascade has the same modules inside, and they hold the state.",
        )
        one_state = {
            "Linear": Hint(
                "both gradients meet the state of one call.",
                "A module keeps what its last fprop left. Where is what the one before left?",
            ),
            "cascade": inside,
            "nested": Hint(
                "right for a cascade. In a cascade within it, the state is still shared.",
                "Go all the way down to the modules that hold a state.",
            ),
        }[inputs["kind"]]
        yield slip(states=(1, 1)), one_state
        yield slip(states=(0, 0)), one_state
        yield (
            slip(states=(1, 0)),
            Hint(
                "the two states are swapped: each gradient meets that of the other call.",
                "What was put on a stack last comes off first.",
            ),
        )
    add = "The module stands in two places, and dE/dW is the sum over both."
    yield (
        slip(counted=((1, 0), (1, 0))),
        Hint("in the gradients of the parameters the second call is missing.", add),
    )
    yield (
        slip(counted=((0, 1), (0, 1))),
        Hint("in the gradients of the parameters the first call is missing.", add),
    )
    yield (
        slip(counted=((0, 0), (1, 1))),
        Hint("the second time, the gradients of the first time are gone."),
    )


TASKS = (
    Task(
        "PReLU",
        "A module of your own",
        difficulty=2,
        minutes=20,
        rows=("L27",),
        points=3,
        forbids=("dlcore.Tensor.backward",),
        inputs=case_prelu,
        judge=judge_prelu,
    ),
    Task(
        "Sequential",
        "The cascade",
        difficulty=1,
        minutes=10,
        rows=("L26",),
        points=2,
        forbids=("dlcore.nn.Sequential",),
        public=(1, 2, 3, 4),
        hidden=(101, 102, 103, 104),
        inputs=case_cascade,
        judge=judge_cascade,
    ),
    Task(
        "Net",
        "The same net, written as a class",
        difficulty=1,
        minutes=15,
        rows=("L28", "L34"),
        points=2,
        inputs=case_net,
        judge=judge_net,
    ),
    Task(
        "NumbersKept",
        "Predict, then measure: what does a cascade keep?",
        difficulty=2,
        minutes=25,
        rows=("L26", "L27"),
        points=3,
        inputs=case_kept,
        judge=judge_kept,
    ),
    Task(
        "Siamese",
        "Find the bug: one module, two calls",
        difficulty=3,
        minutes=30,
        rows=("L27",),
        points=4,
        forbids=("dlcore.Tensor.backward",),
        public=(1, 2, 3, 4),
        hidden=(101, 102, 103, 104),
        inputs=case_siamese,
        judge=judge_siamese,
    ),
)
