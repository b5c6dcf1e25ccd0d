"""Cases and judges of the exercises on training."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import numpy as np

from exercises.hints import Hint, unchanged
from exercises.legacy import Task, same
from exercises.task import Values

Path = Sequence[Sequence[Any]]  # for each step, what each parameter is after it
Slips = Iterable[tuple[Path, Hint]]

# --- Paths of parameters: SGD, Adam, train --------------------------------------------------------

UPHILL = Hint("the steps go uphill.", "The gradient points to where the objective grows.")
UNMOVED = Hint("the parameters never move.", "Only an assignment to p.data moves a parameter.")
FIRST = Hint("only the first parameter moves.", "Is there a `return` inside the loop?")
SHARED = Hint(
    "the parameters share what each should remember for itself.",
    "Keep a list with an entry for each. `[array] * n` is n times the same array.",
)
RATE = Hint(
    "the learning rate changed between two steps, and your steps did not.",
    "Read self.lr in every step.",
)


def off_path(
    names: Sequence[str], path: Path, want: Path, slips: Slips, told: str = "{} after step {}"
) -> Hint | None:
    """None if the parameters are where they should be after every step, else the next hint.

    A slip is known by its whole path: after one step, several may have led to the same place.
    """
    for step, (found, right) in enumerate(zip(path, want, strict=True), 1):
        for name, got, wanted in zip(names, found, right, strict=True):
            hint = same(told.format(name, step), got, wanted)
            if hint:
                return next((slip for wrong, slip in slips if alike(path, wrong)), hint)
    return None


def alike(path: Path, other: Path) -> bool:
    """Whether a path is another as far as it goes; it ends where a parameter has lost its shape."""
    flat, flat_other = ([array for arrays in each for array in arrays] for each in (path, other))
    return all(
        isinstance(array, np.ndarray) and not same("", array, wrong)
        for array, wrong in zip(flat, flat_other, strict=False)
    )


def walk(seed: int) -> Values:
    """Three parameters, two of them of one shape; for five steps, their gradients and the rate."""
    random = np.random.default_rng(seed)
    rows, columns = random.permutation([2, 3, 4])[:2]
    dtype = [np.float64, np.float32][seed % 2]

    def draw() -> list[np.ndarray]:
        shapes = [(rows, columns), (rows, columns), (columns,)]
        return [random.normal(size=shape).astype(dtype) for shape in shapes]

    return {
        "params": draw(),
        "grads": [draw() for _ in range(5)],
        "rates": random.uniform(0.1, 0.5, size=5).tolist(),
        "momentum": float(random.uniform(0.5, 0.95)),
        "betas": (float(random.uniform(0.5, 0.8)), float(random.uniform(0.85, 0.99))),
        "eps": 0.05,  # so large that it shows where it stands
    }


def at_one_rate(inputs: Values) -> Values:
    return inputs | {"rates": inputs["rates"][:1] * len(inputs["rates"])}


def only_first(inputs: Values, path: Path) -> Path:
    return [[moved[0], *inputs["params"][1:]] for moved in path]


def judge_walk(inputs: Values, outputs: Values, want: Path, slips: Slips) -> Hint | None:
    names = ("the first parameter", "the second parameter", "the third parameter")
    hint = off_path(names, outputs["path"], want, slips)
    if hint:
        return hint
    before = [inputs["params"], *outputs["path"][:-1]]
    steps = zip(outputs["grads"], inputs["grads"], outputs["held"], before, strict=True)
    for grads, given, held, old in steps:
        for i in range(len(names)):
            hint = hint or unchanged("p.grad", grads[i], given[i])
            hint = hint or unchanged("p.data", held[i], old[i])
    return hint


# --- SGD ------------------------------------------------------------------------------------------


def sgd_path(
    inputs: Values,
    velocity: Callable[..., Any] = lambda v, g, lr, mu: mu * v + g,
    step: Callable[..., Any] = lambda v, g, lr, mu: lr * v,
    shared: bool = False,
) -> Path:
    """Where SGD leads, or what is SGD but for its velocity, its step, or one velocity for all."""
    params, mu, path = inputs["params"], inputs["momentum"], []
    velocities = [0.0 for _ in params]
    for lr, grads in zip(inputs["rates"], inputs["grads"], strict=True):
        moved = []
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            mine = 0 if shared else i
            v = velocities[mine] = velocity(velocities[mine], g, lr, mu)
            moved.append(p - step(v, g, lr, mu))
        params = moved
        path.append(params)
    return path


def judge_sgd(inputs: Values, outputs: Values) -> Hint | None:
    def path(**slip: Any) -> Path:
        return sgd_path(inputs, **slip)

    inside = path(velocity=lambda v, g, lr, mu: mu * v + lr * g, step=lambda v, g, lr, mu: v)
    mean = path(velocity=lambda v, g, lr, mu: mu * v + (1 - mu) * g)
    first = path(velocity=lambda v, g, lr, mu: mu * v + (g if np.any(v) else (1 - mu) * g))
    weak = "is a sum: each gradient comes in whole."
    stays = Hint(
        "the velocity does not fade.", "mu stands before the old velocity, and only there."
    )
    slips = [
        (
            inside,
            Hint(
                "the learning rate is inside the velocity.",
                "When the rate changes, old gradients in the velocity keep the old rate.",
            ),
        ),
        (mean, Hint(f"your velocity is a running mean. torch's {weak}", "v is mu v plus what?")),
        (first, Hint(f"the first gradient comes in weakened. The velocity {weak}")),
        (
            path(velocity=lambda v, g, lr, mu: mu * v + lr * g),
            Hint("the learning rate comes in twice.", "Its place is before v, in the second line."),
        ),
        (path(velocity=lambda v, g, lr, mu: v + g), stays),
        (path(velocity=lambda v, g, lr, mu: v + mu * g), stays),
        (path(shared=True), SHARED),
        (
            path(step=lambda v, g, lr, mu: lr * (v - g) / mu),
            Hint("your steps are late: first the velocity, then the step with the new one."),
        ),
        (
            path(step=lambda v, g, lr, mu: lr * g),
            Hint("this is descent without momentum.", "Is the velocity kept for the next step?"),
        ),
        (
            path(step=lambda v, g, lr, mu: lr * (g + mu * v)),
            Hint("this is Nesterov's momentum; the plain one is asked for."),
        ),
        (path(step=lambda v, g, lr, mu: -lr * v), UPHILL),
        (path(step=lambda v, g, lr, mu: 0 * v), UNMOVED),
        (sgd_path(at_one_rate(inputs)), RATE),
        (only_first(inputs, path()), FIRST),
    ]
    return judge_walk(inputs, outputs, path(), slips)


# --- Adam -----------------------------------------------------------------------------------------


def adam_path(
    inputs: Values,
    step: Callable[..., Any] = lambda m, v, c1, c2, eps: m / c1 / (np.sqrt(v / c2) + eps),
    count: Callable[[int, int], int] = lambda t, i: t,
    square: Callable[[Any], Any] = np.square,
    weights: Callable[[float], tuple[float, float]] = lambda beta: (beta, 1 - beta),
    shared: bool = False,
    keeps: bool = False,
) -> Path:
    """Where Adam leads, or what is Adam but for a slip.

    step: of the means m and v and the corrections c = 1 - beta^t. count: t, at the t-th step, for
    the i-th parameter. weights: of the old mean and the new value. shared: one m and one v for
    all. keeps: m and v stay corrected.
    """
    params, (beta1, beta2), path = inputs["params"], inputs["betas"], []
    (old1, new1), (old2, new2) = weights(beta1), weights(beta2)
    means = [(0.0, 0.0) for _ in params]
    for k, (lr, grads) in enumerate(zip(inputs["rates"], inputs["grads"], strict=True), 1):
        moved = []
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            mine, t = 0 if shared else i, count(k, i)
            m = old1 * means[mine][0] + new1 * g
            v = old2 * means[mine][1] + new2 * square(g)
            c1, c2 = np.float64(1 - beta1**t), np.float64(1 - beta2**t)
            means[mine] = (m / c1, v / c2) if keeps else (m, v)
            moved.append(p - lr * step(m, v, c1, c2, inputs["eps"]))
        params = moved
        path.append(params)
    return path


def judge_adam(inputs: Values, outputs: Values) -> Hint | None:
    def path(**slip: Any) -> Path:
        return adam_path(inputs, **slip)

    swapped = adam_path(inputs | {"betas": inputs["betas"][::-1]})
    weigh = Hint(
        "m and v are not the running means that they should be.",
        "The old mean has the weight beta, the new value 1 - beta.",
    )
    half = Hint("only one of the two means is corrected.", "Both start at 0, both are too small.")
    eps = Hint(
        "eps is missing, or does not stand where it should.",
        "It is added to the root, and the root is that of the corrected mean.",
    )
    with np.errstate(all="ignore"):
        slips = [
            (
                path(count=lambda t, i: 3 * (t - 1) + i + 1),
                Hint(
                    "the step counter runs too fast: it counts parameters.",
                    "A step moves all of them and is one step.",
                ),
            ),
            (
                path(count=lambda t, i: t - 1),
                Hint("in the first step t is 1.", "With t = 0 the correction divides by 0."),
            ),
            (
                path(step=lambda m, v, c1, c2, eps: m / (np.sqrt(v) + eps)),
                Hint("the bias correction is missing.", "What makes m and v too small at first?"),
            ),
            (
                path(step=lambda m, v, c1, c2, eps: m * c1 / (np.sqrt(v * c2) + eps)),
                Hint("the correction goes the wrong way.", "It makes larger what is too small."),
            ),
            (
                path(count=lambda t, i: 1),
                Hint("the correction is the same in every step.", "beta^t, with t the step."),
            ),
            (path(weights=lambda beta: (beta, 1.0)), weigh),
            (path(weights=lambda beta: (1 - beta, beta)), weigh),
            (path(step=lambda m, v, c1, c2, eps: m / c1 / (np.sqrt(v) + eps)), half),
            (path(step=lambda m, v, c1, c2, eps: m / (np.sqrt(v / c2) + eps)), half),
            (path(step=lambda m, v, c1, c2, eps: m / c1 / np.sqrt(v / c2 + eps)), eps),
            (path(step=lambda m, v, c1, c2, eps: m / c1 / np.sqrt(v / c2)), eps),
            (path(step=lambda m, v, c1, c2, eps: m / c1 * c2**0.5 / (np.sqrt(v) + eps)), eps),
            (
                path(step=lambda m, v, c1, c2, eps: m / c1 / (v / c2 + eps)),
                Hint("the root is missing.", "v is a mean of squares; m is none."),
            ),
            (swapped, Hint("beta1 and beta2 are swapped.", "beta1 belongs to m, beta2 to v.")),
            (
                path(square=lambda g: g),
                Hint("v is a mean of gradients.", "It should be one of their squares."),
            ),
            (path(shared=True), SHARED),
            (
                path(keeps=True),
                Hint(
                    "the corrected means go into the next step.",
                    "Correct a copy for the step; m and v themselves stay as they are.",
                ),
            ),
            (path(step=lambda m, v, c1, c2, eps: -m / c1 / (np.sqrt(v / c2) + eps)), UPHILL),
            (path(step=lambda m, v, c1, c2, eps: 0 * m), UNMOVED),
            (adam_path(at_one_rate(inputs)), RATE),
            (only_first(inputs, path()), FIRST),
        ]
    return judge_walk(inputs, outputs, path(), slips)


# --- objective_gradient ---------------------------------------------------------------------------

THETA = ("W1", "b1", "W2", "b2")


def case_objective(seed: int) -> Values:
    """A net, some samples. The first sample is 0 and meets a bias of 0: a hidden unit at its kink.

    On an odd seed all sizes are equal, so that a transposed weight goes unnoticed.
    """
    random = np.random.default_rng(seed)
    n_in, hidden, n_out = random.permutation([2, 3, 4]) if seed % 2 == 0 else (3, 3, 3)
    shapes = [(hidden, n_in), (hidden,), (n_out, hidden), (n_out,)]
    theta = [random.normal(size=shape) for shape in shapes]
    X, Y = random.normal(size=(6, n_in)), random.normal(size=(6, n_out))
    X[0], theta[1][0] = 0, 0
    return {"theta": theta, "X": X, "Y": Y}


def forward(theta: Sequence[np.ndarray], X: np.ndarray) -> tuple[np.ndarray, ...]:
    W1, b1, W2, b2 = theta
    Z = X @ W1.T + b1
    H = np.maximum(Z, 0)
    return Z, H, H @ W2.T + b2


def gradients(
    theta: Sequence[np.ndarray],
    X: np.ndarray,
    Y: np.ndarray,
    factor: float = 2.0,
    gate: Callable[..., Any] = lambda Z, dH, X: Z > 0,
    back: Callable[[np.ndarray], np.ndarray] = lambda W: W,
    rectified: bool = True,
) -> list[np.ndarray]:
    """The objective's, or those that a slip gives; dC/dOut is `factor` (Out - Y) / samples."""
    Z, H, out = forward(theta, X)
    d = factor * (out - Y) / len(X)
    dH = d @ back(theta[2])
    dZ = dH * gate(Z, dH, X)
    return [dZ.T @ X, dZ.sum(axis=0), d.T @ (H if rectified else Z), d.sum(axis=0)]


