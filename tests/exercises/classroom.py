"""A class for the tests: notebooks to hand in, and the grader as an instructor runs it."""

import csv
import json
import os
import shutil
import stat
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from exercises.notebook import defined
from exercises.task import load
from exercises.writing.generate import without_solutions

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TASKS = [task.name for task in load("sample_set").tasks]


@cache
def solution_text():
    return (HERE / "sample_set" / "solution.ipynb").read_text(encoding="utf-8")


def solution():
    """The solved notebook, as JSON, for a test to change."""
    notebook = json.loads(solution_text())
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def handed_in(before="", **answers):
    """A solved notebook in which some answers are others. before: a cell in front of them all."""
    notebook = solution()
    notebook["metadata"]["exercises"] = {"set": "sample_set"}
    cell = {"cell_type": "code", "source": before, "outputs": [], "metadata": {}}
    notebook["cells"].insert(2, {**cell, "execution_count": None, "id": "before"})
    for cell in notebook["cells"]:
        for name in defined(cell["source"], answers):
            cell["source"] = answers[name]
    return json.dumps(notebook)


def right(name):
    """The source of the right answer to a task."""
    return next(c["source"] for c in solution()["cells"] if defined(c["source"], [name]))


def unwritten(name):
    return without_solutions(right(name))


def grade(submissions, out, *options, named="sample_set", user=(), hide=(), **kwargs):
    """Run the grader. named: the set; None for what the notebooks say.

    user: a prefix for the command. hide: programs that it shall not find.
    """
    code = (
        "import shutil, sys; find = shutil.which\n"
        f"shutil.which = lambda name, *rest: None if name in {tuple(hide)} else find(name, *rest)\n"
        "from exercises.grading.grade import main; sys.exit(main())"
    )
    command = [*user, sys.executable, "-c", code, "--submissions", submissions, "--out", out]
    command += ["--set", named] if named else []
    return subprocess.run(
        list(map(str, [*command, *options])),
        env=environment(),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        **kwargs,
    )


def environment():
    path = f"{HERE}{os.pathsep}{ROOT}"
    return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "SECRET": "token"}


def rows(out):
    """The CSV, by submission."""
    with open(out / "grades.csv", encoding="utf-8", newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def points(row):
    """The points of the three tasks; None where nothing was graded."""
    return tuple(int(row[name]) for name in TASKS) if row["total"] else None


def hints(out, submission):
    """What was said of each task."""
    for file in (out / "records").glob("*.json"):
        record = json.loads(file.read_text(encoding="utf-8"))
        if record["submission"] == submission:
            return {name: mark["says"] for name, mark in record["marks"].items()}
    raise LookupError(submission)


@cache
def ordinary_user():
    """A prefix that makes a command run as nobody, if the tests run as root; else nothing.

    Where Python or this repository lie in a folder that others may not enter, it gets a view of the
    file system in which they may.
    """
    if os.getuid():
        return ()
    if not shutil.which("bwrap"):
        pytest.skip("no bubblewrap: root needs it here to become an ordinary user")
    needed = {Path(os.path.realpath(p)) for p in (sys.base_prefix, sys.prefix, ROOT)}
    command = ["bwrap", "--dev-bind", "/", "/"]
    closed = {p for path in needed for p in path.parents if not p.stat().st_mode & stat.S_IXOTH}
    for folder in sorted(closed):
        command += ["--perms", "0755", "--tmpfs", str(folder)]
    for path in sorted(needed):
        if closed & set(path.parents):
            for parent in reversed(path.parents[:-1]):
                command += ["--perms", "0755", "--dir", str(parent)]
            command += ["--bind", str(path), str(path)]
    command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return (*command, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
