"""`check(answer)`: a hint in a second. And `progress()`: what is solved so far."""

import difflib
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from .forbid import without
from .hints import Hint
from .inside.attempt import attempt
from .inside.wire import pack, unpack
from .progress import SOLVED, TRIED, Progress, Table
from .task import Task, TaskSet, load
from .verdict import verdict


class CheckFailed(Exception):
    """The answer is not right yet, and the message is the hint: one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints."""
        return [str(self)]


def opened(module: str) -> tuple[Callable[[Any], None], Callable[[], Table]]:
    """The `check` and `progress` of the set in this package: its `__init__` calls it with __name__.

    `check(answer)` tries a function or a class on the public seeds of the task that bears its name.
    It prints a line if the answer is right and raises CheckFailed with a hint if not. When the same
    hint is due again it may say a little more.
    `progress()` gives the table of what is solved.
    """
    notes = Progress()
    return Check(module, notes), lambda: Table(load(module), notes)


class Check:
    """See `opened`."""

    def __init__(self, module: str, progress: Progress) -> None:
        self.module, self.progress = module, progress
        self.said: dict[str, Hint] = {}

    def __call__(self, answer: Any) -> None:
        task_set = load(self.module)
        task = meant(answer, task_set.tasks)
        hint = examine(task_set, task, answer, task.public)
        self.progress.note(task_set, task, TRIED if hint else SOLVED)
        if hint is None:
            self.said.pop(task.name, None)
            print(f"{task.name}: right, on all {len(task.public)} cases. {after(task, task_set)}")
            return
        again = self.said.get(task.name) == hint and hint.more
        self.said[task.name] = hint
        fail(f"{task.name}: {hint.says}{f' {hint.more}' if again else ''}")


def meant(answer: Any, tasks: Iterable[Task]) -> Task:
    """The task that the answer goes by its name. Raises CheckFailed if there is none."""
    by_name = {task.name: task for task in tasks}
    name = getattr(answer, "__name__", None)
    if callable(answer) and name in by_name:
        return by_name[name]
    names = ", ".join(by_name)
    if isinstance(answer, str) and answer in by_name:
        fail(f"check wants the thing itself, without quotes: check({answer}).")
    if not callable(answer):
        fail(f"check wants a function or class by its name, as in check({next(iter(by_name))}).")
    near = difflib.get_close_matches(str(name), by_name, n=1)
    if near:
        fail(f"no task here is called {name}. Is it {near[0]}?")
    fail(f"check goes by the name given in `def` or `class`: {names}. This is called {name}.")


def after(task: Task, task_set: TaskSet) -> str:
    """What to do when a task is solved."""
    following = task_set.tasks[task_set.tasks.index(task) + 1 :]
    if following:
        return f"Next: {following[0].name}, {following[0].badge}."
    return "That was the last task of the set; progress() shows them all."


def examine(task_set: TaskSet, task: Task, answer: Any, seeds: Iterable[int]) -> Hint | None:
    """Try an answer on cases made from seeds; the first hint, None if it is right on all."""
    for seed in seeds:
        inputs = task.inputs(seed)
        with without(task.forbids):
            message = attempt(task_set.drive(task), answer, unpack(pack(inputs)), files_of(answer))
        hint = verdict(task, inputs, unpack(message))
        if hint:
            return hint
    return None


def files_of(answer: Any) -> set[str]:
    """The names of the files (in a notebook: cells) that an answer's code stands in."""
    parts = [answer, *vars(answer).values()] if isinstance(answer, type) else [answer]
    return {part.__code__.co_filename for part in parts if hasattr(part, "__code__")}


def fail(message: str) -> NoReturn:
    """Raise CheckFailed; a plain terminal, too, then shows the one line."""
    if not isinstance(sys.excepthook, CalmHook):
        sys.excepthook = CalmHook(sys.excepthook)
    raise CheckFailed(message) from None


class CalmHook:
    """An excepthook that leaves out the traceback of a CheckFailed."""

    def __init__(self, other: Callable[..., Any]) -> None:
        self.other = other

    def __call__(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if isinstance(error, CheckFailed):
            print(error, file=sys.stderr)
        else:
            self.other(kind, error, trace)
