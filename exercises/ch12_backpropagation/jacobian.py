"""A Jacobian, by wiggling."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

import dlcore as dl
from exercises.hints import Hint, close, compare
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """X, a vector, a float32 matrix or whole numbers, and a parabola of it; see drive.py."""
    random = np.random.default_rng(seed)
    small, middle, large = (int(n) for n in random.permutation([2, 3, 4]))
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
        "shape_out": shape_out,
        "h": float(random.uniform(0.001, 0.002)),
    }


def jacobian(function, X, h):
    columns = []
    for q in range(X.size):
        wiggle = np.zeros(X.shape)
        wiggle.flat[q] = h
        rise = function(X + wiggle) - function(X - wiggle)
        columns.append(np.ravel(rise) / (2 * h))
    return np.stack(columns, axis=1)


NEW = """wiggle = np.zeros(X.shape)
        wiggle.flat[q] = h
        rise = function(X + wiggle) - function(X - wiggle)
"""
IN_PLACE = """X.flat[q] += h
        ahead = np.array(function(X))
        X.flat[q] -= 2 * h
        rise = ahead - function(X)
"""
ALL = "return np.stack(columns, axis=1)"
AHEAD, BEHIND = ("- function(X - wiggle)", "- function(X)"), ("function(X + wiggle)", "function(X)")
VIEWS = IN_PLACE.replace("np.array(function(X))", "function(X)") + "        X.flat[q] += h\n"
START, FLOATS = "columns = []", "columns, X = [], np.array(X, dtype=np.float64)"

SLIPS = (
    Slip(
        "it is transposed: a row for each output, a column for each input.",
        ("axis=1", "axis=0"),
    ),
    Slip(
        "reshape does not transpose: it only cuts anew.",
        (ALL, "return np.stack(columns).reshape(len(columns[0]), -1)"),
    ),
    Slip(
        "these are slopes from X to one step ahead or behind.",
        (*AHEAD, "(2 * h)", "h"),
        (*BEHIND, "(2 * h)", "h"),
        more="On a parabola that is off, and the slope from a step behind to a step ahead is not.",
    ),
    Slip(
        "the differences are not divided by the step that was taken.",
        ("(2 * h)", "h"),
        (" / (2 * h)", ""),
        ("(2 * h)", "2 * h"),
        AHEAD,
        BEHIND,
        (*AHEAD, " / (2 * h)", ""),
        more="From X - h to X + h it is how far?",
    ),
    Slip(
        "a wiggle is still there when the next input is wiggled.",
        ("        wiggle = np.zeros(X.shape)\n", "", START, f"{START}; wiggle = np.zeros(X.shape)"),
        (NEW, IN_PLACE, START, FLOATS),
        more="When input q is wiggled, all the others are where they were.",
    ),
    Slip(
        "the entries of a matrix are not counted in C order.",
        ("wiggle.flat", "wiggle.T.flat"),
        ("np.ravel(rise)", "np.ravel(rise, 'F')"),
        ("wiggle.flat", "wiggle.T.flat", "np.ravel(rise)", "np.ravel(rise, 'F')"),
        (NEW, NEW.replace("zeros(X.shape)", "zeros_like(X, float)").replace("flat", "ravel('K')")),
        more="C order is row by row, as ravel and reshape do it, in and out, and however X lies in "
        "memory.",
    ),
    Slip(
        "X does not move by h.",
        ("zeros(X.shape)", "zeros_like(X)"),
        ("X + wiggle", "(X + wiggle).astype(np.float32)", "X - wiggle", "np.float32(X - wiggle)"),
        more="What are X and X + h stored as, if X holds whole numbers, or float32?",
    ),
    Slip(
        "float32 has too few digits: give a float64 array.",
        (ALL, f"{ALL}.astype(np.float32)"),
    ),
    Slip(
        "make it a matrix: a row for each output, a column for each input.",
        (ALL, f"{ALL}.reshape(*np.shape(function(X)), *X.shape)"),
        (ALL, f"{ALL}.ravel()"),
    ),
    Slip(
        "what the function gave is no longer what it was when the next value is taken.",
        (NEW, VIEWS, START, FLOATS),
        more="It may give a view of what it is handed, and that is wiggled again. Wiggle copies.",
    ),
    Told(
        "nearly", ("2 * h", "2e-10", "= h", "= 1e-10"), (*AHEAD, "2 * h", "1e-8", "= h", "= 1e-8")
    ),
    Told("changes X", (ALL, f"X += 1; {ALL}")),
    Told("yours is of type list", (ALL, "return columns")),
    Told("no attribute 'size'", (START, f"{START}; n_out = function(X).size")),
    Told("this function takes an array of shape", ("X + wiggle", "np.ravel(X + wiggle)")),
)


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    hint = compare(got, right, tolerance=1e-9)
    nearly = (
        isinstance(J := got["the Jacobian"], np.ndarray) and J.shape == right["the Jacobian"].shape
    )
    if hint and nearly and close(J, right["the Jacobian"], 1e-3):
        return Hint(
            "nearly. For a parabola the two-sided slope has no error but rounding.",
            "Is every step taken to both sides, in float64, and not too small?",
        )
    return hint


@stranger(jacobian, "it is transposed")
def a_row_for_each_input(function, X, h):
    X = X.astype(np.float64)
    rises = []
    for place in np.ndindex(X.shape):
        ahead, behind = X.copy(), X.copy()
        ahead[place] += h
        behind[place] -= h
        rises.append((function(ahead) - function(behind)) / 2 / h)
    return np.reshape(rises, (X.size, -1))


@stranger(jacobian, "changes X")
def writes_into_x(function, X, h):
    columns = []
    for q in np.ndindex(X.shape):
        X[q] += h
        ahead = function(X)
        X[q] -= 2 * h
        behind = function(X)
        X[q] += h
        columns.append(np.ravel(ahead - behind) / (2 * h))
    return np.stack(columns, axis=1)


@stranger(jacobian, "this task is to be done without dlcore.numerical_jacobian")
def somebody_elses(function, X, h):
    return dl.numerical_jacobian(function, X, h)


@equivalent(jacobian)
def entry_by_entry(function, X, h):
    X = np.array(X, dtype=np.float64)
    J = np.zeros((np.size(function(X)), X.size))
    for p, q in np.ndindex(J.shape):
        wiggle = np.zeros(X.size)
        wiggle[q] = h
        wiggle = wiggle.reshape(X.shape)
        J[p, q] = np.ravel(function(X + wiggle))[p] - np.ravel(function(X - wiggle))[p]
    return J / (2 * h)


@equivalent(jacobian)
def a_view_of_rows(function, X, h):
    wiggles = (h * np.eye(X.size)).reshape(-1, *X.shape)
    return np.array([np.ravel(function(X + w) - function(X - w)) / (2 * h) for w in wiggles]).T


@equivalent(jacobian)
def with_a_step_of_its_own(function, X, h):
    return jacobian(function, X, 1e-5)


@equivalent(jacobian)
def extrapolated(function, X, h):
    return (4 * jacobian(function, X, h / 2) - jacobian(function, X, h)) / 3


TASK = Task(
    jacobian,
    "A Jacobian, by wiggling",
    difficulty=1,
    minutes=15,
    rows=("L29",),
    points=2,
    inputs=case,
    returns="the Jacobian",
    slips=SLIPS,
    forbids=("dlcore.numerical_jacobian",),
    judge=judge,
    tolerance=1e-9,
)
