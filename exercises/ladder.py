"""What there is to say after a hint: rungs that a student climbs by asking."""

import inspect
from dataclasses import dataclass
from typing import Any

from .case import Case, failing
from .forbid import without
from .hints import Hint
from .inside.wire import unpack
from .task import Task


@dataclass(frozen=True)
class Failure:
    """Why an answer is not right yet, and the case, packed, that it failed on."""

    task: Task
    answer: Any
    hint: Hint
    message: bytes


class Ladder:
    """A hint, what more there is to say, the case that failed, the solution line by line."""

    def __init__(self) -> None:
        self.failures: dict[str, Failure] = {}  # by task
        self.last = ""  # the task whose check was last not passed
        self.rungs: dict[str, int] = {}  # by task, how far it was climbed from there
        self.lines: dict[str, int] = {}  # by task, of the solution

    def begin(self, task: Task, failure: Failure | None) -> bool:
        """Remember how a check went. Whether the same hint is due again."""
        self.last = task.name if failure else ""
        if failure is None:
            self.failures.pop(task.name, None)
            return False
        before = self.failures.get(task.name)
        again = before is not None and before.hint == failure.hint
        self.failures[task.name] = failure
        self.rungs[task.name] = max(1, self.rungs[task.name]) if again else 0
        return again

    def more(self, name: str = "") -> None:
        """Print the next rung, of the last check or of that of a task."""
        failure = self.failures.get(name or self.last)
        if failure is None:
            print("Nothing to add: the last check went well, or none was made yet.")
            return
        self.last, task, hint = failure.task.name, failure.task, failure.hint
        rung = self.rungs[task.name] = self.rungs[task.name] + 1
        if rung == 1 and hint.more:
            print(hint.more)
        elif rung <= 2:
            self.rungs[task.name] = 2
            print(self.case(), "Ask on, and more() shows the solution, a line at a time.", sep="\n")
        else:
            self._solution(task)

    def _solution(self, task: Task) -> None:
        lines = [line for line in inspect.getsource(task.right).splitlines() if line.strip()]
        count = self.lines[task.name] = min(self.lines.get(task.name, 1) + 1, len(lines))
        print(*lines[:count], sep="\n")
        left = len(lines) - count
        print(f"({left} more)" if left else "That is all of it. The solutions say why.")

    def case(self, answer: Any = None) -> Case | None:
        """The case that failed; with an answer, what that makes of it now.

        What stops that answer is raised, as in any other code.
        """
        failure = self.failures.get(self.last)
        if failure is None:
            print("No case has failed: the last check went well, or none was made yet.")
            return None
        task, message = failure.task, failure.message
        case = failing(task, failure.answer, message)
        if answer is None:
            return case
        with without(task.forbids):
            if case.number:
                answer(*case.arguments)
            else:
                task.drive(answer, unpack(message))
        return Case(task, answer, message, case.number)
