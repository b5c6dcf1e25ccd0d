"""What SGD and Adam share: their cases, and what goes wrong with any optimizer."""

import numpy as np

from exercises.slips import Slip, Told
from exercises.task import Values

MOVE = "p.data = p.data - "
SHARED = (
    "the parameters share what each should remember for itself.",
    "Keep a list with an entry for each. `[array] * n` is n times the same array.",
)


def walk(seed: int) -> Values:
    """Three parameters, two of them of one shape; for five steps, their gradients and the rate.

    On a seed divisible by 3 momentum, betas and eps are what the signature says.
    """
    random = np.random.default_rng(seed)
    rows, columns = random.permutation([2, 3, 4])[:2]
    dtype = [np.float64, np.float32][seed % 2]

    def draw() -> list[np.ndarray]:
        shapes = [(rows, columns), (rows, columns), (columns,)]
        return [random.normal(size=shape).astype(dtype) for shape in shapes]

    case: Values = {
        "params": draw(),
        "p.grad": [draw() for _ in range(5)],
        "rates": random.uniform(0.1, 0.5, size=5).tolist(),
        "momentum": float(random.uniform(0.5, 0.95)),
        "betas": (float(random.uniform(0.5, 0.8)), float(random.uniform(0.85, 0.99))),
        "eps": 0.05,  # so large that it shows where it stands
    }
    return case if seed % 3 else case | {"momentum": None, "betas": None, "eps": None}


def of_any_optimizer(keep: str, end: str) -> tuple[Slip, ...]:
    """Slips in how the parameters are moved.

    keep: the line of the right answer that keeps the rate. end: the end of its last line, which
    begins with MOVE and "self.lr".
    """
    return (
        Slip(
            "the steps go uphill.",
            (MOVE, "p.data = p.data + "),
            more="The gradient points to where the objective grows.",
        ),
        Slip(
            "the parameters never move.",
            (MOVE, "moved = p.data - "),
            more="Only an assignment to p.data moves a parameter.",
        ),
        Slip(
            "only the first parameter moves.",
            (end, f"{end}; return"),
            more="Is there a `return` inside the loop?",
        ),
        Slip(
            "the learning rate changed between two steps, and your steps did not.",
            (keep, f"{keep}; self.rate = lr", f"{MOVE}self.lr", f"{MOVE}self.rate"),
            more="Read self.lr in every step.",
        ),
        Slip(
            "the first step is not at the rate that the optimizer was made with.",
            (keep, f"{keep}; self.lr = 0.01"),
            more="What comes in as lr has to be kept.",
        ),
        Slip(
            "your code changes p.data, which somebody else may hold.",
            (MOVE, "p.data -= "),
            more="`p.data -= ...` writes into the old array. Make a new one.",
        ),
        Told("changes p.grad", (end, f"{end}; p.grad *= 2")),
        Told("changes p.grad", (end, f"{end}; p.grad = None")),
        Told("should be an array of shape", (end, f"{end}; p.data = p.data.mean()")),
        Told("has no attribute 'step'", ("def step", "def steps")),
    )
