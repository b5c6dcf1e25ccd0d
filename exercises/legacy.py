"""The form of the sets that are still to be converted: judges that know slips by their numbers."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import hints, task
from .hints import Hint, close, tolerance_of
from .slips import Answer


def Task(name: str, title: str, *, judge: Callable[..., Hint | None], **rest: Any) -> task.Task:
    """A task whose judge sees the inputs and the outputs, and needs no right answer."""

    def right() -> None:
        raise NotImplementedError

    right.__name__ = name
    return task.Task(
        right, title, returns="returned", read=lambda *case: judge(*case) or {}, **rest
    )


def same(
    name: str,
    got: Any,
    want: Any,
    slips: Iterable[tuple[Any, Hint]] = (),
    tolerance: float | None = None,
) -> Hint | None:
    hint = hints.same(name, got, want, tolerance)
    got = float(got) if isinstance(got, int) and abs(got) < 2**1023 else got
    if hint and isinstance(got, np.ndarray | np.generic | float):
        allowed = tolerance or tolerance_of(got, np.asarray(want))
        for wrong, slip in slips:
            if np.shape(got) == np.shape(wrong) and close(got, np.asarray(wrong), allowed):
                return slip
    return hint


def all_same(
    names: Sequence[str],
    got: Sequence[Any],
    want: Sequence[Any],
    slips: Iterable[tuple[Sequence[Any], Hint]] = (),
) -> Hint | None:
    for name, found, wanted in zip(names, got, want, strict=True):
        hint = same(name, found, wanted)
        if hint:
            alike = (slip for wrong, slip in slips if hints.alike(list(got), list(wrong)))
            return next(alike, hint)
    return None


@dataclass(frozen=True)
class Planted:
    task: str
    answer: Answer
    hint: str | None


def mutant(task: str, hint: str) -> Callable[[Answer], Planted]:
    return lambda answer: Planted(task, answer, hint)


def equivalent(task: str) -> Callable[[Answer], Planted]:
    return lambda answer: Planted(task, answer, None)


def planted(task_set: task.TaskSet) -> Iterator[Planted]:
    module = importlib.import_module(f"{task_set.module}.mutants")
    yield from (value for value in vars(module).values() if isinstance(value, Planted))
