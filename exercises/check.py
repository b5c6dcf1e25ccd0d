"""`check(answer)`: a hint in a second. And what a student asks for after it."""

import difflib
import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, NoReturn

from .case import Case
from .forbid import without
from .hints import Hint
from .inside.attempt import attempt
from .inside.wire import pack, unpack
from .ladder import Failure, Ladder
from .progress import SOLVED, TRIED, Progress, Table
from .task import Task, TaskSet, load
from .verdict import verdict


class CheckFailed(Exception):
    """The answer is not right yet, and the message is the hint: one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints."""
        return [str(self)]


class Opened(NamedTuple):
    """What a set gives its notebook."""

    case: Callable[..., Case | None]
    check: Callable[[Any], None]
    more: Callable[[], None]
    progress: Callable[[], Table]


def opened(module: str) -> Opened:
    """For the set in this package: its `__init__` calls it with __name__.

    `check(answer)` tries a function or a class on the public seeds of the task that bears its name.
    It prints a line if the answer is right and raises CheckFailed with a hint if not. When the same
    hint is due again it may say a little more.
    `more()` goes on from the last hint: what more there is to say; the case that failed; the
    solution, line by line. `case()` is that case, and `case(answer)` tries an answer on it again.
    `progress()` gives the table of what is solved.
    """
    check = Check(module, Progress())
    return Opened(check.case, check, check.more, lambda: Table(load(module), check.progress))


class Check:
    """See `opened`."""

    def __init__(self, module: str, progress: Progress) -> None:
        self.module, self.progress = module, progress
        self.ladder = Ladder()
        self.more, self.case = self.ladder.more, self.ladder.case

    def __call__(self, answer: Any) -> None:
        task_set = load(self.module)
        task = meant(answer, task_set.tasks)
        failure = failed(task, answer, task.public)
        self.progress.note(task_set, task, TRIED if failure else SOLVED)
        again = self.ladder.begin(task, failure)
        if failure is None:
            print(f"{task.name}: right, on all {len(task.public)} cases. {after(task, task_set)}")
            return
        says, more = failure.hint
        fail(f"{task.name}: {says}{f' {more}' if again and more else ''}")


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


def examine(task: Task, answer: Any, seeds: Iterable[int]) -> Hint | None:
    """The first hint that an answer gets on cases made from seeds; None if it is right on all."""
    failure = failed(task, answer, seeds)
    return failure.hint if failure else None


def failed(task: Task, answer: Any, seeds: Iterable[int]) -> Failure | None:
    """The first of the cases made from seeds on which an answer is not right."""
    for seed in seeds:
        inputs = task.inputs(seed)
        message = pack(inputs)
        with without(task.forbids):
            reply = unpack(attempt(task.drive, answer, unpack(message), files_of(answer)))
        hint = verdict(task, inputs, reply)
        if hint:
            return Failure(task, answer, hint, message)
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
