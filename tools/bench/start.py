"""`import dlcore` in a fresh interpreter; NumPy's part of it is no fault of ours."""

import subprocess
import sys

import numpy as np

from .stopwatch import row, title


def bench() -> None:
    times = {name: [seconds(name) for _ in range(9)] for name in ("dlcore", "numpy")}
    title("Import, in a fresh interpreter (the median of 9)")
    row("dlcore", f"{np.median(times['dlcore']):.3f} s", "aim: under 0.25 s")
    row("NumPy alone", f"{np.median(times['numpy']):.3f} s")


def seconds(name: str) -> float:
    code = f"import time; t = time.perf_counter(); import {name}; print(time.perf_counter() - t)"
    return float(subprocess.check_output([sys.executable, "-c", code]))
