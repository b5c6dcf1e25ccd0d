"""What a training step holds at its peak, beside the sum of what its modules saved for bprop."""

import tracemalloc
from collections.abc import Callable

import numpy as np

from dlcore import nn
from dlcore.tensor import Tensor, tape

from .steps import tape_step
from .stopwatch import row, title
from .training import batch, convnet, mlp


def bench() -> None:
    title("Memory of a training step, batch 64 (MB)")
    row("", "parameters", "saved by the modules", "peak", "peak / saved")
    nets = {
        "MLP 784-500-10": (mlp(784, 500, 10), (64, 784)),
        "MLP, 8 hidden layers of 256": (mlp(784, *[256] * 8, 10), (64, 784)),
        "ConvNet 28 x 28": (convnet(28), (64, 1, 28, 28)),
    }
    for name, (net, shape) in nets.items():
        X, target = batch(shape)
        parameters = sum(p.data.nbytes for p in net.parameters())
        saved = saved_bytes(nn.NLLLoss()(net(X), target))
        step = tape_step(net, X, target)
        step()  # from now on every parameter has a gradient
        peak = peak_bytes(step)
        sizes = (f"{n / 1e6:.2f}" for n in (parameters, saved, peak))
        row(name, *sizes, f"{peak / saved:.1f}")


def saved_bytes(output: Tensor) -> int:
    """The sum of the arrays that the modules behind `output` keep, each memory counted once."""
    owners = {}
    for Y in tape(output):
        for value in vars(Y.module).values():
            if isinstance(value, np.ndarray):
                while isinstance(value.base, np.ndarray):
                    value = value.base
                owners[id(value)] = value
    return sum(array.nbytes for array in owners.values())


def peak_bytes(step: Callable[[], object]) -> int:
    """How much more than before is held at the worst moment of `step`."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak - before
