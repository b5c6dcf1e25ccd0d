"""A wall around student code: namespaces of its own, and a file system with next to nothing in it.

What is inside: Python and NumPy, read-only; `inside/`, the set's drive.py and dlcore without what
the task forbids, read-only; an empty folder to write to; its own /proc. What is not: solutions,
checks, seeds, other submissions, the network, other processes, the environment.

Bubblewrap builds the wall where it is installed, and util-linux (unshare, mount, pivot_root) where
it is not. Started as root, student code runs as the user 65534 (nobody).
"""

import os
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..inside import child
from ..inside.wire import BadMessage, pack, unpack

BUBBLEWRAP, UNSHARE, NONE = "bubblewrap", "unshare", "none"  # the walls, best first

NOBODY = 65534
HOME, HERE, LIBRARIES = "/home/student", "/here", "/libraries"  # in the sandbox
ALLOWED = ("numpy", "scipy", "tqdm")  # the packages of others that student code may import
HOME_BYTES = 64 << 20
STARTUP_SECONDS = 30  # for Python and NumPy, on a machine that has much else to do

Replies = Generator[tuple[int, Any], None, None]


class NoSandbox(Exception):
    """This machine cannot wall off student code; the message says what to do."""


@dataclass(frozen=True)
class Limits:
    """What one case may use."""

    seconds: float = 10.0  # on the clock, for the cells and the answer
    aside_seconds: float = 5.0  # of these, for what stands around the answers
    memory_bytes: int = 2 << 30
    file_bytes: int = 16 << 20
    reply_bytes: int = 16 << 20


