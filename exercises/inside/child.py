"""The program in the sandbox: it runs one student's answer to one task, in a fork.

It reads one job from stdin and writes frames to stdout, READY and then one for each case: a status
byte, the length of what follows (4 bytes, big-endian), and that. The process that reads and writes
has imported NumPy and the set's drive.py and runs no code of the student; the fork runs the
student's cells, once, and the answer on each case, under limits that are set before that.

What a student can do in the fork is to spoil frames of this one task. A forged frame is worth
what a wrong answer is worth: outside, a judge looks at the numbers in it.
"""

import ast
import builtins
import contextlib
import importlib
import inspect
import linecache
import os
import re
import select
import signal
import struct
import sys
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any, NoReturn

from . import kernel_calls
from .attempt import Drive, attempt, call, describe
from .silent import Silent, keep_silent
from .wire import pack, unpack

REPLY, LATE, DIED, FLOOD, READY = range(5)
ANSWER, OTHER_ANSWER, ASIDE = "answer", "other answer", "aside"  # what a cell is to this task
FRAME = struct.Struct(">BI")
LENGTH = struct.Struct(">I")  # of a reply, on its way from the fork
CELL_MAGIC = re.compile(r"\s*%%(?P<name>\w+).*\n?")
STILL_RUNS = {"capture", "prun", "time"}  # cell magics that leave names behind

DEFINITION = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
NAMING = DEFINITION | ast.Assign | ast.AnnAssign | ast.AugAssign


class Overtime(BaseException):
    """Ends a statement that only shows or tries something and takes too long."""


def main() -> None:
    job = unpack(sys.stdin.buffer.read())
    frames = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    kernel_calls.close_to_others()
    keep_silent(job["silent"])
    drive = getattr(importlib.import_module("drive"), job["task"], call)
    write(frames, FRAME.pack(READY, 0))
    for status, content in replies(job, drive, frames):
        write(frames, FRAME.pack(status, len(content)) + content)