def judge_objective(inputs: Values, outputs: Values) -> Hint | None:
    theta, X, Y = inputs["theta"], inputs["X"], inputs["Y"]
    got, names = outputs["gradients"], [f"dL/d{name}" for name in THETA]
    if not isinstance(got, list | tuple) or len(got) != len(names):
        found = f"{len(got)} things" if isinstance(got, list | tuple) else "something else"
        return Hint(f"return four arrays, {', '.join(names)}; yours returns {found}.")

    def slip(**options: Any) -> Path:
        return [gradients(theta, X, Y, **options)]

    gate = Hint(
        "the ReLU lets through what it should stop, or stops what it should let through.",
        "On the way back it is open where its input was above 0, and shut everywhere else.",
    )
    slips = [
        (
            slip(factor=2 * len(Y)),
            Hint("the gradients of the samples are added up.", "L is a mean over the samples."),
        ),
        (
            slip(factor=2 / Y.shape[1]),
            Hint("you divide by too much.", "C is a sum over the outputs; only L is a mean."),
        ),
        (slip(factor=1), Hint("a factor is missing.", "What is the derivative of a square?")),
        (slip(factor=-2), Hint("the sign is wrong.", "C grows with Out - Y.")),
        (
            slip(gate=lambda Z, dH, X: Z >= 0),
            Hint(
                "the kink: where ReLU's input is 0, its slope is 0.",
                "Its slope jumps there. Which side does yours take?",
            ),
        ),
        (slip(gate=lambda Z, dH, X: 1), gate),
        (slip(gate=lambda Z, dH, X: dH > 0), gate),
        (
            slip(rectified=False),
            Hint("dL/dW2 is wrong.", "What went into the second Linear had been through the ReLU."),
        ),
    ]
    if len({*X.shape[1:], *Y.shape[1:], *theta[1].shape}) == 1:  # else these stop with an error
        slips += [
            (
                slip(gate=lambda Z, dH, X: X > 0),
                Hint("the ReLU looks at X.", "Its own input is what the first Linear gave."),
            ),
            (
                slip(back=np.transpose),
                Hint("W2 is the wrong way round.", "dL/dOut . W2 has the shape of the ReLU's Out."),
            ),
        ]
    hint = off_path(names, [got], [gradients(theta, X, Y)], slips, told="{}")
    given = dict(zip((*THETA, "X", "Y"), (*theta, X, Y), strict=True))
    after = (*outputs["theta"], outputs["X"], outputs["Y"])
    for (name, array), now in zip(given.items(), after, strict=True):
        hint = hint or unchanged(name, now, array)
    return hint


