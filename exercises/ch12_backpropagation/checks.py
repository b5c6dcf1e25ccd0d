"""Cases and judges of the exercises on back-propagation."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from dlcore import nn
from exercises.hints import Hint, all_same, close, same, unchanged
from exercises.task import Task, Values

from .drive import Counted, parabola

# --- jacobian -------------------------------------------------------------------------------------


def case_jacobian(seed: int) -> Values:
    """A function of a vector, of a float32 matrix, or of whole numbers; see `drive.parabola`."""
    random = np.random.default_rng(seed)
    small, middle, large = random.permutation([2, 3, 4])
    shape, shape_out, dtype = [
        ((small, middle), (), np.int64),
        ((large,), (middle,), np.float64),
        ((small, middle), (middle, large), np.float32),
    ][seed % 3]
    n_in, n_out = int(np.prod(shape)), int(np.prod(shape_out))
    X = random.uniform(1, 4, size=shape) * random.choice([-1, 1], size=shape)
    return {
        "X": X.astype(dtype),
        "A": random.normal(size=(n_out, n_in)),
        "H": random.normal(size=(n_out, n_in, n_in)),
        "shape_out": tuple(int(n) for n in shape_out),
        "h": float(random.uniform(0.001, 0.002)),
    }


def judge_jacobian(inputs: Values, outputs: Values) -> Hint | None:
    X, A, H, h, out = (inputs[name] for name in ("X", "A", "H", "h", "shape_out"))
    x = X.ravel().astype(np.float64)
    J = A + np.einsum("pqr,r->pq", H + H.transpose(0, 2, 1), x)
    bend = h * np.einsum("pqq->pq", H)
    got = outputs["J"]
    back = Hint(
        "a wiggle is still there when the next input is wiggled.",
        "When input q is wiggled, all the others are where they were.",
    )
    both = Hint(
        "these are slopes from X to one step ahead or behind.",
        "On a parabola that is off, and the slope from a step behind to a step ahead is not.",
    )
    step = Hint(
        "the differences are not divided by the step that was taken.",
        "From X - h to X + h it is how far?",
    )
    order = Hint(
        "the entries of a matrix are not counted in C order.",
        "C order is row by row, as ravel and reshape do it, in and out.",
    )
    coarse = Hint("X does not move by h.", f"X is an array of {X.dtype}. What is X + h stored as?")
    slips = [
        (J.T, Hint("it is transposed: a row for each output, a column for each input.")),
        (J.T.reshape(J.shape), Hint("reshape does not transpose: it only cuts anew.")),
        *((J + sign * bend, both) for sign in (1, -1)),
        *((factor * (J + sign * bend), step) for sign in (0, 1, -1) for factor in (2, 0.5)),
        *((factor * (J + sign * bend), step) for sign in (0, 1, -1) for factor in (h, 2 * h)),
        (np.cumsum(J, axis=1), back),
        *((slopes(inputs, drift=drift), back) for drift in (1, -1)),
        *((wrong, order) for wrong in other_orders(J, X.shape, out)),
        (J.astype(np.float32), Hint("float32 has too few digits: give a float64 array.")),
    ]
    if J.size != len(J):
        shape = (*out, *X.shape)
        slips.append((J.reshape(shape), Hint("make it a matrix: what has it two sides for?")))
        slips.append((J.ravel(), Hint("make it a matrix, with a row for each output.")))
    if X.dtype != np.float64:
        slips += [(slopes(inputs, moved=X.dtype), coarse), (0 * J, coarse)]
    if not isinstance(got, np.ndarray):
        return same("the Jacobian", got, J)
    hint = same("the Jacobian", got, J, slips, tolerance=1e-9)
    known = [slip for _, slip in slips]
    if hint and hint not in known and got.shape == J.shape and close(got, J, 1e-3):
        hint = Hint(
            "nearly. For a parabola the two-sided slope has no error but rounding.",
            "Is every step taken to both sides, in float64, and not too small?",
        )
    return unchanged("X", outputs["X"], X) or hint


def slopes(inputs: Values, drift: int = 0, moved: Any = np.float64) -> np.ndarray:
    """Two-sided slopes; but `drift` steps of each input stay, or X + h is rounded to a dtype."""
    function, h = parabola(inputs), inputs["h"]
    X = inputs["X"].astype(np.float64)
    columns = []
    for q in np.ndindex(X.shape):
        ahead, behind = X.copy(), X.copy()
        ahead[q] += h
        behind[q] -= h
        rise = function(ahead.astype(moved)) - function(behind.astype(moved))
        columns.append(np.ravel(rise) / (2 * h))
        X[q] += drift * h
    return np.stack(columns, axis=1)


def other_orders(
    J: np.ndarray, shape: tuple[int, ...], shape_out: tuple[int, ...]
) -> list[np.ndarray]:
    """The Jacobian with the inputs, the outputs, or both counted column by column."""
    places = np.arange(J.shape[1]).reshape(shape).ravel(order="F")
    places_out = np.arange(J.shape[0]).reshape(shape_out).ravel(order="F")
    return [J[:, places], J[places_out], J[places_out][:, places]]


# --- recurrence -----------------------------------------------------------------------------------


def case_recurrence(seed: int) -> Values:
    """A row and the Jacobians of four or five modules.

    On an odd seed all states have one width, and so have all weights: hardly a slip stops with an
    error. On an even one no two are alike, and one module has no weights.
    """
    random = np.random.default_rng(seed)
    n = int(random.integers(4, 6))
    if seed % 2:
        widths, weights = [int(random.integers(9, 15))] * (n + 1), [4] * n
    else:
        widths = random.permutation(np.arange(9, 16))[: n + 1].tolist()
        weights = random.permutation([0, 2, 3, 4, 5])[:n].tolist()
        weights[1] = 0
    pairs = [
        (random.normal(size=(out, into)) / 3, random.normal(size=(out, n_w)))
        for (into, out), n_w in zip(pairwise(widths), weights, strict=True)
    ]
    return {"dE_dX": random.normal(size=(1, widths[-1])), "jacobians": pairs}


def swept(row: np.ndarray, pairs: Sequence[Any], late: bool = False) -> list[np.ndarray]:
    """dE/dX_0, then dE/dW_1 to dE/dW_n. late: each dE/dW_k is made with dE/dX_{k-1}."""
    rows = []
    for dX, dW in reversed(pairs):
        before = row @ dX
        rows.append((before if late else row) @ dW)
        row = before
    return [row, *reversed(rows)]


def judge_recurrence(inputs: Values, outputs: Values) -> Hint | None:
    row, pairs = inputs["dE_dX"], inputs["jacobians"]
    n, found = len(pairs), outputs["rows"]
    if not isinstance(found, list | tuple) or len(found) != 2:
        return Hint("return two things: dE/dX_0, and a list with every dE/dW_k.")
    if not isinstance(found[1], list | tuple):
        return Hint("the second thing to return is a list with every dE/dW_k.")
    if len(found[1]) != n:
        return Hint(f"for {n} modules return {n} dE/dW_k; yours are {len(found[1])}.")
    want, got = swept(row, pairs), [found[0], *found[1]]
    names = ["dE/dX_0", *(f"dE/dW_{k}" for k in range(1, n + 1))]
    slips: list[tuple[Sequence[Any], Hint]] = [
        (
            [g.T for g in want],
            Hint("these are columns; a gradient is a row, [1 x N].", "Rows come in, rows go out."),
        ),
        (
            [g[0] for g in want],
            Hint("a row has two dimensions here, [1 x N]; yours have one.", "Keep the 1."),
        ),
        (
            [want[0], *want[:0:-1]],
            Hint("the list is in the order of the sweep.", "The first entry belongs to W_1."),
        ),
    ]
    if len({size for pair in pairs for size in pair[0].shape}) == 1:  # else these stop by an error
        turned = [(dX.T, dW) for dX, dW in pairs]
        start = Hint(
            "the sweep starts at the wrong end.",
            "dE/dX_n belongs to the output of module n. Which pair comes first?",
        )
        slips += [
            (
                swept(row, pairs, late=True),
                Hint(
                    "each dE/dW_k is made with the row of the module's input.",
                    "W_k moves X_k, the output. Which row says what that does to E?",
                ),
            ),
            (swept(row, pairs[::-1]), start),
            ([swept(row, pairs[::-1])[0], *swept(row, pairs[::-1])[:0:-1]], start),
            (swept(row, turned), Hint("dX_k/dX_{k-1} is the wrong way round.")),
            (
                [want[0], *(row @ dW for _, dW in pairs)],
                Hint("each dE/dW_k is made with dE/dX_n.", "By then the row has moved on."),
            ),
            (
                [row @ pairs[0][0], *(row @ dW for _, dW in pairs)],
                Hint("every module is given dE/dX_n.", "What one has made is what the next needs."),
            ),
            (
                [swept(row, pairs[1:])[0], *want[1:]],
                Hint("dE/dX_0 is dE/dX_1.", "The last step of the sweep is missing."),
            ),
        ]
    hint = all_same(names[::-1], got[::-1], want[::-1], [(w[::-1], slip) for w, slip in slips])
    return hint or written_into(inputs, outputs) or too_many_products(pairs, outputs["products"])


def written_into(inputs: Values, outputs: Values) -> Hint | None:
    hint = unchanged("dE_dX", outputs["dE_dX"], inputs["dE_dX"])
    for given, after in zip(inputs["jacobians"], outputs["jacobians"], strict=True):
        for array, now in zip(given, after, strict=True):
            hint = hint or unchanged("jacobians", now, array)
    return hint


def too_many_products(pairs: Sequence[Any], products: Sequence[int]) -> Hint | None:
    """A hint if the right rows cost half as many multiplications again as they have to."""
    enough = sum(dX.size + dW.size for dX, dW in pairs)
    if sum(products) <= 1.5 * enough:
        return None
    counted = f"right, but with {sum(products):,} multiplications where {enough:,} do."
    if max(products) > max(max(dX.size, dW.size) for dX, dW in pairs):
        return Hint(
            f"{counted} Two matrices were multiplied.",
            "It must be the row that travels: a row times a matrix is a row again.",
        )
    return Hint(
        f"{counted} Some were done again and again.",
        "dE/dX_{k-1} is one product away from dE/dX_k. Does every module start from the top?",
    )


# --- through_time ---------------------------------------------------------------------------------


def case_through_time(seed: int) -> Values:
    """One weight matrix, used three to five times; on a seed divisible by 3, once."""
    random = np.random.default_rng(seed)
    N = int(random.integers(3, 6))
    return {
        "W": random.normal(size=(N, N)) * 1.2 / N**0.5,
        "X0": random.normal(size=(N, 1)),
        "dE_dX": random.normal(size=(N, 1)),
        "n": int(random.integers(3, 6)) if seed % 3 else 1,
    }


def unrolled(
    inputs: Values,
    back: Callable[[np.ndarray], np.ndarray] = np.transpose,
    slope: Callable[..., Any] = lambda X, before, Z: 1 - X**2,
    uses: Callable[[list], Any] = sum,
    outer: Callable[..., Any] = lambda d, before, X: d @ before.T,
    carries: Callable[..., Any] = lambda d, g: d,
) -> list[np.ndarray]:
    """dE/dW and dE/dX_0, or what they are but for a slip. d is dE/dZ_k, with Z_k = W X_{k-1}.

    slope: of tanh, from X_k, X_{k-1}, Z_k. uses: of the shares of all uses in the order of the
    sweep, dE/dW. outer: a share, from d, X_{k-1}, X_k. carries: what goes on, of d and dE/dX_k.
    """
    W, states, g = inputs["W"], [inputs["X0"]], inputs["dE_dX"]
    for _ in range(inputs["n"]):
        states.append(np.tanh(W @ states[-1]))
    shares = []
    for before, X in reversed(list(pairwise(states))):
        d = g * slope(X, before, W @ before)
        shares.append(outer(d, before, X))
        g = back(W) @ carries(d, g)
    return [uses(shares), g]


def judge_through_time(inputs: Values, outputs: Values) -> Hint | None:
    found, n = outputs["gradients"], inputs["n"]
    if not isinstance(found, list | tuple) or len(found) != 2:
        return Hint("return two arrays: dE/dW and dE/dX_0.")
    shapes = [array.shape for array in found if isinstance(array, np.ndarray)]
    if shapes == [inputs["X0"].shape, inputs["W"].shape]:
        return Hint("first dE/dW, then dE/dX_0; yours are the other way round.")

    def slip(**change: Any) -> list[np.ndarray]:
        return unrolled(inputs, **change)

    one = Hint(
        f"W is used {n} times, and your dE/dW knows of one.",
        "Who wiggles W wiggles all its uses at once. What becomes of their effects?",
    )
    tanh = Hint(
        "the slope of tanh is wrong, or taken at the wrong place.",
        "It is 1 - X_k^2, from the output of tanh itself.",
    )
    state = Hint("each share of dE/dW has the wrong state in it.", "What did W multiply?")
    through = Hint(
        "the gradient has to pass tanh on its way to W and to X_{k-1}.",
        "First back through tanh, then to both.",
    )
    slips = [
        (
            slip(back=lambda W: W),
            Hint(
                "W is the wrong way round on the way back.",
                "W is square, so NumPy does not complain. The row dE/dX . W, in columns, is what?",
            ),
        ),
        (slip(slope=lambda X, before, Z: 1 - before**2), tanh),
        (slip(slope=lambda X, before, Z: 1 - Z**2), tanh),
        (slip(slope=lambda X, before, Z: 1 - np.tanh(X) ** 2), tanh),
        (slip(slope=lambda X, before, Z: 1 - X), tanh),
        (slip(slope=lambda X, before, Z: X**2 - 1), tanh),
        (slip(slope=lambda X, before, Z: 1), through),
        (slip(carries=lambda d, g: g), through),
        (slip(slope=lambda X, before, Z: 1, outer=lambda d, b, X: (d * (1 - X**2)) @ b.T), through),
        (slip(slope=lambda X, b, Z: 1, carries=lambda d, g: d * 1.0), through),
        (slip(outer=lambda d, before, X: d @ X.T), state),
        (slip(outer=lambda d, before, X: d @ inputs["X0"].T), state),
        (
            slip(outer=lambda d, before, X: inputs["W"].T @ d @ before.T),
            Hint(
                "each share of dE/dW is made with the gradient of the state before.",
                "W moves what tanh is given. Which gradient says what that does to E?",
            ),
        ),
        (unrolled(inputs | {"W": inputs["W"].T}), Hint("your states are those of W^T, not of W.")),
        (
            slip(outer=lambda d, before, X: before @ d.T),
            Hint("dE/dW is transposed.", "Entry (p, q) belongs to the weight from input q to p."),
        ),
    ]
    if n > 1:
        mean = Hint("the shares of the uses are averaged.", "Their effects add up.")
        slips += [
            (slip(uses=lambda shares: shares[-1]), one),
            (slip(uses=lambda shares: shares[0]), one),
            (slip(uses=lambda shares: sum(shares) / n), mean),
            (
                slip(uses=lambda shares: sum(shares[:-1])),
                Hint("the use of W in the first step, on X_0, is left out."),
            ),
            (
                slip(uses=lambda shares: sum(shares[1:])),
                Hint("the use of W in the last step, which gave X_n, is left out."),
            ),
        ]
        for steps in (n - 1, n + 1):
            other = Hint(f"this is right for {steps} steps; here are {n}.", "Count the states.")
            slips.append((unrolled(inputs | {"n": steps}), other))
    hint = all_same(("dE/dW", "dE/dX_0"), found, unrolled(inputs), slips)
    for name in ("W", "X0", "dE_dX"):
        hint = unchanged(name, outputs[name], inputs[name]) or hint
    return hint


# --- gradients ------------------------------------------------------------------------------------

Graph = dict[str, Any]
Slopes = list[list[np.ndarray]]


def case_gradients(seed: int) -> Values:
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
        "a net drawn at random": drawn(random),
    }
    return {
        "graphs": [
            {
                "name": name,
                "wanted": wanted,
                "steps": steps,
                "leaves": [signs * random.uniform(0.3, 1.5, size=shape) for _ in wanted],
                "dE_dY": random.normal(size=shape),
            }
            for name, (wanted, steps) in shapes.items()
        ]
    }


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


def forward(graph: Graph) -> list[np.ndarray]:
    """All values."""
    values = list(graph["leaves"])
    kinds: dict[str, Callable[..., np.ndarray]] = {
        "relu": lambda x: np.maximum(x, 0),
        "tanh": np.tanh,
        "add": np.add,
        "times": np.multiply,
    }
    for kind, used in graph["steps"]:
        values.append(kinds[kind](*(values[i] for i in used)))
    return values


def slopes_of(graph: Graph, values: list[np.ndarray]) -> Slopes:
    """For each step the slopes of its output in each input. All kinds work entry by entry."""
    found = []
    for place, (kind, used) in enumerate(graph["steps"], len(graph["leaves"])):
        x, y = values[used[0]], values[place]
        one = np.ones_like(y)
        others = [values[i] for i in reversed(used)]
        slopes = {"relu": [1.0 * (x > 0)], "tanh": [1 - y**2], "add": [one, one], "times": others}
        found.append(slopes[kind])
    return found


def right_gradients(graph: Graph) -> list[np.ndarray]:
    """dE/d(leaf) of every leaf, carried forwards: nothing can be lost on that way."""
    slopes = slopes_of(graph, forward(graph))
    found = []
    for i, leaf in enumerate(graph["leaves"]):
        moves = [np.full_like(leaf, i == j) for j in range(len(graph["leaves"]))]
        for (_, used), of_step in zip(graph["steps"], slopes, strict=True):
            moves.append(sum(s * moves[j] for s, j in zip(of_step, used, strict=True)))
        found.append(graph["dE_dY"] * moves[-1])
    return found


def made_last(queue: list[int]) -> int:
    return queue.index(max(queue))


def came_first(queue: list[int]) -> int:
    return 0


def came_last(queue: list[int]) -> int:
    return len(queue) - 1


def add_up(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    return old + new


ORDERS = (made_last, came_first, came_last)


def overwrite(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    return new


def keep(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    return old


def add_into(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    old += new
    return old


def send_back(
    graph: Graph, slopes: Slopes, place: int, dE_dY: np.ndarray
) -> list[tuple[int, np.ndarray]]:
    """The inputs of the step that made a value, each with its gradient; Add hands on one array."""
    step = place - len(graph["leaves"])
    if step < 0:
        return []
    kind, used = graph["steps"][step]
    sent = [dE_dY if kind == "add" else dE_dY * slope for slope in slopes[step]]
    return list(zip(used, sent, strict=True))


def lossy(
    graph: Graph,
    slopes: Slopes,
    choose: Callable[[list[int]], int] = made_last,
    merge: Callable[[np.ndarray, np.ndarray], np.ndarray] = add_up,
    again: bool = False,
) -> dict[int, np.ndarray]:
    """dE/d(value) as a sweep finds it in which each value sends on once what it has by then.

    choose: who in the queue is next. merge: what becomes of two gradients of one value.
    again: whoever gets something more sends on all that it has, again.
    """
    last = len(graph["leaves"]) + len(slopes) - 1
    found, queue = {last: graph["dE_dY"].copy()}, [last]
    while queue:
        place = queue.pop(choose(queue))
        for i, sent in send_back(graph, slopes, place, found[place]):
            if again or i not in found:
                queue.append(i)
            found[i] = merge(found[i], sent) if i in found else sent
    return found


def resent(graph: Graph, slopes: Slopes) -> dict[int, np.ndarray]:
    """As `lossy` with `again`, but by recursion: on to the leaves before the next input."""
    last = len(graph["leaves"]) + len(slopes) - 1
    found = {last: graph["dE_dY"]}

    def send_on(place: int) -> None:
        for i, sent in send_back(graph, slopes, place, found[place]):
            found[i] = found[i] + sent if i in found else sent
            send_on(i)

    send_on(last)
    return found


LOST = Hint(
    "of two gradients of one value only one is left.",
    "Who wiggles this value wiggles all its uses. What becomes of their effects?",
)
EARLY = Hint(
    "a value sends its gradient on before all its users have answered.",
    "What comes later never travels. When can a value be sure that nobody is left to answer?",
)
RESENT = Hint(
    "what was sent on once is sent on again with what comes later.",
    "Each bprop is called once, with the whole sum.",
)
HELD = Hint(
    "a gradient is added into an array that somebody else holds, too.",
    "Add hands one array to both of its inputs, and `+=` writes into it. Make a new one.",
)
MEAN = Hint("two gradients of one value are averaged.", "Effects add up.")
SLIPS: tuple[tuple[Callable[[Graph, Slopes], dict[int, np.ndarray]], Hint], ...] = (
    *((partial(lossy, choose=choose), EARLY) for choose in (came_first, came_last)),
    *((partial(lossy, choose=c, merge=m), LOST) for c in ORDERS for m in (overwrite, keep)),
    (partial(lossy, merge=lambda old, new: (old + new) / 2), MEAN),
    (partial(lossy, merge=add_into), HELD),
    (partial(lossy, choose=came_first, again=True), RESENT),
    (resent, RESENT),
)


def judge_gradients(inputs: Values, outputs: Values) -> Hint | None:
    """The numbers of every graph come first, then how often bprop was called."""
    graphs, outcomes = inputs["graphs"], outputs["outcomes"]
    for graph, outcome in zip(graphs, outcomes, strict=True):
        hint = judge_graph(graph, outcome)
        if hint:
            return hint
    rows = zip(graphs, outcomes, strict=True)
    counts = [(outcome["calls"], len(behind(graph)), graph["name"]) for graph, outcome in rows]
    calls, steps, name = max(counts, key=lambda count: count[0] / count[1])
    if calls <= steps:
        return None
    return Hint(
        f"{name}: right, but bprop was called {calls:,} times for {steps} steps.",
        "A gradient that travels alone goes every way there is. Wait, add up, send on once.",
    )


def judge_graph(graph: Graph, outcome: Values) -> Hint | None:
    want, found, name = right_gradients(graph), outcome["found"], graph["name"]
    if not isinstance(found, list) or len(found) != len(want):
        return Hint("return a dict: to each leaf its gradient.")
    places = [i for i, wanted in enumerate(graph["wanted"]) if wanted]
    if not np.array_equal(outcome["dE_dY"], graph["dE_dY"]):
        return Hint(f"{name}: {HELD.says}", "It is dE_dY, which is the caller's. Make a new array.")
    got = [found[i] if found[i] is not None or want[i].any() else want[i] for i in places]
    if any(gradient is None for gradient in got):
        return Hint(f"{name}: a leaf has no gradient.", "The dict should have every leaf behind E.")
    slopes = slopes_of(graph, forward(graph))
    slips = (  # made only if something is wrong
        ([wrong.get(i, 0 * want[i]) for i in places], Hint(f"{name}: {slip.says}", slip.more))
        for wrong, slip in ((how(graph, slopes), slip) for how, slip in SLIPS)
    )
    names = [f"{name}: dE/d(leaf {i + 1})" for i in places]
    return all_same(names, got, [want[i] for i in places], slips)


def behind(graph: Graph) -> set[int]:
    """The places of the steps that E depends on and that need a gradient."""
    n_leaves, needs = len(graph["leaves"]), list(graph["wanted"])
    for _, used in graph["steps"]:
        needs.append(any(needs[i] for i in used))
    found, waiting = set(), [len(needs) - 1]
    while waiting:
        place = waiting.pop()
        if place >= n_leaves and needs[place] and place not in found:
            found.add(place)
            waiting += graph["steps"][place - n_leaves][1]
    return found


# --- operations -----------------------------------------------------------------------------------

EXACT = 1e-12  # counts are whole numbers


def case_operations(seed: int) -> Values:
    """Four cascades of one to four Linear modules, no size twice in one of them, and batches."""
    random = np.random.default_rng(seed)
    depths = [2, 1, 3, 4]
    return {
        "sizes": [(2 + random.permutation(12)[: depth + 1]).tolist() for depth in depths],
        "batches": random.permutation([1, 2, 3, 5, 7])[:4].tolist(),
    }


def counted(sizes: Sequence[int], batch: int) -> tuple[int, int, int]:
    """What dlcore's own modules multiply: forward, backward, backward without dE/dX_0."""
    counts = []
    for wanted in (True, False):
        cascade = nn.Sequential(*(nn.Linear(n_in, n_out) for n_in, n_out in pairwise(sizes)))
        cascade[0].needs_input_grad = (wanted,)
        Counted.products.clear()
        Y = cascade.fprop(np.ones((batch, sizes[0]), np.float32).view(Counted))
        forward = sum(Counted.products)
        cascade.bprop(np.ones_like(Y))
        counts += [forward, sum(Counted.products) - forward]
    return counts[0], counts[1], counts[3]


