"""How the cost of a training step grows with depth, width, batch and image size."""

from collections.abc import Callable
from functools import partial

from dlcore import nn

from .steps import products_step, tape_step, torch_step
from .stopwatch import Step, fastest, interleaved, row, title
from .training import batch, convnet, mlp


def bench() -> None:
    table("Depth: hidden layers of 256, batch 64", [
        (f"{k} hidden", mlp(784, *[256] * k, 10), (64, 784)) for k in (1, 2, 4, 8, 16)
    ])  # fmt: skip
    table("Width: one hidden layer, batch 64", [
        (f"{n} wide", mlp(784, n, 10), (64, 784)) for n in (64, 256, 1024, 4096)
    ])  # fmt: skip
    table("Batch: MLP 784-500-10", [
        (f"batch {n}", mlp(784, 500, 10), (n, 784)) for n in (1, 8, 64, 512)
    ])  # fmt: skip
    table("Image size: ConvNet 16c5-p2-32c5-p2-10, batch 16", [
        (f"{n} x {n}", convnet(n), (16, 1, n, n)) for n in (16, 28, 56, 112)
    ])  # fmt: skip


def table(name: str, nets: list[tuple[str, nn.Sequential, tuple[int, ...]]]) -> None:
    title(f"{name} (ms, the fastest tenth)")
    row("", "dlcore, tape", "torch", "matrix products")
    for label, net, shape in nets:
        X, target = batch(shape)
        makers: dict[str, Callable[[], Step]] = {
            "tape": partial(tape_step, net, X, target),
            "torch": partial(torch_step, net, X, target),
            "products": partial(products_step, net, X),
        }
        times = interleaved(makers, rounds=8)
        row(label, *(f"{1e3 * fastest(turns):.2f}" for turns in times.values()))