# --- train ----------------------------------------------------------------------------------------


def case_train(seed: int) -> Values:
    """Four batches for a net, and a rate."""
    random = np.random.default_rng(seed)
    case = case_objective(2 * seed)
    (n_in,), (n_out,) = case["X"].shape[1:], case["Y"].shape[1:]
    X, Y = random.normal(size=(4, 6, n_in)), random.normal(size=(4, 6, n_out))
    return {"theta": case["theta"], "X": X, "Y": Y, "lr": float(random.uniform(0.01, 0.03))}


def training(
    inputs: Values, uncleared: Collection[int] = (), moves: bool = True
) -> tuple[Path, list[float], list[float]]:
    """The parameters after each step; the loss on each batch before the step, and after it.

    uncleared: the places in theta of the gradients that are never cleared.
    """
    theta, path, before, after = inputs["theta"], [], [], []
    old = [np.zeros_like(array) for array in theta]
    for X, Y in zip(inputs["X"], inputs["Y"], strict=True):
        before.append(objective(theta, X, Y))
        new = gradients(theta, X, Y)
        old = [g + o * (i in uncleared) for i, (g, o) in enumerate(zip(new, old, strict=True))]
        theta = [p - moves * inputs["lr"] * g for p, g in zip(theta, old, strict=True)]
        after.append(objective(theta, X, Y))
        path.append(theta)
    return path, before, after


