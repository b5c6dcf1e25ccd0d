"""Slips: what students make of a right answer, each with the hint that it earns.

A slip is written once, as a change in the source of the task's right answer, and serves twice. In a
check, an answer that is wrong is compared with what each slip gives (verdict.py). And each slip is
handed in as an answer, to see that it is told its own hint (writing/trial.py).
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from .hints import Hint

Answer = Callable[..., Any]  # a function, or a class
source_of = cache(inspect.getsource)
PLACE = re.compile(r"\{(\w+)\}")  # of a value, in a hint


class Slip:
    """Changes in the right answer that earn one hint.

    says, more: the hint, see hints.Hint. A name of the case's inputs in it, as in "{n}", becomes
    its value; "{it}" becomes the name of the first output that is wrong.
    changes: each is a tuple (old, new), where `old` stands exactly once in the right answer, below
    its first line; or (old, new, old, new) and so on, for a slip in several places.
    """

    def __init__(self, says: str, *changes: tuple[str, ...], more: str = "") -> None:
        self.says, self.changes, self.more = says, changes, more
        for change in changes:
            if not isinstance(change, tuple) or len(change) % 2 or not change:
                raise ValueError(f"{says!r}: expected (old, new) for a change, found {change!r}")

    def hint(self, values: dict[str, Any]) -> Hint:
        def value(name: re.Match[str]) -> str:
            return str(values.get(name[1], name[0]))

        return Hint(PLACE.sub(value, self.says), PLACE.sub(value, self.more))


class Told(Slip):
    """Changes that the judge needs no help to name.

    says: a part of what is said of them. In a check nothing is compared with them.
    """


@cache
def slipped(right: Answer, change: tuple[str, ...]) -> Answer:
    """The right answer with a change in its source. Raises ValueError, see `changed`."""
    scope = dict(vars(inspect.getmodule(right)))
    exec(compile(changed(right, change), f"<{right.__name__}: {change[1]}>", "exec"), scope)
    return scope[right.__name__]


def changed(right: Answer, change: tuple[str, ...]) -> str:
    """The source of a function or class with a change.

    Raises ValueError unless each text to be changed stands exactly once below its first line.
    """
    head, line, body = source_of(right).partition("\n")
    for old, new in zip(change[::2], change[1::2], strict=True):
        times = body.count(old)
        if times != 1:
            raise ValueError(f"{right.__name__}: expected {old!r} once, found it {times} times")
        body = body.replace(old, new)
    return head + line + body


@dataclass(frozen=True)
class Planted:
    """An answer to try a check on, and a part of what it must be told; None if it is right."""

    right: Answer
    answer: Answer
    says: str | None


def equivalent(right: Answer) -> Callable[[Answer], Planted]:
    """Mark another right answer, written in quite a different way."""
    return lambda answer: Planted(right, answer, None)


def stranger(right: Answer, says: str) -> Callable[[Answer], Planted]:
    """Mark a wrong answer written in quite a different way, with a part of what it must be told."""
    return lambda answer: Planted(right, answer, says)


def planted(right: Answer) -> Iterator[Planted]:
    """What is marked beside a right answer, in the same file."""
    for value in vars(inspect.getmodule(right)).values():
        if isinstance(value, Planted) and value.right is right:
            yield value
