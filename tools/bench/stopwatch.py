"""Times of things that take turns, so that all meet the same noise, and their ratios.

Each runs in a process of its own: the threads of NumPy and those of torch, in one process, take
the cores from each other.
"""

import gc
import time
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np

Step = Callable[[], object]
Times = dict[str, list[list[float]]]  # seconds of each call, turn by turn
REST = 0.05  # seconds until the threads of the one before have stopped waiting for work


def interleaved(
    makers: Mapping[str, Callable[[], Step]], rounds: int = 40, block: float = 0.1
) -> Times:
    """Seconds of every call, turn by turn: the contestants take turns of `block` seconds.

    makers: for each contestant what makes its step, in the process in which the step then runs.
    A round is one turn of each, in any order.
    """
    rng, context = np.random.default_rng(0), get_context("spawn")
    pipes, processes = {}, []
    for name, maker in makers.items():
        pipes[name], other_end = context.Pipe()
        processes.append(context.Process(target=_take_turns, args=(maker, other_end), daemon=True))
        processes[-1].start()
        other_end.close()  # so that a contestant that dies is an EOFError here
        pipes[name].recv()  # it is ready
    times: Times = {name: [] for name in makers}
    for _ in range(rounds):
        for name in rng.permutation(list(makers)):
            time.sleep(REST)
            pipes[name].send(block)
            times[name].append(pipes[name].recv())
    for pipe, process in zip(pipes.values(), processes, strict=True):
        pipe.close()
        process.join()
    return times


def _take_turns(maker: Callable[[], Step], pipe: Connection) -> None:
    """One contestant: for each number of seconds that comes, the times of the calls begun in it."""
    step = maker()
    gc.disable()  # as timeit does
    pipe.send(None)
    while True:
        try:
            block = pipe.recv()
        except EOFError:
            return
        step()  # fills the caches with its own arrays
        seconds: list[float] = []
        now = time.perf_counter()
        end = now + block
        while not seconds or now < end:
            start = time.perf_counter()
            step()
            now = time.perf_counter()
            seconds.append(now - start)
        pipe.send(seconds)
        gc.collect()


def fastest(turns: list[list[float]]) -> float:
    """The time that one call in ten stays under: other programs only ever add time."""
    return float(np.percentile(np.concatenate(turns), 10))


def ratios(times: Times, name: str, base: str) -> np.ndarray:
    """How often the usual call of `base` fits into that of `name`: one number a round."""
    pairs = zip(times[name], times[base], strict=True)
    return np.array([np.median(mine) / np.median(theirs) for mine, theirs in pairs])


def written(numbers: np.ndarray) -> str:
    """The median, and between which two numbers the middle half lies."""
    low, middle, high = np.percentile(numbers, (25, 50, 75))
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def title(text: str) -> None:
    print(f"\n{text}", flush=True)


def row(name: str, *cells: str) -> None:
    print("  " + "".join(f"{cell:<28}" for cell in (name, *cells)).rstrip(), flush=True)