def objective(theta: Sequence[np.ndarray], X: np.ndarray, Y: np.ndarray) -> float:
    return float(np.sum((forward(theta, X)[-1] - Y) ** 2) / len(X))


def judge_train(inputs: Values, outputs: Values) -> Hint | None:
    path, before, after = training(inputs)
    some = Hint("some of the gradients are cleared and others are not.")
    slips = [
        (
            training(inputs, uncleared=range(4))[0],
            Hint(
                "the steps use gradients of batches that are long gone.",
                "backward() adds to what is in p.grad. When is it emptied?",
            ),
        ),
        *((training(inputs, left)[0], some) for left in ((0, 2), (1, 3), (0, 1), (2, 3))),
        (training(inputs, moves=False)[0], Hint("the net never changes.", "Who takes the step?")),
        (
            [path[0] for _ in path],
            Hint("only the first batch is used.", "Is `return` inside the loop?"),
        ),
    ]
    hint = off_path(THETA, outputs["path"], path, slips)
    if hint:
        return hint
    losses = outputs["losses"]
    if isinstance(losses, list | tuple):
        if not all(map(is_number, losses)):
            return Hint("the losses should be plain numbers.", "loss.item() is one.")
        losses = np.array(losses)
    if np.shape(losses) != np.shape(before) and isinstance(losses, np.ndarray):
        found = f"{losses.size} for {len(before)} batches"
        return Hint(f"return a list with one loss for each batch; yours has {found}.")
    late = Hint("these are losses after the step.", "Of each batch, the one before it.")
    return same("the list of losses", losses, np.array(before), [(np.array(after), late)])


