"""How a set's mutants.py marks the answers that its checks are tried on.

@mutant("sgd_step", hint="the learning rate")
def learning_rate_inside_the_velocity(...): ...

@equivalent("sgd_step")
def written_as_a_loop(...): ...
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..task import TaskSet


@dataclass(frozen=True)
class Planted:
    """An answer to try a check on. `hint`: a part of what it must be told; None if it is right."""

    task: str
    answer: Any
    hint: str | None

    @property
    def name(self) -> str:
        return self.answer.__name__


def mutant(task: str, hint: str) -> Callable[[Any], Planted]:
    """Mark a wrong answer to a task, with a part of the hint that it must get."""
    return lambda answer: Planted(task, answer, hint)


def equivalent(task: str) -> Callable[[Any], Planted]:
    """Mark another right answer to a task."""
    return lambda answer: Planted(task, answer, None)


def planted(task_set: TaskSet) -> list[Planted]:
    """All that a set's mutants.py has marked, in its order.

    Raises LookupError if one is an answer to a task that the set does not have.
    """
    module = importlib.import_module(f"{task_set.module}.mutants")
    found = [value for value in vars(module).values() if isinstance(value, Planted)]
    for plant in found:
        if plant.task not in {task.name for task in task_set.tasks}:
            raise LookupError(f"{module.__name__}: {plant.name} is for {plant.task}, no task here")
    return found
