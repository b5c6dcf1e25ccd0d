"""Every attack end to end: the grader as a command, with every wall, as root and as a user."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from attacks import ALL, NOTEBOOKS, REST, reaching
from classroom import HERE, ROOT, grade, hints, ordinary_user, points, rows

# What depends on the wall and on who builds it; the rest is tried once.
OF_THE_WALL = {
    "right",
    "60_gigabytes",
    "daemon",
    "endless_and_deaf",
    "fork_bomb",
    "giant_file",
    "inherits_the_answer",
    "kills_its_parent",
    "many_files",
    "threads",
}

pytestmark = pytest.mark.usefixtures("a_sandbox")


@pytest.fixture(scope="module")
def listener():
    """Something on this machine that an attack can call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def place():
    """A folder that an ordinary user can reach, unlike pytest's, with one for the marks in it."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        out = Path(folder, "out")
        out.mkdir()
        if os.getuid() == 0:
            os.chown(out, 65534, 65534)
        yield Path(folder)


@pytest.fixture(params=["bubblewrap", "namespaces"])
def hide(request):
    """The programs that the grader shall not find, so that it builds this wall."""
    if request.param == "namespaces":
        return ("bwrap",)
    return () if shutil.which("bwrap") else pytest.skip("no bubblewrap")


@pytest.fixture(params=["root", "user"])
def user(request):
    if request.param == "user":
        return ordinary_user()
    return pytest.skip("these tests do not run as root") if os.getuid() else ()


@pytest.fixture
def outward(place, listener):
    """The attacks that reach for something, told where all of it is."""
    return reaching(
        package=str(HERE / "sample_set"),
        exercises=str(ROOT / "exercises"),
        submissions=str(place / "submissions"),
        out=str(place / "out"),
        seeds=str(place / "seeds.txt"),
        port=listener,
    )


def attack(place, notebooks, *options, seconds=3, **kwargs):
    """Have them graded; the points of each, by name."""
    folder = place / "submissions"
    folder.mkdir()
    (place / "seeds.txt").write_text("1001")
    for name, text in notebooks.items():
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    options = ("--seeds", place / "seeds.txt", "--seconds", seconds, *options)
    run = grade(folder, place / "out", *options, **kwargs)
    assert run.returncode == 0, run.stderr
    return {Path(name).stem: points(row) for name, row in rows(place / "out").items()}


def test_every_attack_costs_its_own_question_and_no_more(place):
    got = attack(place, {name: text for name, (_, text) in NOTEBOOKS.items()})
    assert got == {name: expected for name, (expected, _) in NOTEBOOKS.items()}


def test_no_wall_lets_anything_through(place, outward, user, hide):
    chosen = {name: NOTEBOOKS[name] for name in OF_THE_WALL}
    got = attack(place, outward | {name: n[1] for name, n in chosen.items()}, user=user, hide=hide)
    assert (place / "out" / "grades.csv").stat().st_uid == (65534 if user else os.getuid())
    assert got == dict.fromkeys(outward, REST) | {name: n[0] for name, n in chosen.items()}
    for name in outward:
        assert "nothing found" in hints(place / "out", f"{name}.ipynb")["logsoftmax_backward"]


def test_without_a_wall_the_same_attacks_succeed(place, outward):
    """But for those that the process itself keeps off."""
    del outward["reads_all_there_is"]  # which on a whole machine takes too long
    got = attack(place, outward, "--unsandboxed", seconds=20)
    refused = "takes_memory_that_counts_for_nobody", "makes_namespaces_of_its_own"
    kept_off = {*refused, "traces_its_parent"}
    assert got == {name: REST if name in kept_off else ALL for name in outward}


def test_the_kernel_refuses_what_no_answer_needs():
    """In a process of its own: what is refused stays refused."""
    code = """
import ctypes, os, threading
import numpy as np
from exercises.inside import kernel_calls
libc = ctypes.CDLL(None)
calls = (
    lambda: libc.shmget(0, 1 << 20, 0o1600),
    lambda: libc.msgget(0, 0o1600),
    lambda: libc.semget(0, 1, 0o1600),
    lambda: libc.unshare(0x10000000),
    lambda: libc.memfd_create(b"m", 0),
    lambda: libc.ptrace(16, os.getppid(), 0, 0),
)
kernel_calls.refuse()
print([call() for call in calls])
thread = threading.Thread(target=np.linalg.svd, args=[np.ones((9, 9))])
thread.start()
thread.join()
print(os.waitpid(os.fork() or os._exit(0), 0)[1], len(os.listdir("/")) > 3)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.splitlines() == [str([-1] * 6), "0 True"], run.stderr
