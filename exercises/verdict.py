"""From a reply to a hint. The lower rungs of the ladder are the same for every task and stand here.

Not written yet; not there; stopped by an error. The upper ones are the judge's.
"""

from typing import Any

from .hints import Hint
from .task import Task


def verdict(task: Task, inputs: dict[str, Any], reply: Any) -> Hint | None:
    """The hint for a reply of `inside.attempt` or `inside.child`; None if the answer is right.

    Raises an exception of any kind if it is no such reply: out of the sandbox anything can come.
    """
    match reply:
        case {"outputs": outputs}:
            return task.judge(inputs, outputs)
        case {"error": {"unwritten": True}}:
            return Hint("not written yet. Put your lines in place of `raise NotImplementedError`.")
        case {"error": error}:
            return Hint(f"your code stopped with {told(error)}.")
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
