"""A training step of two nets: dlcore through the tape and by hand, torch, the bare products."""

from functools import partial
from itertools import pairwise

import numpy as np

import dlcore
from dlcore import nn

from .steps import by_hand_step, products_step, tape_step, torch_step
from .stopwatch import fastest, interleaved, ratios, row, title, written

TAPE, BY_HAND, PRODUCTS = "dlcore, tape", "dlcore, by hand", "matrix products"


def bench() -> None:
    compare("MLP 784-500-10, batch 64", mlp(784, 500, 10), (64, 784), aim=0.95)
    compare("ConvNet 16c5-p2-32c5-p2-10, batch 64", convnet(28), (64, 1, 28, 28), aim=1.6)


def mlp(*sizes: int) -> nn.Sequential:
    """Linear layers with ReLU between them, then LogSoftmax; the same weights each time."""
    dlcore.manual_seed(0)
    modules: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        modules += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*modules[:-1], nn.LogSoftmax(dim=1))


def convnet(size: int) -> nn.Sequential:
    """Two stages of filters, rectification and pooling over images of size x size, and a Linear."""
    dlcore.manual_seed(0)
    conv, relu, pool = partial(nn.Conv2d, kernel_size=5), nn.ReLU, partial(nn.MaxPool2d, 2)
    last = ((size - 4) // 2 - 4) // 2
    stages = [conv(1, 16), relu(), pool(), conv(16, 32), relu(), pool()]
    return nn.Sequential(*stages, nn.Flatten(), nn.Linear(32 * last**2, 10), nn.LogSoftmax(dim=1))


def batch(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Random samples of this shape, and a class of ten for each."""
    rng = np.random.default_rng(0)
    return rng.standard_normal(shape, dtype=np.float32), rng.integers(0, 10, shape[0])


def compare(name: str, net: nn.Sequential, shape: tuple[int, ...], aim: float) -> None:
    X, target = batch(shape)
    ways = {"torch": torch_step, TAPE: tape_step, BY_HAND: by_hand_step}
    steps = [step(net, X, target) for step in ways.values()]
    losses = [[step() for _ in range(5)] for step in steps]
    np.testing.assert_allclose(losses, losses[:1] * len(steps), rtol=1e-4)  # the same computation
    makers = {way: partial(step, net, X, target) for way, step in ways.items()}
    times = interleaved({**makers, PRODUCTS: partial(products_step, net, X)})

    title(f"{name}, one training step: the fastest tenth, and how often the usual step of torch")
    row(f"fits into it: the median of {len(times[TAPE])} rounds (the middle half of them)")
    for way, turns in times.items():
        row(
            way,
            f"{1e3 * fastest(turns):.2f} ms",
            f"{written(ratios(times, way, 'torch'))} of torch",
        )
    row(f"The tape: aim at most {aim} of torch.")
    by_hand, products = (written(ratios(times, TAPE, base)) for base in (BY_HAND, PRODUCTS))
    row(f"It takes {by_hand} of by hand (aim: at most 1.10), {products} of the products.")
