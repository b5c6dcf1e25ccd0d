"""A case in the hand: what an answer was given, what came out, and what should have come out."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .forbid import without
from .hints import alike
from .inside.attempt import attempt, call
from .inside.wire import Odd, unpack
from .slips import Answer
from .task import Task, Values
from .verdict import named, told, verdict

MOST = 8  # values of one kind are shown
ADDRESS = re.compile(" at 0x[0-9a-f]+")


@dataclass(frozen=True, repr=False)
class Case:
    """A case that an answer was not right on; of a function, the call of it that was not.

    message: the inputs of the case, packed. number: that call, from 1; 0 if it is no single one.
    """

    task: Task
    answer: Answer
    message: bytes
    number: int

    @property
    def inputs(self) -> Values:
        """What the case was made from, new every time."""
        return unpack(self.message)

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the function was called with, new every time; () if it is no single call."""
        kept: list[tuple[Any, ...]] = []

        def keep(*arguments: Any) -> None:
            kept.append(arguments)
            raise StopIteration

        if self.number:
            attempt(self.task.drive, Nth(self.task.right, self.number, keep), self.inputs, ())
        return kept[0] if kept else ()

    @property
    def outcome(self) -> Values | str:
        """What the answer gives here, by name, or how it stops."""
        return self._made_of(self.answer)

    @property
    def expected(self) -> Values | str | None:
        """The same of the right answer; None if the task does not show it."""
        return self._made_of(self.task.right) if self.task.shows else None

    def _made_of(self, answer: Answer) -> Values | str:
        task, inputs = self.task, self.inputs
        given: Any = self.arguments if self.number else inputs
        drive = one_call if self.number else task.drive
        with without(task.forbids):
            match unpack(attempt(drive, answer, given, ())):
                case {"outputs": outputs}:
                    return {k: v for k, v in named(task, outputs).items() if k not in self.inputs}
                case reply:
                    return f"stopped with {told(reply['error'])}"

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        task, right = self.task, self.expected
        names = list(inspect.signature(task.right).parameters) if self.number else []
        if self.number:
            yield f"{task.name}({', '.join(names)}) was called with"
            yield from shown(dict(zip(names, self.arguments, strict=False)))
        else:
            yield f"{task.name} was tried with"
            yield from shown(self.inputs)
            if task.drive is not call:
                yield "by"
                yield from inspect.getsource(task.drive).splitlines()
        outcome = self.outcome
        if isinstance(outcome, str):
            yield f"and {outcome}."
            outcome = {}
        else:
            yield "and gave"
            yield from shown(outcome)
        if isinstance(right, dict):
            wrong = [k for k, v in right.items() if not alike(outcome.get(k), v, task.tolerance)]
            if wrong:
                yield "It should have given"
                yield from shown({wrong[0]: right[wrong[0]]})
        again = f"{task.name}(*case().arguments)" if self.number else f"case({task.name})"
        yield f"Try it again: {again}"


def one_call(answer: Answer, arguments: Any) -> Values:
    return {"returned": parts(answer(*arguments))}


class Nth:
    """The right answer, but in one of its calls, the n-th."""

    def __init__(self, right: Answer, number: int, instead: Answer) -> None:
        self.right, self.number, self.instead, self.calls = right, number, instead, 0

    def __call__(self, *arguments: Any) -> Any:
        self.calls += 1
        return (self.instead if self.calls == self.number else self.right)(*arguments)


def failing(task: Task, answer: Answer, message: bytes) -> Case:
    """The case, and of a function's calls in it the first that alone makes it fail."""
    counted = Nth(task.right, 0, answer)
    if not isinstance(task.right, type):
        attempt(task.drive, counted, unpack(message), ())
    for number in range(1, counted.calls + 1):
        with without(task.forbids):
            one = Nth(task.right, number, answer)
            reply = unpack(attempt(task.drive, one, unpack(message), ()))
        if verdict(task, unpack(message), reply):
            return Case(task, answer, message, number)
    return Case(task, answer, message, 0)


def shown(values: Values) -> Iterator[str]:
    """A line or more for each number and array, by the name under which Python finds it."""
    found = [leaf for name, value in values.items() for leaf in leaves(name, value)]
    for name, value in found[:MOST]:
        if isinstance(value, np.ndarray) and value.ndim:
            numbers = np.array2string(np.asarray(value), 88, 4, True, threshold=40, edgeitems=2)
            yield f"  {name}, {value.dtype} {value.shape}"
            yield from (f"    {line}" for line in numbers.splitlines())
        else:
            yield f"  {name} = {value:.6g}" if isinstance(value, float) else f"  {name} = {value}"
    if len(found) > MOST:
        yield f"  and {len(found) - MOST} more"


def leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The numbers, texts and arrays in a value, each with its own name."""
    value = parts(value)
    if isinstance(value, Odd):
        yield name, f"something {value.what}"
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(f"{name}[{key!r}]", part)
    elif isinstance(value, list | tuple) and not all(isinstance(v, int | str) for v in value):
        names = name.split(", ")
        if len(names) != len(value):
            names = [f"{name}[{place}]" for place in range(len(value))]
        for part_name, part in zip(names, value, strict=True):
            yield from leaves(part_name, part)
    else:
        plain = value is None or isinstance(value, int | float | str | np.ndarray | np.generic)
        yield name, value if plain else ADDRESS.sub("", " ".join(repr(value).split()))[:70]


def parts(value: Any) -> Any:
    """A dict from objects, in which only the order of keys can be told from one run to another."""
    if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
        return {f"key {k}": part for k, part in enumerate(value.values(), 1)}
    return value
