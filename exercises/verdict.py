"""From a reply to a hint: the rungs of the ladder, from the lowest to the highest.

Not written yet; not there; stopped by an error; not of the form that it should have (`Task.read`);
a slip that is known; wrong in some other way (`Task.judge`, or `hints.compare`).
"""

import warnings
from functools import lru_cache
from typing import Any

import numpy as np

from .hints import Final, Hint, alike, unchanged
from .inside.attempt import attempt
from .inside.wire import pack, unpack
from .slips import Answer, Told, slipped
from .task import Task, Values


def verdict(task: Task, inputs: Values, reply: Any) -> Hint | None:
    """The hint for a reply of `inside.attempt` or `inside.child`; None if the answer is right.

    Raises an exception of any kind if it is no such reply: out of the sandbox anything can come.
    """
    match reply:
        case {"outputs": outputs}:
            return judged(task, inputs, outputs)
        case {"error": {"unwritten": True}}:
            return Hint("not written yet. Put your lines in place of `raise NotImplementedError`.")
        case {"error": error, "before": []}:
            return Hint(f"your code stopped with {told(error)}.")
        case {"error": error, "before": [note, *_]}:
            cause = f"Before that, cell {note['cell']} stopped with {told(note)}."
            return Hint(f"your code stopped with {told(error)}. {cause}")
        case {"missing": []}:
            return Hint(f"nothing in the notebook is called {task.name}.")
        case {"missing": [note, *_]}:
            return Hint(f"never defined: cell {note['cell']} stopped with {told(note)}.")
    raise ValueError("no reply")


def told(error: dict[str, Any]) -> str:
    """An error in one line: its type, its message, and where in the student's code."""
    message = " ".join(error["message"].split()).rstrip(".")
    text = error["type"] + (f": {message}" if message else "")
    if error["line"] is not None:
        text += f", in line {error['line']}" + (f": `{error['code']}`" if error["code"] else "")
    return text


def judged(task: Task, inputs: Values, outputs: Values) -> Hint | None:
    """The hint for what `drive` gave."""
    outputs = named(task, outputs)
    got = task.read(inputs, outputs)
    if isinstance(got, Hint):
        return got
    for name, before in inputs.items():
        changed = unchanged(name, outputs[name], before) if name in outputs else None
        if changed:
            return changed
    right = read(task, task.right, pack(inputs))
    if not isinstance(right, dict):
        raise ValueError(f"the right answer to {task.name} is not right: {right}")
    hint = task.differences(inputs, got, right)
    return (
        hint if hint is None or isinstance(hint, Final) else known(task, inputs, got, right) or hint
    )


def named(task: Task, outputs: Values) -> Values:
    """The outputs, with what a function returned under the name that the task gives it."""
    return {task.returns if name == "returned" else name: value for name, value in outputs.items()}


@lru_cache(maxsize=1 << 12)
def read(task: Task, answer: Answer, message: bytes) -> Values | Hint | None:
    """What is read of an answer of ours on a case, packed; None if it stops with an error."""
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        match unpack(attempt(task.drive, answer, unpack(message), ())):
            case {"outputs": outputs}:
                return task.read(unpack(message), named(task, outputs))
    return None


def known(task: Task, inputs: Values, got: Values, right: Values) -> Hint | None:
    """The hint of a slip that explains the first thing that is wrong; None if there is none.

    It must give the same as the answer there. Those come first that do so in all that comes before,
    too.
    """
    wrong = [k for k, name in enumerate(right) if not likewise(task, got, right, name)]
    if not wrong:
        return None
    *before, name = list(right)[: wrong[0] + 1]
    message, also = pack(inputs), None
    for slip in task.slips:
        for change in () if isinstance(slip, Told) else slip.changes:
            given = read(task, slipped(task.right, change), message)
            if isinstance(given, dict) and likewise(task, got, given, name):
                if all(likewise(task, got, given, n) for n in before):
                    return slip.hint({"it": name, **inputs})
                also = also or slip.hint({"it": name, **inputs})
    return also


def likewise(task: Task, got: Values, other: Values, name: str) -> bool:
    return name in got and name in other and alike(got[name], other[name], task.tolerance)
