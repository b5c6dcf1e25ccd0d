"""Mark one notebook: each task in a sandbox of its own, each case judged out here."""

import compileall
import hashlib
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any

from ..forbid import hollow
from ..hints import Hint
from ..inside import child
from ..inside.wire import pack
from ..notebook import Notebook, defined, program
from ..task import Task, TaskSet
from ..verdict import verdict
from .sandbox import Sandbox, furnish


class Interrupted(Exception):
    """Grading was stopped while a notebook was being marked."""


@dataclass(frozen=True)
class Mark:
    """What a task got. `says` and `more` are the hint, empty if the answer is right.

    hidden: the notebook's own check would not have found it.
    broken: what happened to the judge if it made nothing of the answer; for the instructor.
    """

    points: int
    says: str = ""
    more: str = ""
    hidden: bool = False
    broken: str = ""


class Marker:
    """Marks notebooks of one set. May be used from several threads.

    seeds: of the hidden cases of every task; None for those of the set itself.
    work: an empty folder, for what the sandboxes show.
    """

    def __init__(
        self, task_set: TaskSet, sandbox: Sandbox, seeds: Sequence[int] | None, work: Path
    ) -> None:
        self.task_set, self.sandbox = task_set, sandbox
        self.names = [task.name for task in task_set.tasks]
        self.stop = Event()
        self.stages: dict[str, Path] = {}
        self.cases: dict[str, list[tuple[bool, dict[str, Any]]]] = {}
        for task in task_set.tasks:
            self.stages[task.name] = stage(task_set, task, work / task.name)
            hidden = task.hidden if seeds is None else [s for s in seeds if s not in task.public]
            self.cases[task.name] = [(False, task.inputs(seed)) for seed in task.public]
            self.cases[task.name] += [(True, task.inputs(seed)) for seed in hidden]
        self.key = self._key(work)

    def marks(self, notebook: Notebook) -> dict[str, Mark]:
        """The mark of each task, by its name. Raises Interrupted once `stop` is set."""
        return {task.name: self._mark(task, notebook) for task in self.task_set.tasks}

    def _mark(self, task: Task, notebook: Notebook) -> Mark:
        cases = self.cases[task.name]
        job = {
            "task": task.name,
            "cells": program(notebook, task.name, self.names),
            "cases": [inputs for _, inputs in cases],
            "silent": [self.task_set.module.partition(".")[0]],
        }
        with closing(self.sandbox.run(self.stages[task.name], job)) as replies:
            for (hidden, inputs), (status, reply) in zip(cases, replies, strict=False):
                if self.stop.is_set():
                    raise Interrupted
                hint, broken = judged(task, inputs, status, reply, self.sandbox)
                if hint:
                    says, more = map(tidy, hint)
                    if status == child.REPLY and reply == {"missing": []}:
                        says += as_text(notebook, task.name)
                    return Mark(0, says, more, hidden, tidy(broken))
        return Mark(task.points)

    def _key(self, work: Path) -> str:
        """Differs when anything differs that marks depend on, but for the notebook."""
        known = hashlib.sha256(pack([self.names, list(self.cases.values())]))
        known.update(repr((self.sandbox.wall, self.sandbox.limits)).encode())
        machine = Path(__file__).parents[1]
        here = [*machine.glob("*.py"), *machine.glob("grading/*.py")]
        for file in sorted([*here, *self.task_set.folder.glob("*.py"), *work.rglob("*.py")]):
            known.update(file.read_bytes())
        return known.hexdigest()


def as_text(notebook: Notebook, name: str) -> str:
    """What to say where an answer stands in a cell that is not run; else nothing."""
    for cell in notebook.texts:
        if defined(cell.source, [name]):
            return f" Cell {cell.number} has it, and is text: make it a code cell."
    return ""


def tidy(text: str) -> str:
    """A text with words of a student's in it, cut and without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text[:1000])


def stage(task_set: TaskSet, task: Task, folder: Path) -> Path:
    """Lay out what stands beside the answers to a task, and is all they can see of ours."""
    furnish(folder)
    shutil.copy(task_set.folder / "drive.py", folder)
    for package in {"dlcore", *(name.partition(".")[0] for name in task.forbids)}:
        if find_spec(package):
            forbidden = [name for name in task.forbids if name.startswith(f"{package}.")]
            hollow(package, forbidden, folder / package)
    compileall.compile_dir(folder, quiet=2)
    return folder


def judged(
    task: Task, inputs: dict[str, Any], status: int, reply: Any, sandbox: Sandbox
) -> tuple[Hint | None, str]:
    """The hint for what came back, and what was wrong with the judge, if anything."""
    if status == child.LATE:
        limit = f"{sandbox.limits.seconds:g} seconds"
        return Hint(f"no answer within {limit}.", "Is there a loop that does not end?"), ""
    if status == child.FLOOD:
        return Hint("what your code gives back is far too large."), ""
    if status == child.DIED:
        how = f" (exit code {reply})" if reply else ""
        return Hint(f"your code ended Python{how}.", "It left by os._exit, or it crashed."), ""
    try:
        return verdict(task, inputs, reply), ""
    except Exception as error:  # a forged reply can make a judge stumble anywhere
        broken = f"{type(error).__name__}: {error}"
        return Hint("the check can make nothing of what your code gives back."), broken
