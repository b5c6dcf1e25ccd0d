"""What a task is, and where the tasks of a set are found."""

import difflib
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from .hints import Hint, compare
from .inside.attempt import Drive, call
from .slips import Slip

Values = dict[str, Any]  # names, and what `inside.wire` carries: numbers, texts, arrays, lists
ROWS = {f"L{row:02}" for row in range(1, 42)}  # of the lecture


def what_it_made(inputs: Values, outputs: Values) -> Values:
    """The outputs, without what was only handed out to see that it is as it was."""
    return {name: value for name, value in outputs.items() if name not in inputs}


@dataclass(frozen=True)
class Task:
    """One thing to write, known by the name of the function or class that answers it.

    right: the answer, the same as in solution.ipynb. Source that slips change.
    difficulty: 1 to 3; 0 for a warm-up. rows: of the lecture, L01 to L41.
    points: what a right answer is worth; it is right when it is so on every seed.
    inputs: makes a case from a seed, the same one every time.
    returns: what a function gives, for hints: "dE/dX", or "dE/dW, dE/dX" where it is two things.
    slips: what students make of the right answer.
    forbids: what the answer may not use, by dotted names such as "dlcore.nn.Linear".
    read: from a case's inputs and what `drive` gave for it, what is to be compared; or a Hint if
    that has not the form that it should have.
    judge: from the inputs, what was read, and what was read of the right answer, a hint; None if
    the answer is right.
    tolerance: with which slips are known, and the answer compared if no judge is given.
    shows: whether `case()` may show what is right.
    harmless: small changes of the right answer that are right as well, each with the reason, as
    writing/changes.py finds them.
    public: the seeds of the notebook's own check. hidden: those that grading adds.
    drive: tries an answer, see inside/attempt.py. `load` takes the one in the set's drive.py.
    """

    right: Callable[..., Any]
    title: str
    difficulty: int
    minutes: int
    rows: tuple[str, ...]
    points: int
    inputs: Callable[[int], Values]
    returns: str = "what it returns"
    slips: tuple[Slip, ...] = ()
    forbids: tuple[str, ...] = ()
    read: Callable[[Values, Values], Values | Hint] = what_it_made
    judge: Callable[[Values, Values, Values], Hint | None] | None = None
    tolerance: float | None = None
    shows: bool = True
    harmless: Mapping[str, str] = field(default_factory=dict, hash=False)
    public: tuple[int, ...] = (1, 2, 3)
    hidden: tuple[int, ...] = (101, 102, 103)
    drive: Drive = call

    def __post_init__(self) -> None:
        wrong = {
            "difficulty": self.difficulty not in (0, 1, 2, 3),
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
    def name(self) -> str:
        return self.right.__name__

    @property
    def badge(self) -> str:
        """The line that stands under the task's heading in the notebook."""
        circles = "●" * self.difficulty + "○" * (3 - self.difficulty)
        points = f"{self.points} point{'s' if self.points > 1 else ''}"
        return f"{circles} · {self.minutes} minutes · {', '.join(self.rows)} · {points}"

    def differences(self, inputs: Values, got: Values, right: Values) -> Hint | None:
        """The judge's word, or that of `compare`."""
        if self.judge:
            return self.judge(inputs, got, right)
        return compare(got, right, self.tolerance)


def warm_up(
    right: Callable[..., Any],
    title: str,
    rows: tuple[str, ...],
    inputs: Callable[[np.random.Generator], Values],
    returns: str,
    slips: tuple[Slip, ...],
) -> Task:
    """A task of one line and two minutes. inputs: makes a case from a generator."""
    return Task(
        right,
        title,
        difficulty=0,
        minutes=2,
        rows=rows,
        points=1,
        inputs=lambda seed: inputs(np.random.default_rng(seed)),
        returns=returns,
        slips=slips,
    )


@dataclass(frozen=True)
class TaskSet:
    """The tasks of one chapter. `module` is the package that the notebook imports `check` from."""

    module: str
    folder: Path
    tasks: tuple[Task, ...]

    @property
    def name(self) -> str:
        return self.module.rpartition(".")[2]


@cache
def load(name: str) -> TaskSet:
    """A set by the name of its folder (ch14_training), or by that of a package of your own.

    Raises LookupError if there is no such set, and ValueError if its parts do not fit together.
    """
    for module in (f"{__package__}.{name}", name):
        try:
            listed = importlib.import_module(f"{module}.tasks")
        except ModuleNotFoundError as error:
            if not f"{module}.tasks.".startswith(f"{error.name}."):
                raise  # the set is there, and something that it imports is not
            continue
        found = drives(importlib.import_module(f"{module}.drive"))
        tasks = tuple(
            replace(task, drive=found.pop(task.name, task.drive)) for task in listed.TASKS
        )
        if found:
            raise ValueError(f"{module}.drive tries {', '.join(found)}, which is no task here")
        return TaskSet(module, Path(str(listed.__file__)).parent, tasks)
    near = difflib.get_close_matches(name, names(), n=1)
    meant = f"; did you mean {near[0]}?" if near else f": there is {', '.join(names()) or 'none'}"
    raise LookupError(f"no set of exercises is called {name!r}{meant}")


def drives(module: ModuleType) -> dict[str, Drive]:
    """By their names, the functions of (answer, inputs) in a set's drive.py."""
    return {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if list(inspect.signature(function).parameters) == ["answer", "inputs"]
    }


def names() -> list[str]:
    """The sets of the book, by the names of their folders."""
    return sorted(path.parent.name for path in Path(__file__).parent.glob("*/tasks.py"))
