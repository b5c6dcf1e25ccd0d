"""Measure dlcore against torch, the tape against modules by hand, and the import: `make bench`.

The contestants run in short blocks, in a new order each round, so that all meet the same noise.
Other programs only ever add time: ratios compare the fastest tenth of the calls. Nothing is
written.
"""

import os

# Before NumPy and torch, which read them when they are imported.
os.environ["OMP_NUM_THREADS"] = "2"
os.environ["OPENBLAS_NUM_THREADS"] = "2"
os.environ["MKL_NUM_THREADS"] = "2"

import gc
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch

import dlcore
from dlcore import nn, optim

Times = dict[str, list[float]]  # seconds of each call

BATCH, SIZES, RATE = 64, (784, 500, 10), 0.01


def main() -> None:
    print(f"NumPy {np.__version__}, torch {torch.__version__}, 2 threads\n")
    bench_mlp()
    bench_import()


def bench_mlp() -> None:
    """One training step: forward, negative log-likelihood, backward, SGD."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((BATCH, SIZES[0]), dtype=np.float32)
    target = rng.integers(0, SIZES[-1], BATCH)
    steps = {
        "torch": torch_step(X, target),
        "dlcore, tape": tape_step(X, target),
        "dlcore, by hand": by_hand_step(X, target),
    }
    losses = [[step() for _ in range(5)] for step in steps.values()]
    np.testing.assert_allclose(losses, losses[:1] * len(steps), rtol=1e-4)  # the same computation
    times = interleaved({**steps, "matrix products": products_step(X)})

    print(f"MLP {'-'.join(map(str, SIZES))}, batch {BATCH}, one training step")
    for name, seconds in times.items():
        fast, usual = 1e3 * fastest(seconds), 1e3 * np.median(seconds)
        row(name, f"{fast:.2f} ms (median {usual:.2f})", ratio(times, name, "torch"))
    print()
    row("the tape", ratio(times, "dlcore, tape", "torch"), "aim: at most 0.95")
    row("the tape", ratio(times, "dlcore, tape", "dlcore, by hand"), "aim: at most 1.10")
    row("the tape", ratio(times, "dlcore, tape", "matrix products"))
    print()


def layers() -> nn.Sequential:
    """The same net each time."""
    dlcore.manual_seed(0)
    first, second = (nn.Linear(a, b) for a, b in pairwise(SIZES))
    return nn.Sequential(first, nn.ReLU(), second, nn.LogSoftmax(dim=1))


def torch_step(X: np.ndarray, target: np.ndarray) -> Callable[[], float]:
    first, second = (torch.nn.Linear(a, b) for a, b in pairwise(SIZES))
    net = torch.nn.Sequential(first, torch.nn.ReLU(), second, torch.nn.LogSoftmax(dim=1))
    state = layers().state_dict()
    net.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    cost, optimizer = torch.nn.NLLLoss(), torch.optim.SGD(net.parameters(), lr=RATE)
    x, t = torch.from_numpy(X), torch.from_numpy(target)

    def step() -> float:
        optimizer.zero_grad()
        loss = cost(net(x), t)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def tape_step(X: np.ndarray, target: np.ndarray) -> Callable[[], float]:
    net, cost = layers(), nn.NLLLoss()
    optimizer = optim.SGD(net.parameters(), lr=RATE)

    def step() -> float:
        optimizer.zero_grad()
        loss = cost(net(X), target)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def by_hand_step(X: np.ndarray, target: np.ndarray) -> Callable[[], float]:
    net, cost = layers(), nn.NLLLoss()
    net[0].needs_input_grad = (False,)  # X is raw data: the tape knows, by hand one says so
    optimizer = optim.SGD(net.parameters(), lr=RATE)

    def step() -> float:
        optimizer.zero_grad()
        loss = cost.fprop(net.fprop(X), target)
        dE_dX, _ = cost.bprop()
        net.bprop(dE_dX)
        optimizer.step()
        return loss.item()

    return step


def products_step(X: np.ndarray) -> Callable[[], None]:
    """The five matrix products of a step, into arrays made once: the floor for NumPy."""
    W1, W2 = (p.data for p in layers().parameters() if p.ndim == 2)
    H = X @ W1.T
    Y = H @ W2.T
    dE_dH, dE_dW1, dE_dW2 = np.empty_like(H), np.empty_like(W1), np.empty_like(W2)

    def step() -> None:
        np.matmul(X, W1.T, out=H)
        np.matmul(H, W2.T, out=Y)
        np.matmul(Y.T, H, out=dE_dW2)
        np.matmul(Y, W2, out=dE_dH)
        np.matmul(dE_dH.T, X, out=dE_dW1)

    return step


def bench_import() -> None:
    """`import dlcore` in a fresh interpreter; NumPy's part of it is no fault of ours."""
    packages = ("dlcore", "numpy")
    times = {name: [import_seconds(name) for _ in range(9)] for name in packages}
    print("Import, in a fresh interpreter")
    row("dlcore", f"{np.median(times['dlcore']):.3f} s", "aim: under 0.25 s")
    row("NumPy alone", f"{np.median(times['numpy']):.3f} s")


def import_seconds(name: str) -> float:
    code = f"import time; t = time.perf_counter(); import {name}; print(time.perf_counter() - t)"
    return float(subprocess.check_output([sys.executable, "-c", code]))


def interleaved(
    contestants: dict[str, Callable[[], object]], rounds: int = 40, block: float = 0.1
) -> Times:
    """Seconds of every call, the contestants taking turns of `block` seconds."""
    rng = np.random.default_rng(0)
    times: Times = {name: [] for name in contestants}
    gc.disable()  # as timeit does
    for _ in range(rounds):
        for name in rng.permutation(list(contestants)):
            contestants[name]()  # fills the caches with its own arrays
            end = time.perf_counter() + block
            while (start := time.perf_counter()) < end:
                contestants[name]()
                times[name].append(time.perf_counter() - start)
        gc.collect()
    gc.enable()
    return times


def fastest(seconds: list[float]) -> float:
    """The time that one call in ten stays under."""
    return float(np.percentile(seconds, 10))


def ratio(times: Times, name: str, base: str) -> str:
    return f"{fastest(times[name]) / fastest(times[base]):.2f} of {base}"


def row(name: str, *cells: str) -> None:
    print("  " + "".join(f"{cell:<28}" for cell in (name, *cells)).rstrip())


if __name__ == "__main__":
    main()