def judge_operations(inputs: Values, outputs: Values) -> Hint | None:
    for sizes, batch, count in zip(
        inputs["sizes"], inputs["batches"], outputs["counts"], strict=True
    ):
        hint = judge_count(sizes, batch, count)
        if hint:
            return hint
    return None


def judge_count(sizes: Sequence[int], batch: int, count: Any) -> Hint | None:
    if isinstance(count, np.ndarray) and count.shape == (3,):
        count = count.tolist()
    if not isinstance(count, list | tuple) or len(count) != 3:
        return Hint("return three numbers: forward, backward, backward without dE/dX_0.")
    odd = [n for n in count if not isinstance(n, int | float | np.ndarray) or np.ndim(n)]
    if odd:
        return same("each of the three", odd[0], 0.0)
    forward, both, lean = count
    want, where = counted(sizes, batch), f"{'-'.join(map(str, sizes))}, batch {batch}"
    full, first, last = want[0], batch * sizes[0] * sizes[1], batch * sizes[-2] * sizes[-1]
    outputs, n_w = sum(sizes[1:]), full // batch
    added = Hint(f"{where}: biases are counted.", "They are added, and nothing multiplies them.")
    additions = Hint(f"{where}: forward, additions are not counted.")
    hint = same(
        f"{where}: forward",
        forward,
        full,
        [
            *((full + wrong, added) for wrong in (outputs, batch * outputs)),
            (2 * full, additions),
            (2 * full - batch * outputs, additions),
            (full * batch, Hint(f"{where}: forward, the batch is in there twice.")),
            (n_w, Hint(f"{where}: forward, the batch is left out.", "Each sample meets each W.")),
            *(
                (full - one, Hint(f"{where}: forward, a module is left out."))
                for one in (first, last)
                if len(sizes) > 2
            ),
        ],
        EXACT,
    )
    two = Hint(
        f"{where}: going backward, a module has two products.",
        "One makes dE/dW_k, the other dE/dX_{k-1}. How large is each?",
    )
    price = Hint(
        f"{where}: dE/dW_k takes as many products as there are weights, for each sample.",
        "Every sample has its say on every weight.",
    )
    alone = Hint(f"{where}: count the way back alone, without the forward pass before it.")
    short = Hint(
        f"{where}: with dE/dX_0 every module makes both of its products.",
        "Is one of dE/dW_k or dE/dX_{k-1} left out?",
    )
    if not hint and (both, lean) == (want[2], want[1]):
        return Hint(f"{where}: the last two numbers are the other way round.")
    hint = hint or same(
        f"{where}: backward",
        both,
        2 * full,
        [
            *((2 * full + wrong * outputs, added) for wrong in (1, 2, batch, 2 * batch)),
            *((wrong, two) for wrong in (full, full - first)),
            *((wrong, price) for wrong in (full + n_w, 2 * n_w)),
            (3 * full, alone),
            *((2 * full - one, short) for one in (first, last)),
        ],
        EXACT,
    )
    unasked = Hint(
        f"{where}: dE/dX_0 is not wanted, and you count the product that makes it.",
        "Which module makes dE/dX_0, and how large is that product?",
    )
    trains = Hint(
        f"{where}: without dE/dX_0 something else falls away.",
        "It is one product, the one that makes dE/dX_0. Which module's? What else does that make?",
    )
    return hint or same(
        f"{where}: backward without dE/dX_0",
        lean,
        2 * full - first,
        [
            (2 * full, unasked),
            *((2 * full - wrong, trains) for wrong in (2 * first, last, full, first + last)),
            (2 * full - first // batch, Hint(f"{where}: that product, too, is for each sample.")),
            (first, Hint(f"{where}: this is what falls away. What is left?")),
            (3 * full - first, alone),
        ],
        EXACT,
    )


TASKS = (
    Task(
        "jacobian",
        "A Jacobian, by wiggling",
        difficulty=1,
        minutes=15,
        rows=("L29",),
        points=2,
        forbids=("dlcore.numerical_jacobian",),
        inputs=case_jacobian,
        judge=judge_jacobian,
    ),
    Task(
        "recurrence",
        "The recurrence, by hand",
        difficulty=1,
        minutes=15,
        rows=("L29", "L30", "L32"),
        points=2,
        inputs=case_recurrence,
        judge=judge_recurrence,
    ),
    Task(
        "through_time",
        "One weight, used many times",
        difficulty=2,
        minutes=25,
        rows=("L31", "L32", "L38"),
        points=3,
        forbids=("dlcore.nn.Linear", "dlcore.Tensor.backward"),
        inputs=case_through_time,
        judge=judge_through_time,
    ),
    Task(
        "gradients",
        "Find the bugs",
        difficulty=3,
        minutes=30,
        rows=("L32", "L38", "L39"),
        points=4,
        forbids=("dlcore.Tensor.backward",),
        inputs=case_gradients,
        judge=judge_gradients,
    ),
    Task(
        "operations",
        "Predict, then count",
        difficulty=2,
        minutes=15,
        rows=("L32",),
        points=3,
        forbids=("dlcore.nn.Linear",),
        inputs=case_operations,
        judge=judge_operations,
    ),
)
