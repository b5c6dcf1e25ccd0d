"""Times of things that take turns, so that all meet the same noise, and their ratios."""

import gc
import time
from collections.abc import Callable, Mapping

import numpy as np

Times = dict[str, list[float]]  # seconds of each call


def interleaved(
    contestants: Mapping[str, Callable[[], object]], rounds: int = 40, block: float = 0.1
) -> Times:
    """Seconds of every call, the contestants taking turns of `block` seconds, in any order."""
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
    """The time that one call in ten stays under: other programs only ever add time."""
    return float(np.percentile(seconds, 10))


def ratio(times: Times, name: str, base: str) -> float:
    """How often the fastest calls of `base` fit into those of `name`."""
    return fastest(times[name]) / fastest(times[base])


def title(text: str) -> None:
    print(f"\n{text}")


def row(name: str, *cells: str) -> None:
    print("  " + "".join(f"{cell:<28}" for cell in (name, *cells)).rstrip())
