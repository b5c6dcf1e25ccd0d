"""One try of an answer: what came out, or what went wrong and in which of the student's lines."""

import linecache
import traceback
from collections.abc import Callable, Collection, Sequence
from typing import Any

from .wire import pack

Drive = Callable[[Any, dict[str, Any]], dict[str, Any]]


def call(answer: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    """How a function is tried, unless the set's drive.py says otherwise.

    What it was given is handed out, too, so that the judge sees whether it was changed.
    """
    return {"returned": answer(*inputs.values()), **inputs}


def attempt(
    drive: Drive,
    answer: Any,
    inputs: dict[str, Any],
    files: Collection[str],
    before: Sequence[dict[str, Any]] = (),
) -> bytes:
    """Run `drive(answer, inputs)`.

    files: the names of the files that hold the student's code, to find the line of an error.
    before: what went wrong before, as `describe` has it; for a name that is then missing.
    Returns the message {"outputs": {...}} or {"error": ..., "before": [...]}, see `describe`.
    """
    try:
        return pack({"outputs": drive(answer, inputs)})
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit and the student's own kinds, too
        causes = list(before) if isinstance(error, NameError) else []
        return pack({"error": describe(error, files), "before": causes})


def describe(error: BaseException, files: Collection[str]) -> dict[str, Any]:
    """An exception as plain data: its type and message, and the student's line that raised it.

    "line" is None where no line of the student took part. "unwritten" tells the bare `raise
    NotImplementedError` of an exercise from one with a message, which may come from anywhere.
    """
    try:
        message = str(error)
    except Exception:  # a student's exception can fail at this, too
        message = ""
    line, code = None, ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename in files:
            line = number
            code = linecache.getline(frame.f_code.co_filename, number)
    if isinstance(error, SyntaxError) and error.filename in files:
        line, code, message = error.lineno, error.text or "", error.msg
    return {
        "type": type(error).__name__,
        "message": message[:500],
        "line": line,
        "code": code.strip()[:200],
        "unwritten": isinstance(error, NotImplementedError) and not error.args,
    }
