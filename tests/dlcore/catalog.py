"""Every module of dlcore.nn: how to make it, what to feed it, and what torch calls the same.

Whoever adds a module adds its cases here, and `test_rules.py` checks it against all the rules. An
optimizer has its options at the end.
"""

import inspect
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from hypothesis import settings

import dlcore
from dlcore import nn

# Chosen anew by nobody: the same examples in every run.
properties = settings(deadline=None, derandomize=True, max_examples=60)


@dataclass(frozen=True)
class Case:
    """A module and its inputs.

    make     the module, from the package: `dlcore`, or `torch` where both have it
    shapes   of the float inputs, drawn away from kinks and ties
    target   the class numbers of a cost, if it needs some
    twin     for what torch has under no such name: the module made of torch, as a function
    rounded  whether what it compares are rounded sums: then equal inputs make no tie, but zeros do
    """

    name: str
    make: Callable
    shapes: tuple
    target: object = None
    twin: Callable | None = None
    rounded: bool = False

    def inputs(self, seed=0, dtype=np.float64):
        rng = np.random.default_rng(seed)
        arrays = [rng.permutation(_spread(shape, rng)).reshape(shape) for shape in self.shapes]
        arrays = [X.astype(dtype) for X in arrays]
        return arrays if self.target is None else [*arrays, np.array(self.target)]

    def at_kinks(self, dtype=np.float64):
        """Inputs where a gradient may be a matter of convention, one after the other.

        A kink lies at 0, at a small number or at an option; a tie is between any two that are
        equal. So the inputs are the same number everywhere, then some numbers, each many times,
        then these with every input equal to the first.
        """
        rng = np.random.default_rng(4)
        options = [n for _, m in self.module().named_modules() for n in _real_options(m)]
        kinks = sorted({sign * n for n in (0, 0.5, 1, 2, 3, 6, *options) for sign in (-1, 1)})
        same = [0] if self.rounded else kinks
        draws = [[np.full(shape, n) for shape in self.shapes] for n in same]
        for _ in range(20):
            some = [0, *rng.choice(kinks, rng.integers(1, 5))]
            draws.append([rng.choice(some, shape) for shape in self.shapes])
            draws.append([draws[-1][0]] * len(self.shapes))
        for arrays in draws:
            arrays = [X.astype(dtype) for X in arrays]
            yield arrays if self.target is None else [*arrays, np.array(self.target)]

    def module(self, dtype=np.float64, seed=0):
        dlcore.manual_seed(seed)
        module = self.make(dlcore)
        return module.double() if dtype == np.float64 else module.float()

    def torch_module(self, torch):
        return self.twin(torch) if self.twin else self.make(torch)


def _spread(shape, rng):
    """As many numbers around 0, no two of them equal, none closer to 0 than 0.02."""
    size = int(np.prod(shape))
    return (np.arange(size) - (size - 1) / 2 + rng.uniform(0.1, 0.4, size)) * 3 / max(size, 1)


def _real_options(module):
    """The options of a module that are real numbers, by the types in its constructor."""
    options = inspect.signature(type(module)).parameters.values()
    names = [p.name for p in options if p.annotation in ("float", "float | None")]
    return [vars(module)[name] for name in names if vars(module).get(name) is not None]


class Residual(nn.Module):
    """A composite with a fan-out, a list of modules and one module that is called twice."""

    def __init__(self):
        self.layers = [nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4)]
        self.add = nn.Add()

    def forward(self, X):
        first, tanh, second = self.layers
        for _ in range(2):
            X = self.add(X, second(tanh(first(X))))
        return X


