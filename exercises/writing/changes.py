"""Small changes of every right answer, made by the machine: does the check find each of them?

    python -m exercises.writing.changes                  for every set
    python -m exercises.writing.changes ch14_training    for one

An operator, a comparison, a number, an axis is another one; a sign, a transpose, a copy or a line
is left out. What comes through is a hole in the check, or it changes nothing: then the task says
so, with the reason, in `harmless`.
"""

import argparse
import ast
import inspect
import math
import sys
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any

from ..check import examine
from ..slips import Answer
from ..task import Task, load, names

OTHER: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
FILE = "<changed>"


class TooManyLines(Exception):
    """An answer runs through many more lines than the right one: a loop that does not end."""


def changes(right: Answer) -> Iterator[tuple[str, Answer]]:
    """Each small change, as "line -> line", and the right answer with it."""
    source = inspect.getsource(right)
    before = ast.unparse(ast.parse(source)).splitlines()
    for place, node in enumerate(ast.walk(ast.parse(source).body[0])):
        for number, _ in enumerate(ways(node)):
            tree = ast.parse(source)
            spot = list(ast.walk(tree.body[0]))[place]
            setattr(spot, *list(ways(spot))[number])
            after = ast.unparse(ast.fix_missing_locations(tree)).splitlines()
            yield difference(before, after), compiled(right, "\n".join(after))


def compiled(right: Answer, source: str) -> Answer:
    scope = dict(vars(inspect.getmodule(right)))
    exec(compile(source, FILE, "exec"), scope)
    return scope[right.__name__]


def ways(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """How a node of a syntax tree can be changed: a field, and what comes to stand there."""
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OTHER:
            yield "op", OTHER[type(op)]()
        case ast.Compare(ops=[op]) if type(op) in OTHER:
            yield "ops", [OTHER[type(op)]()]
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            yield "value", number + 1
        case ast.keyword(value=ast.Constant(value=bool() as setting)):
            yield "value", ast.Constant(not setting)
        case ast.keyword(value=ast.Constant(value=int() as setting)) if setting:
            yield "value", ast.Constant(0)
    for field, value in ast.iter_fields(node):
        for other in less(value):
            yield field, other
        for place, part in enumerate(value if isinstance(value, list) else ()):
            for other in less(part):
                yield field, [*value[:place], other, *value[place + 1 :]]
            line = isinstance(part, ast.Assign | ast.AugAssign) or (
                isinstance(part, ast.Expr) and isinstance(part.value, ast.Call)
            )
            if line and len(value) > 1:
                yield field, [*value[:place], *value[place + 1 :]]


def less(value: Any) -> Iterator[ast.expr]:
    """What an expression becomes when a part of it is left out, or its two ways are exchanged."""
    match value:
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=inside):
            yield inside
        case ast.Attribute(attr="T", value=inside):
            yield inside
        case ast.Call(func=ast.Attribute(attr="copy" | "astype", value=inside)):
            yield inside
        case ast.Call(func=ast.Attribute(attr="array" | "deepcopy"), args=[inside, *_]):
            yield inside
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)


def difference(before: Sequence[str], after: Sequence[str]) -> str:
    """The first line that is not the same, before and after."""
    pairs = [(a.strip(), b.strip()) for a, b in zip(before, after, strict=False) if a != b]
    first, second = pairs[0] if pairs else (before[-1].strip(), "")
    return f"{first} -> {second if len(before) == len(after) else 'left out'}"


class Lines:
    """Counts the lines of a changed answer that are run; after `most` it stops the answer."""

    def __init__(self, most: float = math.inf) -> None:
        self.count, self.most = 0, most

    def __enter__(self) -> "Lines":
        self.before = sys.gettrace()
        sys.settrace(self.trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self.before)

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != FILE:
            return None
        self.count += event == "line"
        if self.count > self.most:
            raise TooManyLines
        return self.trace


def survivors(task: Task) -> Iterator[str]:
    """The changes that the check does not find."""
    seeds = task.public + task.hidden
    same = compiled(task.right, inspect.getsource(task.right))
    with Lines() as lines:
        examine(task, same, seeds)
    most = 1000 + 10 * lines.count
    for words, answer in changes(task.right):
        with Lines(most):
            hint = examine(task, answer, seeds)
        if hint is None:
            yield words


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what comes through; 0 if it is what the tasks say, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", help="names of sets (default: all of the book's)")
    good = True
    for name in parser.parse_args(arguments).sets or names():
        for task in load(name).tasks:
            number, found = sum(1 for _ in changes(task.right)), set(survivors(task))
            print(f"{name}, {task.name}: {number} small changes, {len(found)} come through")
            for words in sorted(found - task.harmless.keys()):
                print(f"  {words}: a hole, or harmless?")
            for words in sorted(task.harmless.keys() - found):
                print(f"  {words}: is said to be harmless, and does not come through")
            good &= found == task.harmless.keys()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