@dataclass(frozen=True)
class Sandbox:
    """wall: BUBBLEWRAP, UNSHARE or NONE. secrets: files and folders that must not be seen."""

    wall: str
    secrets: tuple[Path, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def run(self, stage: Path, job: dict[str, Any]) -> Replies:
        """Run a job on what lies in `stage`, a folder with `inside/`, drive.py, and perhaps dlcore.

        job: the entries "task", "cells", "cases", "silent" that `inside.child` reads.
        Yields a status of `inside.child` for each case: with REPLY the reply (None if it cannot be
        read), with DIED the exit code if that is known. After the first other than REPLY it ends.
        Raises OSError if the sandbox does not start, which is never the student's fault.
        """
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryDirectory() as cwd:
            stdin.write(pack(job | {"limits": asdict(self.limits)}))
            stdin.seek(0)
            process = subprocess.Popen(
                self.command(stage),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=cwd if self.wall == NONE else "/",
                env=environment(cwd if self.wall == NONE else HOME),
                start_new_session=True,
            )
            assert process.stdout is not None
            try:
                yield from self._replies(process.stdout.fileno(), len(job["cases"]))
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.stdout.close()
                process.wait()

    def _replies(self, pipe: int, cases: int) -> Replies:
        if self._reply(pipe, time.monotonic() + STARTUP_SECONDS)[0] != child.READY:
            raise OSError("the sandbox did not start")
        for _ in range(cases):
            status, reply = self._reply(pipe, time.monotonic() + self.limits.seconds + 2)
            yield status, reply
            if status != child.REPLY:
                return

    def _reply(self, pipe: int, end: float) -> tuple[int, Any]:
        """One frame, read with the distrust that it deserves."""
        header = read(pipe, child.FRAME.size, end)
        if header is None:
            return (child.LATE if time.monotonic() > end else child.DIED), None
        status, length = child.FRAME.unpack(header)
        content = read(pipe, length, end) if length <= self.limits.reply_bytes else None
        if status in (child.LATE, child.FLOOD, child.READY):
            return status, None
        if content is None or status == child.DIED:
            return child.DIED, content and content.decode("ascii", "replace")
        try:
            return child.REPLY, unpack(content)
        except BadMessage:
            return child.REPLY, None

    def command(self, stage: Path) -> list[str]:
        """The command that runs `inside.child` behind the wall."""
        folders = [HERE, LIBRARIES] if self.wall != NONE else [str(stage), *library_folders()]
        start = f"import sys; sys.path += {folders}; from inside.child import main; main()"
        # The base interpreter, isolated: no site, no environment, nothing written beside sources.
        base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
        python = [base, "-I", "-S", "-B", "-c", start]
        if self.wall == NONE:
            return python
        if os.getuid() == 0:
            ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            python = ["setpriv", *ids, "--inh-caps=-all", "--bounding-set=-all", *python]
        build = bubblewrap if self.wall == BUBBLEWRAP else unshare
        return build(stage, self.secrets, python)


def opened(secrets: Sequence[Path], limits: Limits) -> Sandbox:
    """The best sandbox that this machine has, after trying to break out of it.

    Raises NoSandbox, with what stands in the way and what to do about it.
    """
    found = []
    for wall, tool in ((BUBBLEWRAP, "bwrap"), (UNSHARE, "unshare")):
        if shutil.which(tool) is None:
            found.append(f"{tool} is not installed")
            continue
        sandbox = Sandbox(wall, tuple(secrets), limits)
        fault = tried(sandbox)
        if not fault:
            return sandbox
        found.append(f"{tool}: {fault}")
    raise NoSandbox("\n  ".join([REFUSAL, *found]) + ADVICE)


REFUSAL = "Grading runs the code of students, and this machine cannot wall it off:"
ADVICE = """
On Linux: install bubblewrap (apt install bubblewrap). Where user namespaces are switched off,
switch them on (Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0), or start this as
root. On macOS and Windows: use a virtual machine with Linux, or WSL 2.
If you trust every submission with all that you can read and write: --unsandboxed (not on Windows).
"""


def tried(sandbox: Sandbox) -> str:
    """What is wrong with a sandbox; empty if it starts and a burglar finds nothing in it."""
    with tempfile.TemporaryDirectory() as work:
        stage = Path(work, "burgle")
        furnish(stage)
        (stage / "drive.py").write_text("def burgle(answer, inputs): return answer(**inputs)")
        burglar = Path(__file__).with_name("burglar.py").read_text(encoding="utf-8")
        job = {
            "task": "burgle",
            "cells": [{"number": 1, "source": burglar, "role": child.ANSWER}],
            "cases": [{"secrets": [str(path) for path in sandbox.secrets], "pid": os.getpid()}],
            "silent": [],
        }
        with suppress(OSError), closing(sandbox.run(stage, job)) as replies:
            _, reply = next(replies)
            seen = reply["outputs"]
            return f"from inside one can reach {', '.join(seen)}" if seen else ""
        said = subprocess.run(
            sandbox.command(stage),
            input=pack(job | {"limits": asdict(sandbox.limits)}),
            capture_output=True,
            env=environment(HOME),
        ).stderr
        return " ".join(said.decode(errors="replace").split())[-300:] or "it does not start"


def furnish(stage: Path) -> None:
    """Put in the part of the machine that runs beside student code."""
    inside = Path(child.__file__).parent
    shutil.copytree(inside, stage / "inside", ignore=shutil.ignore_patterns("__pycache__"))
    ipython = find_spec("IPython")
    if ipython and ipython.origin:  # how it reads a cell is in two files
        for file in ("core/inputtransformer2.py", "utils/tokenutil.py"):
            shutil.copy(Path(ipython.origin).parent / file, stage)


def environment(home: str) -> dict[str, str]:
    """All that student code finds in os.environ."""
    one = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "TMPDIR": home, **one}


def read(pipe: int, length: int, end: float) -> bytes | None:
    """So many bytes, None if the pipe or the time ends before."""
    got = bytearray()
    while len(got) < length:
        ready, _, _ = select.select([pipe], [], [], max(0, end - time.monotonic()))
        more = os.read(pipe, min(length - len(got), 1 << 20)) if ready else b""
        if not more:
            return None
        got += more
    return bytes(got)


# --- What is to be seen inside --------------------------------------------------------------------


def library_folders() -> list[str]:
    """The folders on the path of this Python that hold NumPy and the other allowed packages."""
    return sorted({str(folder.parent) for folder in libraries()})


def libraries() -> list[Path]:
    """The folders of the allowed packages, each with the shared libraries that lie beside it."""
    folders = []
    for name in ALLOWED:
        spec = find_spec(name)
        if spec and spec.submodule_search_locations:
            folder = Path(spec.submodule_search_locations[0]).resolve()
            folders += [f for f in (folder, folder.with_name(f"{name}.libs")) if f.is_dir()]
    return folders


def system() -> list[Path]:
    """Folders and files that Python needs; read-only, and at their own place."""
    names = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives")
    python = {Path(os.path.realpath(prefix)) for prefix in (sys.base_prefix, sys.base_exec_prefix)}
    own = [folder for folder in sorted(python) if not folder.is_relative_to("/usr")]
    return [path for path in (*map(Path, names), *own) if path.exists()]


