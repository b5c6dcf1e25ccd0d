"""The checks, checked: each slip must be found and get its own hint, a right answer must pass.

    python -m exercises.writing.trial                  a table for every set
    python -m exercises.writing.trial ch14_training    for one

A slip, a stranger and an equivalent stand beside the right answer of their task (slips.py).
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..check import examine
from ..hints import Hint
from ..slips import PLACE, Answer, planted, slipped
from ..task import Task, load, names

SLIP, STRANGER, EQUIVALENT = "slip", "stranger", "equivalent"


@dataclass(frozen=True)
class Attempt:
    """An answer to try a check on. kind: one of the three. says: a part of what it must be told.

    broken: why it cannot be made from the right answer.
    """

    task: Task
    kind: str
    name: str
    answer: Answer
    says: str
    broken: str = ""

    def told(self) -> Hint | None:
        """What a student with this answer reads in the notebook; None if it passes there.

        A right answer is tried on the hidden seeds, too.
        """
        more = self.task.hidden if self.kind == EQUIVALENT else ()
        return examine(self.task, self.answer, self.task.public + more)

    def fault(self, hint: Hint | None) -> str:
        """What is wrong about telling this to that answer; empty if nothing is."""
        if self.broken:
            return self.broken
        if self.kind == EQUIVALENT:
            return f"a right answer is rejected: {hint.says}" if hint else ""
        if hint is None:
            return "a wrong answer passes"
        wanted = ".*".join(map(re.escape, PLACE.sub("\0", self.says).split("\0")))
        return "" if re.search(wanted, hint.says) else f"expected {self.says!r}, told {hint.says!r}"


def attempts(task: Task) -> Iterator[Attempt]:
    """All that a task's file has to try its check on."""
    for slip in task.slips:
        for change in slip.changes:
            name = f"{change[0]} -> {change[1]}"
            try:
                yield Attempt(task, SLIP, name, slipped(task.right, change), slip.says)
            except (ValueError, SyntaxError) as error:
                yield Attempt(task, SLIP, name, task.right, slip.says, str(error))
    for plant in planted(task.right):
        kind = EQUIVALENT if plant.says is None else STRANGER
        yield Attempt(task, kind, plant.answer.__name__, plant.answer, plant.says or "")


def report(tasks: Sequence[Task], title: str = "") -> tuple[list[str], bool]:
    """The lines of a table, a row a task, then the faults; and whether there are none."""
    width = max(len(name) for name in [title, *(task.name for task in tasks)])
    head = ["slips", "with their hint", "strangers", "with theirs", "equivalents", "accepted"]
    lines = [title.ljust(width) + "".join(f"  {name}" for name in head)]
    faults = []
    for task in tasks:
        counts = []
        tried = [(each, each.fault(each.told())) for each in attempts(task)]
        for kind in (SLIP, STRANGER, EQUIVALENT):
            of_kind = [fault for each, fault in tried if each.kind == kind]
            counts += [len(of_kind), of_kind.count("")]
        cells = (f"  {n:{len(name)}}" for n, name in zip(counts, head, strict=True))
        lines.append(task.name.ljust(width) + "".join(cells))
        faults += [
            f"{task.name}, {each.kind} {each.name!r}: {fault}" for each, fault in tried if fault
        ]
    return lines + faults, not faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 0 if every check is right about every answer, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", help="names of sets (default: all of the book's)")
    good = True
    for name in parser.parse_args(arguments).sets or names():
        lines, faultless = report(load(name).tasks, name)
        print("\n".join(lines), end="\n\n")
        good &= faultless
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
