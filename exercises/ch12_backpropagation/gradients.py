"""Find the bugs: a sweep that loses gradients where values are used more than once."""
# mypy: allow-untyped-defs, allow-untyped-calls

from typing import Any

import numpy as np

from dlcore.tensor import tape
from exercises.hints import Final, Hint, differs
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Graphs, the easier first. A step is its kind and the places of its inputs.

    The values of a graph are its leaves, then what its steps made; the last one is E's.
    """
    random = np.random.default_rng(seed)
    shape = tuple(random.permutation([2, 3]).tolist())
    signs = np.array([1, 1, -1, 1, -1, 1]).reshape(shape)
    first, second, third = random.permutation(["tanh", "relu", "tanh"]).tolist()
    skip: list[Any] = []
    for _ in range(10):
        skip += [("relu", [len(skip)]), ("add", [len(skip), len(skip) + 1])]
    shapes: dict[str, tuple[list[bool], list[Any]]] = {
        "a chain": ([True], [(first, [0]), (second, [1]), (third, [2])]),
        "a diamond": ([True], [("tanh", [0]), ("relu", [0]), ("times", [1, 2])]),
        "a value with three users": (
            [True, True],
            [
                ("tanh", [0]),
                ("times", [2, 1]),
                ("relu", [2]),
                ("tanh", [2]),
                ("add", [3, 4]),
                ("add", [6, 5]),
            ],
        ),
        "a skip": (
            [True],
            [("tanh", [0]), (second, [1]), ("times", [1, 2]), ("tanh", [3]), ("add", [4, 3])],
        ),
        "ten rounds of y + relu(y)": ([True], skip),
        "a value that is both inputs of a step": (
            [True],
            [
                ("tanh", [0]),
                ("times", [1, 1]),
                ("tanh", [1]),
                ("tanh", [3]),
                ("add", [2, 4]),
                ("add", [5, 5]),
            ],
        ),
        "two sums": (
            [True, True, True],
            [
                ("tanh", [0]),
                ("tanh", [1]),
                ("times", [3, 2]),
                ("add", [3, 4]),
                ("add", [6, 5]),
            ],
        ),
        "a constant and a branch that leads nowhere": (
            [True, False, True],
            [("times", [0, 1]), ("tanh", [2]), ("times", [3, 1]), ("add", [5, 0])],
        ),
        "an output that is a leaf itself": ([True], []),
        "a leaf that is stopped by a ReLU": ([True, True], [("relu", [0]), ("add", [2, 1])]),
        "a net drawn at random": drawn(random),
    }
    graphs = {
        name: {
            "wanted": wanted,
            "steps": steps,
            "leaves": [signs * random.uniform(0.3, 1.5, size=shape) for _ in wanted],
        }
        for name, (wanted, steps) in shapes.items()
    }
    stopped = graphs["a leaf that is stopped by a ReLU"]["leaves"]
    stopped[0] = -np.abs(stopped[0])
    return {"graphs": graphs, "dE_dY": [random.normal(size=shape) for _ in shapes]}


def drawn(random: np.random.Generator) -> tuple[list[bool], list[Any]]:
    """Two leaves and nine steps; every other one joins what the last made with something older."""
    steps: list[Any] = []
    for last in range(1, 10):
        if last % 2:
            other = int(random.integers(0, last))
            steps.append((str(random.choice(["add", "times"])), [last, other]))
        else:
            steps.append((str(random.choice(["tanh", "relu"])), [last]))
    return [True, True], steps


def send_back(Y, dE_dY):
    """As the notebook has it."""
    if Y.module is None:
        return []
    back = Y.module.bprop(dE_dY)
    back = back if isinstance(back, tuple) else (back,)
    return [(X, g) for X, g in zip(Y.inputs, back, strict=True) if X.requires_grad]


def gradients(output, dE_dY):
    found, waiting = {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = found[X] + dE_dX if X in found else dE_dX
            waiting.add(X)
    return {X: g for X, g in found.items() if X.module is None}


SUM, LATER, EARLIER = "found[X] + dE_dX if X in found else dE_dX", "dE_dX", "found.get(X, dE_dX)"
IN_PLACE = "np.add(found[X], dE_dX, out=found[X]) if X in found else dE_dX"
END = "return {X: g for X, g in found.items() if X.module is None}"

# The sweep in another order: who came first, or who came last, and each value only once.
SWEEP = """{output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
"""
QUEUE = "[output]\n    while waiting:\n        Y = waiting.pop(0)\n"
STACK = QUEUE.replace("0", "")
RECURSION, RETURN = "found = {output: dE_dY}\n    def go(Y):\n", "    go(output)\n    re"
FOUND, ADD, ONCE = "            found[X] =", "waiting.add(X)", "waiting += [X] * new"
NEW = f"            new = X not in found\n{FOUND}"

SLIPS = (
    Slip(
        "{it}: of two gradients of one value only one is left.",
        (SUM, LATER),
        (SUM, EARLIER),
        (SWEEP, QUEUE, ADD, ONCE, FOUND, NEW, SUM, LATER),
        (SWEEP, QUEUE, ADD, ONCE, FOUND, NEW, SUM, EARLIER),
        (SWEEP, STACK, ADD, ONCE, FOUND, NEW, SUM, LATER),
        (SWEEP, STACK, ADD, ONCE, FOUND, NEW, SUM, EARLIER),
        more="Who wiggles this value wiggles all its uses. What becomes of their effects?",
    ),
    Slip(
        "{it}: a value sends its gradient on before all its users have answered.",
        (SWEEP, QUEUE, ADD, ONCE, FOUND, NEW),
        (SWEEP, STACK, ADD, ONCE, FOUND, NEW),
        more="What comes later never travels. When can a value be sure that nobody is left?",
    ),
    Slip(
        "{it}: what was sent on once is sent on again with what comes later.",
        (SWEEP, QUEUE, ADD, "waiting.append(X)"),
        (SWEEP, STACK, ADD, "waiting.append(X)"),
        (f"found, waiting = {{output: dE_dY}}, {SWEEP}", RECURSION, ADD, "go(X)", "    re", RETURN),
        more="Each bprop is called once, with the whole sum.",
    ),
    Slip(
        "{it}: two gradients of one value are averaged.",
        (SUM, "(found[X] + dE_dX) / 2 if X in found else dE_dX"),
        more="Effects add up.",
    ),
    Slip(
        "{it}: what goes on is what came in, and not what bprop made of it.",
        ("for X, dE_dX in send_back(Y, found[Y])", "for X, _ in send_back(Y, dE_dX := found[Y])"),
    ),
    Told("return a dict", (END, "return list(found.values())")),
    Told("the dict holds values that are no leaves", (" if X.module is None", "")),
    Told("a leaf has no gradient", (".module is None", ".module is None and X is not output")),
    Told(
        "ValueError: output array is read-only",
        (SUM, IN_PLACE),
        (SUM, IN_PLACE, "found, waiting = {output: dE_dY}", "found, waiting = {output: 1 * dE_dY}"),
    ),
)


def read(inputs: Values, outputs: Values) -> Values | Hint:
    """By the names of the graphs, the gradients of leaves; last, the calls of bprop."""
    got: Values = {}
    for (name, graph), outcome in zip(inputs["graphs"].items(), outputs["outcomes"], strict=True):
        if not isinstance(outcome["found"], list):
            return Hint(f"return a dict: to each leaf its gradient. Yours is {outcome['found']}.")
        if outcome["others"]:
            return Hint(
                f"{name}: the dict holds values that are no leaves.",
                "A leaf is a Tensor that no module made: its .module is None.",
            )
        found = list(zip(graph["wanted"], outcome["found"], strict=True))
        if any(gradient is not None for wanted, gradient in found if not wanted):
            return Hint(
                f"{name}: a leaf that needs no gradient has one.", "send_back leaves it out."
            )
        got[name] = {f"dE/d(leaf {k})": g for k, (_, g) in enumerate(found, 1) if g is not None}
    return {**got, "calls": [outcome["calls"] for outcome in outputs["outcomes"]]}


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    """The numbers of every graph come first, then how often bprop was called."""
    for name in inputs["graphs"]:
        if right[name].keys() - got[name].keys():
            return Hint(f"{name}: a leaf has no gradient.", "Every leaf behind E should have one.")
        hint = differs(name, got[name], right[name])
        if hint:
            return hint
    rows = zip(got["calls"], right["calls"], inputs["graphs"], strict=True)
    calls, steps, name = max(rows, key=lambda row: row[0] / max(1, row[1]))
    if calls <= steps:
        return None
    return Final(
        f"{name}: right, but bprop was called {calls:,} times for {steps} steps.",
        "A gradient that travels alone goes every way there is. Wait, add up, send on once.",
    )


def leaves(found):
    return {X: dE_dX for X, dE_dX in found.items() if X.module is None}


@stranger(gradients, "a diamond: of two gradients of one value only one is left")
def as_it_was(output, dE_dY):
    found, queue = {output: dE_dY}, [output]
    for Y in queue:
        for X, dE_dX in send_back(Y, found[Y]):
            if X not in found:
                queue.append(X)
            found[X] = dE_dX
    return leaves(found)


@stranger(gradients, "both inputs of a step: a value sends its gradient on before")
def steps_counted_where_uses_count(output, dE_dY):
    users, waiting = {output: set()}, [output]
    for Y in waiting:
        for X in Y.inputs if Y.module is not None else ():
            if X not in users:
                waiting.append(X)
            users.setdefault(X, set()).add(Y)
    found, answers, ready = {output: dE_dY}, {}, [output]
    for Y in ready:
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = found.get(X, 0) + dE_dX
            answers[X] = answers.get(X, 0) + 1
            if answers[X] == len(users[X]):
                ready.append(X)
    return leaves(found)


@stranger(gradients, "a value that is both inputs of a step")
def a_dict_of_the_inputs(output, dE_dY):
    found, waiting = {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        for X, dE_dX in dict(send_back(Y, found[Y])).items():
            found[X] = found[X] + dE_dX if X in found else dE_dX
            waiting.add(X)
    return leaves(found)


@stranger(gradients, "sent on again")
def paths_counted_twice(output, dE_dY):
    found = {output: dE_dY}

    def go(Y):
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = found.get(X, 0) + dE_dX
            go(X)

    go(output)
    return leaves(found)


@stranger(gradients, "a value with three users")
def right_for_two_users(output, dE_dY):
    first, found, waiting = {}, {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = first[X] + dE_dX if X in first else first.setdefault(X, dE_dX.copy())
            waiting.add(X)
    return leaves(found)


@stranger(gradients, "y + relu(y): right, but bprop was called 2,046 times for 20 steps")
def each_gradient_alone(output, dE_dY):
    if output.module is None:
        return {output: dE_dY}
    found = {}
    for X, dE_dX in send_back(output, dE_dY):
        for leaf, share in each_gradient_alone.answer(X, dE_dX).items():
            found[leaf] = found[leaf] + share if leaf in found else share
    return found


@stranger(gradients, "stopped with TypeError")
def constants_have_gradients_too(output, dE_dY):
    found, waiting = {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        if Y.module is None:
            continue
        gradients = Y.module.bprop(found[Y])
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        for X, dE_dX in zip(Y.inputs, gradients, strict=True):
            found[X] = found[X] + dE_dX if X in found else dE_dX
            waiting.add(X)
    return leaves(found)


@stranger(gradients, "a leaf that needs no gradient has one")
def zeros_for_constants(output, dE_dY):
    found = {X: np.zeros(X.shape) for Y in tape(output) for X in Y.inputs}
    return leaves(found) | gradients(output, dE_dY)


@stranger(gradients, "this task is to be done without dlcore.Tensor.backward")
def with_backward(output, dE_dY):
    output.backward(dE_dY)
    return {}


@equivalent(gradients)
def along_the_tape(output, dE_dY):
    found = {output: dE_dY}
    for Y in reversed(tape(output)):
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = found.get(X, 0.0) + dE_dX
    return leaves(found)


@equivalent(gradients)
def users_counted(output, dE_dY):
    """No clock: a value is ready when as many have answered as use it."""
    users, waiting = {output: 0}, [output]
    for Y in waiting:
        for X in Y.inputs if Y.module is not None else ():
            if X not in users:
                waiting.append(X)
            users[X] = users.get(X, 0) + 1
    found, ready = {output: [dE_dY]}, [output]
    for Y in ready:
        for X, dE_dX in send_back(Y, sum(found[Y])):
            found.setdefault(X, []).append(dE_dX)
            if len(found[X]) == users[X]:
                ready.append(X)
    return leaves({X: np.sum(gradients, axis=0) for X, gradients in found.items()})


@equivalent(gradients)
def sorted_by_depth_first_search(output, dE_dY):
    order, seen = [], set()

    def visit(Y):
        if Y not in seen and Y.requires_grad:
            seen.add(Y)
            for X in Y.inputs:
                visit(X)
            order.append(Y)

    visit(output)
    found = {X: np.zeros(X.shape) for X in order} | {output: dE_dY}
    for Y in reversed(order):
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = found[X] + dE_dX
    return leaves(found)


@equivalent(gradients)
def added_in_place_into_arrays_of_its_own(output, dE_dY):
    found, waiting = {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        for X, dE_dX in send_back(Y, found[Y]):
            found.setdefault(X, np.zeros(X.shape))
            found[X] += dE_dX
            waiting.add(X)
    return leaves(found)


TASK = Task(
    gradients,
    "Find the bugs",
    difficulty=3,
    minutes=30,
    rows=("L32", "L38", "L39"),
    points=4,
    inputs=case,
    returns="the dict",
    slips=SLIPS,
    forbids=("dlcore.Tensor.backward",),
    read=read,
    judge=judge,
)
