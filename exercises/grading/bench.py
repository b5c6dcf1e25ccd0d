"""How long it takes to grade a class: copies of a set's exercise, every task right in each.

python -m exercises.grading.bench ch14_training [--copies 300] [--jobs 2] [--minutes 10]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat

from ..task import load
from . import grade


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the copies and print the time; 0 if it is within the minutes, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", help="the name of a set")
    parser.add_argument("--copies", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args(arguments)
    solution = nbformat.read(load(options.set).folder / "solution.ipynb", as_version=4)
    solution.cells = [c for c in solution.cells if "solution" not in c.metadata.get("tags", [])]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.copies):
            nbformat.write(solution, Path(folder, f"student{number}.ipynb"))
        with tempfile.TemporaryDirectory() as out:
            command = ["--set", options.set, "--submissions", folder, "--out", out]
            start = time.monotonic()
            failed = grade.main([*command, "--jobs", str(options.jobs)])
            minutes = (time.monotonic() - start) / 60
    print(
        f"{options.copies} notebooks in {minutes:.1f} minutes, {options.jobs} at a time: "
        f"{60 * minutes / options.copies:.2f} s each (allowed: {options.minutes:g} minutes)"
    )
    return 1 if failed or minutes > options.minutes else 0


if __name__ == "__main__":
    sys.exit(main())