def torch_residual(torch):
    class TorchResidual(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = torch.nn.ModuleList(
                [torch.nn.Linear(4, 4), torch.nn.Tanh(), torch.nn.Linear(4, 4)]
            )

        def forward(self, X):
            first, tanh, second = self.layers
            for _ in range(2):
                X = X + second(tanh(first(X)))
            return X

    return TorchResidual()


def squared_distance(torch):
    return lambda X1, X2: ((X1 - X2) ** 2).sum() / (len(X1) if X1.ndim > 1 else 1)


def contrastive(torch):
    def cost(X1, X2, target):
        D = torch.linalg.vector_norm(X1 - X2, dim=-1)
        return torch.where(target == 1, torch.relu(4 - D) ** 2 / 2, D**2 / 2).mean()

    return cost


def gaussian_mean(torch, X, size, sigma):
    """The mean over a Gaussian window and all features, as one matrix from pixels to pixels."""
    rows, columns = torch.meshgrid(*map(torch.arange, X.shape[-2:]), indexing="ij")
    pixels = torch.stack([rows.flatten(), columns.flatten()], dim=1)
    apart = pixels[:, None] - pixels
    w = torch.exp(-(apart**2).sum(-1).to(X) / (2 * sigma**2)) * (apart.abs().amax(-1) <= size // 2)
    M = X.mean(-3, keepdim=True).flatten(-2) @ (w / w.sum(1, keepdim=True)).T.to(X)
    return M.unflatten(-1, X.shape[-2:])


def subtractive(torch, size, sigma):
    return lambda X: X - gaussian_mean(torch, X, size, sigma)


def divisive(torch, size, sigma):
    def norm(X):
        S = gaussian_mean(torch, X**2, size, sigma).sqrt()
        return X / torch.maximum(S, S.mean((-2, -1), keepdim=True))

    return norm


def log_prob(torch, b, kernel, stride, mean):
    def pool(X):
        windows = X.unfold(2, kernel, stride).unfold(3, kernel, stride).flatten(-2)
        Y = torch.logsumexp(b * windows, -1) / b
        return Y - np.log(kernel**2) / b if mean else Y

    return pool


def winner_take_all(torch, dim, k):
    def winners(X):
        won = torch.zeros_like(X, dtype=bool).scatter(dim, X.topk(k, dim).indices, True)
        return torch.where(won, X, 0)

    return winners


def torch_rbf(torch):
    class TorchRBF(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.centers = torch.nn.Parameter(torch.zeros(4, 3))

        def forward(self, X):
            return torch.exp(-0.3 * ((X[..., None, :] - self.centers) ** 2).sum(-1))

    return TorchRBF()


def whitening(**options):
    data = np.random.default_rng(3).standard_normal((20, 4)) @ np.diag([1, 2, 3, 4])
    return nn.Whitening(4, **options).fit(data.astype(np.float32))


def torch_whitening(torch, n_components=4):
    class TorchWhitening(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", torch.zeros(4))
            self.register_buffer("weight", torch.zeros(n_components, 4))

        def forward(self, X):
            return (X - self.mean) @ self.weight.T

    return TorchWhitening()


WEIGHT = [0.5, 2.0, 1.25]

CASES = [
    Case("linear", lambda t: t.nn.Linear(5, 4), ((3, 5),)),
    Case("linear-without-bias", lambda t: t.nn.Linear(5, 4, bias=False), ((3, 5),)),
    Case("linear-on-one-sample", lambda t: t.nn.Linear(5, 4), ((5,),)),
    Case("linear-on-sequences", lambda t: t.nn.Linear(5, 4), ((2, 3, 5),)),
    Case("relu", lambda t: t.nn.ReLU(), ((3, 4),)),
    Case("tanh", lambda t: t.nn.Tanh(), ((3, 4),)),
    Case("sigmoid", lambda t: t.nn.Sigmoid(), ((2, 3, 2),)),
    Case("softmax", lambda t: t.nn.Softmax(dim=1), ((3, 4),)),
    Case("softmax-along-the-first", lambda t: t.nn.Softmax(dim=0), ((3, 2, 2),)),
    Case("log-softmax", lambda t: t.nn.LogSoftmax(dim=-1), ((3, 4),)),
    Case("log-softmax-in-the-middle", lambda t: t.nn.LogSoftmax(dim=1), ((2, 3, 2),)),
    Case("flatten", lambda t: t.nn.Flatten(), ((2, 3, 2),)),
    Case("flatten-the-first-two", lambda t: t.nn.Flatten(0, 1), ((2, 3, 2),)),
    Case("view", lambda t: t.nn.View(2, -1), ((3, 4),), twin=lambda torch: lambda X: X.view(2, -1)),
    Case("add", lambda t: t.nn.Add(), ((3, 4), (3, 4)), twin=lambda torch: torch.add),
    Case("max", lambda t: t.nn.Max(), ((3, 4), (3, 4)), twin=lambda torch: torch.maximum),
    Case(
        "duplicate",
        lambda t: t.nn.Duplicate(3),
        ((3, 4),),
        twin=lambda torch: lambda X: (X.clone(), X.clone(), X.clone()),
    ),
    Case(
        "squared-distance",
        lambda t: t.nn.SquaredDistance(),
        ((3, 4), (3, 4)),
        twin=squared_distance,
    ),
    Case(
        "squared-distance-of-one-sample",
        lambda t: t.nn.SquaredDistance(),
        ((4,), (4,)),
        twin=squared_distance,
    ),
    Case("mse", lambda t: t.nn.MSELoss(), ((3, 4), (3, 4))),
    Case("mse-sum", lambda t: t.nn.MSELoss(reduction="sum"), ((3, 4), (3, 4))),
    Case("mse-none", lambda t: t.nn.MSELoss(reduction="none"), ((3, 4), (3, 4))),
    *(
        case
        for name in ("NLLLoss", "CrossEntropyLoss")
        for case in (
            Case(name, lambda t, n=name: getattr(t.nn, n)(), ((4, 3),), [2, 1, 0, 1]),
            Case(
                f"{name}-sum",
                lambda t, n=name: getattr(t.nn, n)(reduction="sum"),
                ((4, 3),),
                [2, 1, 0, 1],
            ),
            Case(
                f"{name}-none",
                lambda t, n=name: getattr(t.nn, n)(t.tensor(WEIGHT), reduction="none"),
                ((4, 3),),
                [2, 1, 0, 1],
            ),
            Case(
                f"{name}-weighted",
                lambda t, n=name: getattr(t.nn, n)(t.tensor(WEIGHT)),
                ((4, 3),),
                [2, 1, 0, 1],
            ),
            Case(
                f"{name}-ignoring-one",
                lambda t, n=name: getattr(t.nn, n)(t.tensor(WEIGHT), ignore_index=1),
                ((4, 3),),
                [2, 1, 0, 1],
            ),
            Case(
                f"{name}-of-pixels",
                lambda t, n=name: getattr(t.nn, n)(t.tensor(WEIGHT), ignore_index=-1),
                ((2, 3, 2, 2),),
                [[[0, 1], [2, -1]], [[1, 1], [0, 2]]],
            ),
            Case(f"{name}-of-one-sample", lambda t, n=name: getattr(t.nn, n)(), ((3,),), 2),
        )
    ),
    *(
        Case(
            f"cross-entropy-of-probabilities-{reduction}",
            lambda t, r=reduction: t.nn.CrossEntropyLoss(t.tensor(WEIGHT), reduction=r),
            (shape, shape),
        )
        for reduction, shape in (("mean", (4, 3)), ("sum", (3,)), ("none", (2, 3, 2, 2)))
    ),
    Case("hardtanh", lambda t: t.nn.Hardtanh(-0.5, 1), ((3, 4),)),
    Case("threshold", lambda t: t.nn.Threshold(0.7, -2), ((3, 4),)),
    Case("hardshrink", lambda t: t.nn.Hardshrink(0.7), ((3, 4),)),
    Case("softshrink", lambda t: t.nn.Softshrink(0.7), ((3, 4),)),
    Case("abs", lambda t: t.nn.Abs(), ((3, 4),), twin=lambda torch: torch.abs),
    Case("square", lambda t: t.nn.Square(), ((3, 4),), twin=lambda torch: torch.square),
    Case(
        "sqrt-of-square",
        lambda t: t.nn.Sequential(t.nn.Square(), t.nn.Sqrt()),
        ((3, 4),),
        twin=lambda torch: lambda X: torch.sqrt(X**2),
    ),
    Case(
        "winner-take-all",
        lambda t: t.nn.WinnerTakeAll(),
        ((2, 4, 2, 2),),
        twin=lambda torch: winner_take_all(torch, dim=1, k=1),
    ),
    Case(
        "two-winners-take-all",
        lambda t: t.nn.WinnerTakeAll(dim=-1, k=2),
        ((3, 5),),
        twin=lambda torch: winner_take_all(torch, dim=-1, k=2),
    ),
    Case("conv", lambda t: t.nn.Conv2d(2, 3, 3), ((2, 2, 4, 5),)),
    Case(
        "conv-with-strides",
        lambda t: t.nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(1, 0), bias=False),
        ((2, 2, 5, 4),),
    ),
    Case("conv-same", lambda t: t.nn.Conv2d(2, 2, (3, 5), padding="same"), ((2, 2, 3, 4),)),
    Case(
        "conv-in-groups",
        lambda t: t.nn.Conv2d(4, 6, 2, padding=1, dilation=2, groups=2),
        ((2, 4, 3, 3),),
    ),
    Case("max-pool", lambda t: t.nn.MaxPool2d(2), ((2, 2, 4, 5),)),
    Case(
        "max-pool-overlapping",
        lambda t: t.nn.MaxPool2d((3, 2), stride=(2, 1), padding=1, dilation=(1, 2)),
        ((2, 2, 5, 4),),
    ),
    Case("avg-pool", lambda t: t.nn.AvgPool2d((2, 3)), ((2, 2, 4, 5),)),
    Case(
        "avg-pool-without-the-border",
        lambda t: t.nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False),
        ((2, 2, 4, 5),),
    ),
    Case("lp-pool", lambda t: t.nn.LPPool2d(2, 2), ((2, 2, 4, 5),)),
    Case("lp-pool-overlapping", lambda t: t.nn.LPPool2d(4, (3, 2), stride=1), ((2, 2, 4, 3),)),
    Case(
        "log-prob-pool",
        lambda t: t.nn.LogProbPool2d(2, 2),
        ((2, 2, 4, 5),),
        twin=lambda torch: log_prob(torch, b=2, kernel=2, stride=2, mean=False),
    ),
    Case(
        "log-prob-pool-of-means",
        lambda t: t.nn.LogProbPool2d(0.5, 3, stride=1, mean=True),
        ((2, 2, 4, 5),),
        twin=lambda torch: log_prob(torch, b=0.5, kernel=3, stride=1, mean=True),
    ),
    Case(
        "feature-pool",
        lambda t: t.nn.FeaturePool(t.nn.MaxPool2d((2, 1))),
        ((2, 4, 2, 3),),
        twin=lambda torch: lambda X: X.unflatten(1, (2, 2)).amax(2),
    ),
    Case(
        "subtractive-norm",
        lambda t: t.nn.SubtractiveNorm(3),
        ((2, 2, 4, 5),),
        twin=lambda torch: subtractive(torch, 3, 0.75),
    ),
    Case(
        "divisive-norm",
        lambda t: t.nn.DivisiveNorm(3, sigma=2),
        ((2, 2, 4, 3),),
        twin=lambda torch: divisive(torch, 3, 2),
        rounded=True,
    ),
    Case(
        "local-contrast-norm",
        lambda t: t.nn.LocalContrastNorm(5),
        ((2, 3, 4, 3),),
        twin=lambda torch: lambda X: divisive(torch, 5, 1.25)(subtractive(torch, 5, 1.25)(X)),
    ),
    Case("rbf", lambda t: t.nn.RBF(3, 4, gamma=0.3), ((5, 3),), twin=torch_rbf),
    Case("whitening", lambda t: whitening(), ((3, 4),), twin=torch_whitening),
    Case(
        "whitening-to-two",
        lambda t: whitening(kind="pca", n_components=2),
        ((2, 3, 4),),
        twin=lambda torch: torch_whitening(torch, 2),
    ),
    Case(
        "contrastive",
        lambda t: t.nn.ContrastiveLoss(margin=4),
        ((4, 3), (4, 3)),
        [0, 1, 1, 0],
        twin=contrastive,
    ),
    Case(
        "sequential",
        lambda t: t.nn.Sequential(
            t.nn.Flatten(), t.nn.Sequential(t.nn.Linear(6, 5), t.nn.Tanh()), t.nn.Linear(5, 2)
        ),
        ((3, 2, 3),),
    ),
    Case("residual", lambda t: Residual(), ((3, 4),), twin=torch_residual),
]


def grid(**choices):
    """Every combination of the choices, as keyword arguments."""
    return [
        dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())
    ]


# Every optimizer, with the options that are compared with torch's.
OPTIMIZERS = {
    "SGD": [
        options
        for options in grid(
            momentum=[0.0, 0.9],
            dampening=[0.0, 0.3],
            weight_decay=[0.0, 0.1],
            nesterov=[False, True],
            maximize=[False, True],
        )
        if not (options["nesterov"] and (options["momentum"] == 0 or options["dampening"] != 0))
    ],
    "Adam": grid(
        betas=[(0.9, 0.999), (0.0, 0.5)],
        eps=[1e-8, 0.1],
        weight_decay=[0.0, 0.1],
        amsgrad=[False, True],
        maximize=[False, True],
    ),
}
