"""The site's folder with Python for the browser.

In it lie Pyodide, packages that were built for it, and packages that are made
here: of what is ours, and of pure Python that lies in this environment. Each
file of data is a package of its own, for the pages that read it.
"""

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from page_cells import DATA, ROOT
from pyodide_packages import LOCK, Packages, runtime, sha256, stock

RUN = ROOT / "book" / "_run"

RUNTIME = (
    "pyodide.mjs",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
)

SENT = {".py", ".js", ".css"}  # of dlcore and the exercises

# From this environment, with what they need there.
PURE = {
    "anywidget": ["ipywidgets", "psygnal", "typing-extensions"],
    "comm": [],
    "ipywidgets": ["comm", "ipython", "traitlets"],
    "psygnal": [],
    "tqdm": [],
    "typing-extensions": [],
}

DATA_PACKAGES = {stem: f"data-{stem}" for stem in DATA}

# The kernel of JupyterLite, which brings them as wheels.
KERNEL = ("ipykernel", "piplite", "pyodide_kernel")

Files = Iterable[tuple[Path, str]]  # and the names that they get


def fill(folder: Path) -> Packages:
    """Put all that there; gives the packages, as they stand in its lock.

    Raises NoPackagesError.
    """
    source = stock()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    for name in (*RUNTIME, "pyodide.js"):  # JupyterLite asks for this one
        shutil.copy(runtime() / name, folder)
    lock = json.loads((source / LOCK).read_text())
    packages = lock["packages"]
    ours = [*below("dlcore", SENT), *below("exercises", SENT)]
    packages["book"] = pack(folder, "book", ours, ["numpy"])
    packages["run"] = pack(folder, "run", below("", {".py"}, RUN))
    for stem, name in DATA_PACKAGES.items():
        named = below("dlcore/data", {".npz", ".license"})
        files = [each for each in named if each[0].name.startswith(f"{stem}.")]
        packages[name] = pack(folder, name, files)
    for name, depends in PURE.items():
        files = of_distribution(name)
        packages[name] = pack(folder, name, files, depends)
    for file in distribution("jupyterlite-pyodide-kernel").files or ():
        name = file.name.partition("-")[0]
        if file.suffix == ".whl" and name in KERNEL:
            shutil.copy(file.locate(), folder)
            key = name.replace("_", "-")
            packages[key] = entry(key, folder / file.name)
    (folder / LOCK).write_text(json.dumps(lock))
    return packages


def below(name: str, suffixes: set[str], root: Path = ROOT) -> Files:
    """The files of a folder of root, named from there."""
    for file in (root / name).rglob("*"):
        if file.suffix in suffixes:
            yield file, file.relative_to(root).as_posix()


def of_distribution(name: str) -> Files:
    """The files of a package in this environment, its tests aside."""
    for file in distribution(name).files or ():
        wanted = file.suffix in SENT or ".dist-info" in file.parts[0]
        if wanted and not {"..", "tests"} & set(file.parts):
            yield Path(str(file.locate())), file.as_posix()


def pack(
    folder: Path, name: str, files: Files, depends: Iterable[str] = ()
) -> dict[str, Any]:
    """Zip files into the folder; gives what the lock says of the package."""
    written, imports = io.BytesIO(), set()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for source, target in sorted(files):
            # A fixed date, so that the same files give the same bytes.
            archive.writestr(zipfile.ZipInfo(target), source.read_bytes())
            if target.endswith(".py"):
                imports.add(target.partition("/")[0].removesuffix(".py"))
    content = written.getvalue()
    mark = hashlib.sha256(content).hexdigest()[:8]
    file = folder / f"{name}-{mark}.zip"
    file.write_bytes(content)
    return entry(name, file, depends, imports)


def entry(
    name: str,
    file: Path,
    depends: Iterable[str] = (),
    imports: Iterable[str] = (),
) -> dict[str, Any]:
    """Of a package, in the lock."""
    return {
        "name": name,
        "version": "0",
        "file_name": file.name,
        "install_dir": "site",
        "sha256": sha256(file),
        "package_type": "package",
        "imports": sorted(imports),
        "depends": list(depends),
        "unvendored_tests": False,
    }