def is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "biuf"
    return isinstance(value, int | float)


# --- LargestRate ----------------------------------------------------------------------------------


def case_bowl(seed: int) -> Values:
    """Curvatures of any size. On the first seed there is no momentum: the familiar case."""
    random = np.random.default_rng(seed)
    shape = random.permutation([1, random.uniform(2, 9), 10])
    return {
        "curvatures": shape * 10 ** random.uniform(-2, 2),
        "momentum": 0.0 if seed == 1 else float(random.choice([0.6, 0.7, 0.8, 0.9])),
    }


def judge_bowl(inputs: Values, outputs: Values) -> Hint | None:
    """The measurement comes first: it is what the prediction can be compared with."""
    curvatures, mu = inputs["curvatures"], inputs["momentum"]
    measured, predicted = outputs["measured"], outputs["predicted"]
    flat, steep = curvatures.min(), curvatures.max()
    edge = 2 * (1 + mu) / steep
    hint = same("the measured rate", measured, edge, tolerance=0.005)  # of `edge`, twice: 1 %
    if hint:
        return off_edge(measured, edge) if is_number(measured) else hint
    turn = "At the edge, theta and v only change their sign from step to step. Put that into both."
    fast = Hint("at this rate descent is fast, and at a larger one it still comes down.", turn)
    flattest = Hint("another direction is lost first: the steepest.", "Which curvature is largest?")
    adds_up = Hint(
        "you let the velocity add up, and at the edge it cannot: the gradient turns every step.",
        turn,
    )
    slips = [
        (2 / steep, Hint("this is the edge without momentum; yours was measured with it.", turn)),
        (2 * (1 - mu) / steep, adds_up),
        (2 / (1 - mu) / steep, adds_up),
        *((rate, flattest) for rate in (2 / flat, 2 * (1 + mu) / flat)),
        *((rate, fast) for rate in (1 / steep, (1 + mu) / steep, 2 / (flat + steep))),
        (4 / (flat**0.5 + steep**0.5) ** 2, fast),
    ]
    if is_number(predicted):
        numbers = f"you predicted {float(predicted):.3g} and measured {float(measured):.3g}"
        slips.append((predicted, Hint(f"{numbers}: believe the measurement.", turn)))
    return same("the predicted rate", predicted, edge, slips)