def covered(secrets: Sequence[Path]) -> list[Path]:
    """Of what `system` shows, that which must not be seen: the secrets, and installed packages.

    Among these could be torch, or a dlcore that has what a task forbids.
    """
    shown = system()
    installed = [
        path
        for folder in shown
        for place in ("", "local/")
        for path in folder.glob(f"{place}lib*/python*/*-packages")
    ]
    paths = {Path(os.path.realpath(path)) for path in (*secrets, *installed)}
    outermost = [path for path in paths if paths.isdisjoint(path.parents)]
    return [path for path in sorted(outermost) if not set(shown).isdisjoint([path, *path.parents])]


def bubblewrap(stage: Path, secrets: Sequence[Path], program: list[str]) -> list[str]:
    """The command for bubblewrap."""
    command = [
        shutil.which("bwrap") or "bwrap",
        "--die-with-parent",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
    ]
    command += ["--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL"]
    if os.getuid() == 0:  # to become nobody, who has none of them
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
            command += ["--cap-add", capability]
    else:
        command += ["--unshare-user"]
    for path in system():
        if path.is_symlink():
            command += ["--symlink", os.readlink(path), str(path)]
            continue
        for parent in reversed(path.parents[:-1]):
            command += ["--perms", "0755", "--dir", str(parent)]
        command += ["--ro-bind", str(path), str(path)]
    command += ["--perms", "0755", "--dir", LIBRARIES]
    for path in covered(secrets):
        if path.is_dir():
            command += ["--tmpfs", str(path), "--remount-ro", str(path)]
        else:
            command += ["--ro-bind", "/dev/null", str(path)]
    for folder in libraries():
        command += ["--ro-bind", str(folder), f"{LIBRARIES}/{folder.name}"]
    command += ["--ro-bind", str(stage), HERE, "--proc", "/proc", "--dev", "/dev"]
    command += ["--remount-ro", "/dev", "--perms", "1777", "--size", str(HOME_BYTES)]
    return [*command, "--tmpfs", HOME, "--remount-ro", "/", "--chdir", HOME, "--", *program]


def unshare(stage: Path, secrets: Sequence[Path], program: list[str]) -> list[str]:
    """The same with the tools of util-linux."""
    root = stage.with_name(".root")  # an empty folder to build the new file system on
    root.mkdir(exist_ok=True)
    lines = [PREPARE, f"root={shlex.quote(str(root))}", 'mount -t tmpfs -o mode=755 none "$root"']
    for path in system():
        if path.is_symlink():
            lines.append(shlex.join(["ln", "-s", os.readlink(path), f"{root}{path}"]))
        else:
            lines.append(shlex.join(["show", str(path), str(path)]))
    for path in covered(secrets):
        how = ["-t", "tmpfs", "-o", "ro", "none"] if path.is_dir() else ["--bind", "/dev/null"]
        lines.append(shlex.join(["mount", *how, f"{root}{path}"]))
    for folder in libraries():
        lines.append(shlex.join(["show", str(folder), f"{LIBRARIES}/{folder.name}"]))
    lines += [shlex.join(["show", str(stage), HERE]), FINISH]
    kinds = ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"]
    if os.getuid():
        kinds += ["--map-root-user"]  # may mount things, and loses that right with the program
        program = ["setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", *program]
    script = "\n".join([*lines, f"exec {shlex.join(program)}"])
    return ["unshare", *kinds, "--", "sh", "-c", script]


PREPARE = """
set -e
show() {
    mkdir -p "$(dirname "$root$2")"
    if [ -d "$1" ]; then mkdir -p "$root$2"; else touch "$root$2"; fi
    mount --rbind "$1" "$root$2"
    findmnt --list --noheadings --output TARGET --submounts "$root$2" | while read -r target; do
        # A mount keeps the flags that it came with, and they have to be said again.
        mount -o remount,bind,ro "$target" 2>/dev/null ||
            mount -o remount,bind,ro,nosuid,nodev "$target" 2>/dev/null ||
            mount -o remount,bind,ro,nosuid,nodev,noexec "$target"
    done
}
"""
FINISH = f"""
mkdir -p "$root/proc" "$root/dev" "$root/old" "$root{HOME}"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
for device in null zero full random urandom; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t tmpfs -o mode=1777,size={HOME_BYTES},nosuid,nodev none "$root{HOME}"
cd "$root"
pivot_root . old
umount -l /old
rmdir /old
mount -o remount,bind,ro /
cd {HOME}
"""