def replies(job: dict[str, Any], drive: Drive, frames: int) -> Iterator[tuple[int, bytes]]:
    """Fork, let the fork answer case after case, and stop it when one has used up its time.

    The cells run once, in front of the first case, as in the notebook.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.close(frames)
        answer_cases(job, drive, writing)
    os.close(writing)
    for _ in job["cases"]:
        end = time.monotonic() + job["limits"]["seconds"]
        status, message = listen(reading, end, job["limits"]["reply_bytes"])
        if status == DIED:
            code = wait(child, end)
            message = str(code).encode() if code else b""
        yield status, message
        if status != REPLY:
            break
    os.close(reading)
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def listen(pipe: int, end: float, most: int) -> tuple[int, bytes]:
    """The next message in the pipe, if it comes before `end` and is not too long."""
    message, length = bytearray(), LENGTH.size
    while len(message) < length:
        if not select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
            return LATE, b""
        more = os.read(pipe, min(1 << 16, length - len(message)))
        if not more:
            return DIED, b""
        message += more
        if length == LENGTH.size == len(message):
            length += LENGTH.unpack(message)[0]
            if length > most:
                return FLOOD, b""
    return REPLY, bytes(message[LENGTH.size :])


def wait(child: int, end: float) -> int | None:
    """The exit code of a process (negative: the signal that ended it), None if it runs on."""
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.0005)
    return None


def answer_cases(job: dict[str, Any], drive: Drive, pipe: int) -> NoReturn:
    """In the fork: run the cells, try the answer on each case, and end without a last word."""
    try:
        restrict(len(job["cases"]), **job["limits"])
        namespace, notes = run_cells(job["cells"], job["task"], job["limits"]["aside_seconds"])
        files = [file_name(cell) for cell in job["cells"]]
        for inputs in job["cases"]:
            if job["task"] in namespace:
                reply = attempt(drive, namespace[job["task"]], inputs, files, notes)
            else:
                answers = {cell["number"] for cell in job["cells"] if cell["role"] == ANSWER}
                reply = pack({"missing": [note for note in notes if note["cell"] in answers]})
            write(pipe, LENGTH.pack(len(reply)) + reply)
    finally:
        os._exit(0 if sys.exc_info()[0] is None else 1)


def restrict(cases: int, seconds: float, memory_bytes: int, file_bytes: int, **_: Any) -> None:
    """Limits on time, memory, files; no further process or thread; few calls to the kernel."""
    import resource  # not on Windows, where grading refuses before it comes to this

    for kind, limit in (
        (resource.RLIMIT_CPU, int(cases * seconds) + 2),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(kind, (limit, limit))
        except (ValueError, OSError):
            if sys.platform == "linux":  # macOS does not know every limit
                raise
    kernel_calls.refuse()


def run_cells(
    cells: list[dict[str, Any]], task: str, seconds: float
) -> tuple[dict[str, Any], list[dict]]:
    """The names that a notebook's cells define, and what went wrong on the way, as `describe` does.

    A statement that fails does not take the next ones with it. Definitions are always run. What
    else stands in the cells (data, a plot, a training run) has `seconds` in all, and each statement
    half of what is left, so that one that hangs leaves time for the others. From the cell of
    another answer only what gives a name to something is run. Where the task's name is used again
    for what cannot be called, the answer is what was defined under it.
    """
    namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
    namespace |= {"display": Silent("display"), "get_ipython": Silent("get_ipython")}
    notes = []
    answer = None
    end = time.monotonic() + seconds
    signal.signal(signal.SIGALRM, stop)
    for cell in cells:
        try:
            with ended(end):
                statements = parsed(cell["source"], file_name(cell))
        except BaseException as error:  # besides SyntaxError, what a hostile text does to a parser
            notes.append(noted(error, cell))
            continue
        for statement, code in statements:
            if cell["role"] == OTHER_ANSWER and not isinstance(statement, NAMING):
                continue
            try:
                with ended(end if not isinstance(statement, DEFINITION) else None):
                    waiting = eval(code, namespace)
                    if inspect.iscoroutine(waiting):
                        run(waiting)
            except BaseException as error:
                notes.append(noted(error, cell))
        if callable(namespace.get(task)):
            answer = namespace[task]
    if answer is not None and not callable(namespace.get(task)):
        namespace[task] = answer
    return namespace, notes


@contextlib.contextmanager
def ended(end: float | None) -> Iterator[None]:
    """Ends what runs inside after half of the time that is left; None: lets it run."""
    if end is not None:
        # Again and again: code that catches everything catches one.
        left = max(0.01, (end - time.monotonic()) / 2)
        signal.setitimer(signal.ITIMER_REAL, left, 0.001)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def noted(error: BaseException, cell: dict[str, Any]) -> dict[str, Any]:
    if isinstance(error, SyntaxError):
        error.msg += f" (graded with Python {sys.version_info[0]}.{sys.version_info[1]})"
    return describe(error, [file_name(cell)]) | {"cell": cell["number"]}


def run(waiting: Any) -> None:
    """What a cell awaits, at its top level."""
    import asyncio  # few cells do, and it takes its time

    asyncio.run(waiting)


def stop(_: int, frame: FrameType | None) -> None:
    """The timer's tick. In lines of our own it waits for the next one: they set the timer back."""
    ours = {f.__code__.co_filename for f in (stop, contextlib.contextmanager)}
    if frame is None or frame.f_code.co_filename not in ours:
        raise Overtime("it took too long, and was ended")


def file_name(cell: dict[str, Any]) -> str:
    return f"<cell {cell['number']}>"


def parsed(source: str, name: str) -> list[tuple[ast.stmt, Any]]:
    """The statements of a cell, each compiled by itself.

    What is no plain Python is read as IPython reads it; its commands then do nothing.
    """
    try:
        tree = ast.parse(source, name)
    except SyntaxError:
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        source = without_commands(source)
        tree = ast.parse(source, name)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    statements = []
    for statement in apart(tree.body):
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            future = importlib.import_module("__future__")
            flags |= sum(getattr(future, alias.name).compiler_flag for alias in statement.names)
        code = compile(ast.Module([statement], []), name, "exec", flags, dont_inherit=True)
        statements.append((statement, code))
    return statements


def apart(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, but each import of several modules as several: one may be missing here."""
    for statement in statements:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield ast.copy_location(ast.Import([alias]), statement)
        else:
            yield statement


def without_commands(source: str) -> str:
    """IPython's source as plain Python. Of a cell magic the cell is left if it runs here at all."""
    magic = CELL_MAGIC.match(source)
    if magic and magic["name"] not in STILL_RUNS:
        return ""
    # Two files of IPython's lie beside this; the package itself is silent. Few cells need them.
    utils, tokens = map(importlib.import_module, ("IPython.utils", "tokenutil"))
    utils.tokenutil = tokens  # type: ignore[attr-defined]
    ipython = importlib.import_module("inputtransformer2").TransformerManager()
    body = source[magic.end() :] if magic else source
    above = source[: len(source) - len(body.lstrip())].count("\n")  # IPython drops empty lines
    return "\n" * above + ipython.transform_cell(body)


def write(pipe: int, data: bytes) -> None:
    while data:
        data = data[os.write(pipe, data) :]


if __name__ == "__main__":
    main()