def off_edge(measured: Any, edge: float) -> Hint:
    if abs(measured / edge - 1) < 0.05:
        return Hint(
            "the measured rate is close, but not within one percent.",
            "Between a rate that comes down and one that does not, try the middle.",
        )
    if measured < edge:
        return Hint(
            "the measured rate is too small: larger ones still come down.",
            "Do you search far enough? And with momentum the energy may climb for a while and "
            "still come down: compare the last one with the first.",
        )
    return Hint(
        "the measured rate is too large: the energy grows at it, or at smaller ones.",
        "Far beyond the edge it is inf or nan, and `nan > 1` is False. Start small.",
    )


TASKS = (
    Task(
        "SGD",
        "Momentum, as torch defines it",
        difficulty=1,
        minutes=15,
        rows=("L35",),
        points=2,
        forbids=("dlcore.optim.SGD",),
        inputs=walk,
        judge=judge_sgd,
    ),
    Task(
        "Adam",
        "Adam, with its corrections",
        difficulty=2,
        minutes=20,
        rows=("L35",),
        points=3,
        forbids=("dlcore.optim.Adam",),
        inputs=walk,
        judge=judge_adam,
    ),
    Task(
        "objective_gradient",
        "The gradient of the objective, by hand",
        difficulty=2,
        minutes=20,
        rows=("L33",),
        points=3,
        forbids=(
            "dlcore.nn.Linear",
            "dlcore.nn.ReLU",
            "dlcore.nn.SquaredDistance",
            "dlcore.Tensor.backward",
        ),
        inputs=case_objective,
        judge=judge_objective,
    ),
    Task(
        "train",
        "Find the bug",
        difficulty=1,
        minutes=10,
        rows=("L35",),
        points=2,
        inputs=case_train,
        judge=judge_train,
    ),
    Task(
        "LargestRate",
        "Predict, then measure: how large may the rate be?",
        difficulty=3,
        minutes=30,
        rows=("L35",),
        points=4,
        inputs=case_bowl,
        judge=judge_bowl,
    ),
)
