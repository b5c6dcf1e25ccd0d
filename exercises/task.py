"""What a task is, and where the tasks of a set are found."""

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from .hints import Hint
from .inside.attempt import Drive

Values = dict[str, Any]  # names, and what `inside.wire` carries: numbers, texts, arrays, lists
ROWS = {f"L{row:02}" for row in range(1, 42)}  # of the lecture


@dataclass(frozen=True)
class Task:
    """One thing to write, known by the name of the function or class that answers it.

    rows: of the lecture, L01 to L41. difficulty: 1 to 3.
    inputs: makes a case from a seed, the same one every time.
    judge: from a case's inputs and what `drive` returned for it, a hint, or None if it is right.
    forbids: what the answer may not use, by dotted names such as "dlcore.nn.Linear".
    public: the seeds of the notebook's own check. hidden: those that grading adds.
    points: what a right answer is worth; it is right when it is so on every seed.
    """

    name: str
    title: str
    difficulty: int
    minutes: int
    rows: tuple[str, ...]
    points: int
    inputs: Callable[[int], Values]
    judge: Callable[[Values, Values], Hint | None]
    forbids: tuple[str, ...] = ()
    public: tuple[int, ...] = (1, 2, 3)
    hidden: tuple[int, ...] = (101, 102, 103)

    def __post_init__(self) -> None:
        wrong = {
            "name": not self.name.isidentifier(),
            "difficulty": self.difficulty not in (1, 2, 3),
            "minutes": self.minutes <= 0,
            "rows": not self.rows or not ROWS.issuperset(self.rows),
            "points": self.points <= 0,
            "forbids": not all("." in name for name in self.forbids),
            "public": not self.public,
            "hidden": not self.hidden or not set(self.hidden).isdisjoint(self.public),
        }
        found = [f"{name}={getattr(self, name)!r}" for name in wrong if wrong[name]]
        if found:
            raise ValueError(f"task {self.name!r} cannot have {', '.join(found)}")

    @property
    def badge(self) -> str:
        """The line that stands under the task's heading in the notebook."""
        circles = "●" * self.difficulty + "○" * (3 - self.difficulty)
        points = f"{self.points} point{'s' if self.points > 1 else ''}"
        return f"{circles} · {self.minutes} minutes · {', '.join(self.rows)} · {points}"


@dataclass(frozen=True)
class TaskSet:
    """The tasks of one chapter. `module` is the package that the notebook imports `check` from."""

    module: str
    folder: Path
    tasks: tuple[Task, ...]
    drives: ModuleType

    @property
    def name(self) -> str:
        return self.module.rpartition(".")[2]

    def drive(self, task: Task) -> Drive:
        """The function in drive.py that tries an answer to this task."""
        return getattr(self.drives, task.name)


@cache
def load(name: str) -> TaskSet:
    """A set by the name of its folder (ch14_training), or by that of a package of your own.

    Raises LookupError if there is no such set, and ValueError if its parts do not fit together.
    """
    for module in (f"{__package__}.{name}", name):
        try:
            checks = importlib.import_module(f"{module}.checks")
        except ModuleNotFoundError as error:
            if not f"{module}.checks.".startswith(f"{error.name}."):
                raise  # the set is there, and something that it imports is not
            continue
        drives = importlib.import_module(f"{module}.drive")
        lacking = [task.name for task in checks.TASKS if not hasattr(drives, task.name)]
        if lacking:
            raise ValueError(f"{module}.drive has no function {', '.join(lacking)}")
        return TaskSet(module, Path(str(checks.__file__)).parent, tuple(checks.TASKS), drives)
    near = difflib.get_close_matches(name, names(), n=1)
    meant = f"; did you mean {near[0]}?" if near else f": there is {', '.join(names()) or 'none'}"
    raise LookupError(f"no set of exercises is called {name!r}{meant}")


def names() -> list[str]:
    """The sets of the book, by the names of their folders."""
    return sorted(path.parent.name for path in Path(__file__).parent.glob("*/checks.py"))
