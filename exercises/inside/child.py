"""The program in the sandbox: it runs one student's answer to one task, each case in a fork.

It reads one job from stdin and writes frames to stdout, READY and then one for each case: a status
byte, the length of what follows (4 bytes, big-endian), and that. The process that reads and writes
has imported NumPy and the set's drive.py and runs no code of the student; each fork runs the
student's cells and the answer, under limits that are set before the first of those lines.

What a student can do in a fork is to spoil frames of this one task. A forged frame is worth what a
wrong answer is worth: outside, a judge looks at the numbers in it.
"""

import ast
import builtins
import importlib
import linecache
import os
import re
import select
import signal
import struct
import sys
import time
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

from .attempt import Drive, attempt, call, describe
from .wire import pack, unpack

REPLY, LATE, DIED, FLOOD, READY = range(5)
ANSWER, OTHER_ANSWER, ASIDE = "answer", "other answer", "aside"  # what a cell is to this task
FRAME = struct.Struct(">BI")
COMMAND = re.compile(r"^[ \t]*[%!].*$|^.*\?[ \t]*$", re.MULTILINE)  # %magic, !shell and help?

# Pictures are not looked at here, and checks not asked: these packages do nothing at all.
SILENT = {"IPython", "anywidget", "exercises", "ipywidgets", "matplotlib"}


class Silent(ModuleType):
    """Stands for any module, function or object: has every name, can be called, does nothing."""

    def __getattr__(self, name: str) -> "Silent":
        if name.startswith("__"):
            raise AttributeError(name)
        return Silent(name)

    def __call__(self, *args: Any, **kwargs: Any) -> "Silent":
        return self

    def __getitem__(self, key: Any) -> "Silent":
        return self

    def __iter__(self) -> Iterator["Silent"]:
        return iter((self, self))  # figure, axes = plt.subplots()

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, *args: Any) -> None:
        pass


class SilentPackages(MetaPathFinder, Loader):
    """Finds a `Silent` module under every name of the given packages."""

    def __init__(self, packages: set[str]) -> None:
        self.packages = packages

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name.partition(".")[0] in self.packages:
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Silent(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


class Overtime(BaseException):
    """Ends a statement that only shows or tries something and takes too long."""


def main() -> None:
    job = unpack(sys.stdin.buffer.read())
    frames = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    sys.meta_path.insert(0, SilentPackages(SILENT | set(job["silent"])))
    drive = getattr(importlib.import_module("drive"), job["task"], call)
    write(frames, FRAME.pack(READY, 0))
    for inputs in job["cases"]:
        status, content = run_case(job, drive, inputs, frames)
        write(frames, FRAME.pack(status, len(content)) + content)


def run_case(
    job: dict[str, Any], drive: Drive, inputs: dict[str, Any], frames: int
) -> tuple[int, bytes]:
    """Fork, let the fork answer, and stop it when it is done or has used up what it may use."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.close(frames)
        answer_case(job, drive, inputs, writing)
    os.close(writing)
    end = time.monotonic() + job["limits"]["seconds"]
    status, message = listen(reading, end, job["limits"]["reply_bytes"])
    os.close(reading)
    code = wait(child, end) if status == REPLY else None
    if code is None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return (LATE if status == REPLY else status), b""
    return (DIED, str(code).encode()) if code or not message else (REPLY, message)


def listen(pipe: int, end: float, most: int) -> tuple[int, bytes]:
    """What comes through the pipe until it is closed, if that is before `end` and not too much."""
    message = bytearray()
    while select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
        more = os.read(pipe, 1 << 16)
        message += more
        if not more:
            return REPLY, bytes(message)
        if len(message) > most:
            return FLOOD, b""
    return LATE, b""


def wait(child: int, end: float) -> int | None:
    """The exit code of a process (negative: the signal that ended it), None if it runs on."""
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.0005)
    return None


def answer_case(job: dict[str, Any], drive: Drive, inputs: dict[str, Any], pipe: int) -> NoReturn:
    """In the fork: run the cells, try the answer, send the reply, and end without a last word."""
    try:
        restrict(**job["limits"])
        namespace, notes = run_cells(job["cells"], job["limits"]["aside_seconds"])
        if job["task"] in namespace:
            files = [file_name(cell) for cell in job["cells"]]
            reply = attempt(drive, namespace[job["task"]], inputs, files)
        else:
            answers = {cell["number"] for cell in job["cells"] if cell["role"] == ANSWER}
            reply = pack({"missing": [note for note in notes if note["cell"] in answers]})
        write(pipe, reply)
    finally:
        os._exit(0 if sys.exc_info()[0] is None else 1)


def restrict(seconds: float, memory_bytes: int, file_bytes: int, **_: Any) -> None:
    """Limits on time, memory, files; no further process or thread."""
    import resource  # not on Windows, where grading refuses before it comes to this

    for kind, limit in (
        (resource.RLIMIT_CPU, int(seconds) + 2),
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


def run_cells(cells: list[dict[str, Any]], seconds: float) -> tuple[dict[str, Any], list[dict]]:
    """The names that a notebook's cells define, and what went wrong on the way, as `describe` does.

    A statement that fails does not take the next ones with it. Definitions are always run. What
    else stands in the cells (data, a plot, a training run) has `seconds` in all, and each statement
    half of what is left, so that one that hangs leaves time for the others. From the answer to
    another task it is left out.
    """
    namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
    namespace |= {"display": Silent("display"), "get_ipython": Silent("get_ipython")}
    notes = []
    end = time.monotonic() + seconds
    signal.signal(signal.SIGALRM, stop)
    for cell in cells:
        try:
            statements = parsed(cell["source"], file_name(cell))
        except Exception as error:  # besides SyntaxError, what a hostile text does to the parser
            notes.append(describe(error, [file_name(cell)]) | {"cell": cell["number"]})
            continue
        for statement, code in statements:
            if not is_definition(statement):
                if cell["role"] == OTHER_ANSWER:
                    continue
                signal.setitimer(signal.ITIMER_REAL, max(0.01, (end - time.monotonic()) / 2))
            try:
                try:
                    exec(code, namespace)
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except BaseException as error:
                notes.append(describe(error, [file_name(cell)]) | {"cell": cell["number"]})
    return namespace, notes


def stop(*_: Any) -> NoReturn:
    raise Overtime


def file_name(cell: dict[str, Any]) -> str:
    return f"<cell {cell['number']}>"


def parsed(source: str, name: str) -> list[tuple[ast.stmt, Any]]:
    """The statements of a cell, each compiled by itself; lines of a Jupyter command are skipped."""
    try:
        tree = ast.parse(source, name)
    except SyntaxError:
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        source = COMMAND.sub("", source)
        tree = ast.parse(source, name)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    flags = 0
    statements = []
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            future = importlib.import_module("__future__")
            flags |= sum(getattr(future, alias.name).compiler_flag for alias in statement.names)
        code = compile(ast.Module([statement], []), name, "exec", flags, dont_inherit=True)
        statements.append((statement, code))
    return statements


def is_definition(statement: ast.stmt) -> bool:
    """An import, a function, a class, or a name for a constant."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return isinstance(statement.value, ast.Constant)
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return isinstance(statement, kinds)


def write(pipe: int, data: bytes) -> None:
    while data:
        data = data[os.write(pipe, data) :]


if __name__ == "__main__":
    main()
