"""The checks, checked: a planted slip must be found and get its own hint, a right answer must pass.

    python -m exercises.writing.trial                  a table for every set
    python -m exercises.writing.trial ch14_training    for one

A set's mutants.py holds both; planted.py says how.
"""

import argparse
import sys
from collections.abc import Sequence

from ..check import examine
from ..hints import Hint
from ..task import TaskSet, load, names
from .planted import Planted, planted


def told(task_set: TaskSet, plant: Planted) -> Hint | None:
    """What a student with this answer reads in the notebook; None if it passes there.

    A right answer is tried on the hidden seeds, too.
    """
    (task,) = (task for task in task_set.tasks if task.name == plant.task)
    seeds = task.public + (task.hidden if plant.hint is None else ())
    return examine(task_set, task, plant.answer, seeds)


def fault(plant: Planted, hint: Hint | None) -> str:
    """What is wrong about telling this to that answer; empty if nothing is."""
    if plant.hint is None:
        return f"a right answer is rejected: {hint.says}" if hint else ""
    if hint is None:
        return "a wrong answer passes"
    return "" if plant.hint in hint.says else f"expected {plant.hint!r}, told {hint.says!r}"


def report(task_set: TaskSet) -> tuple[list[str], bool]:
    """The lines of a table, a row a task, then the faults; and whether there are none."""
    tried = [(plant, told(task_set, plant)) for plant in planted(task_set)]
    width = max(len(task.name) for task in task_set.tasks)
    head = ["mutants", "rejected", "with their hint", "equivalents", "accepted"]
    lines = [f"{task_set.name}".ljust(width) + "".join(f"  {title}" for title in head)]
    for task in task_set.tasks:
        wrong = [(p, h) for p, h in tried if p.task == task.name and p.hint is not None]
        right = [(p, h) for p, h in tried if p.task == task.name and p.hint is None]
        counts = [
            len(wrong),
            sum(hint is not None for _, hint in wrong),
            sum(not fault(plant, hint) for plant, hint in wrong),
            len(right),
            sum(hint is None for _, hint in right),
        ]
        cells = (f"  {n:{len(title)}}" for n, title in zip(counts, head, strict=True))
        lines.append(task.name.ljust(width) + "".join(cells))
    faults = [f"{p.task}, {p.name}: {fault(p, hint)}" for p, hint in tried if fault(p, hint)]
    return lines + faults, not faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 0 if every check is right about every planted answer, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", help="names of sets (default: all of the book's)")
    good = True
    for name in parser.parse_args(arguments).sets or names():
        lines, faultless = report(load(name))
        print("\n".join(lines), end="\n\n")
        good &= faultless
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
