"""Run: Python for the cells of a page, in the reader's browser.

What is sent to the browser lies in `_run/`. A page with a notebook gets a
list of its cells and a small script; everything else is loaded when the
reader first presses Run. Below `_static/run/` of the site lie

    *.js, run.css  from `_run/`
    pyodide/       Pyodide, the packages that pages import, and a zip with
                   dlcore, the exercises and the Python side of Run
"""

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from exercise_progress import SET_PAGE
from page_cells import ROOT, Cell, page_cells, reached
from pyodide_packages import (
    LOCK,
    SNAPSHOT,
    NoPackagesError,
    Packages,
    closure,
    runtime,
    stock,
)
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

RUN = ROOT / "book" / "_run"

RUNTIME = (
    "pyodide.mjs",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
)

SENT = {".py", ".npz", ".js", ".css"}  # of dlcore and the exercises

WITHOUT_PYTHON = (
    "The code on this page cannot be run here: Python for the browser was "
    "not to be had when these pages were built."
)
FROM_FILE = (
    "The code on this page can be run here, but a browser does so only if "
    "the page comes from a server: <code>make serve</code> starts one."
)
SAY_FROM_FILE = (
    'document.getElementById("run-from-file").hidden = '
    'location.protocol !== "file:";'
)


def prepare(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Fill `_static/run/` with what the notebooks of the book need."""
    env.run_pages = {}
    env.run_missing = ""
    env.run_files = []
    try:
        packages = stock()
    except NoPackagesError as reason:
        env.run_missing = str(reason)
        said = f"the pages will have no Run: {reason}"
        logging.getLogger(__name__).info(said)
        return
    lock = json.loads((packages / LOCK).read_text())
    package_of = {
        module: name
        for name, package in lock["packages"].items()
        for module in package["imports"]
    }
    for docname in sorted(env.found_docs):
        path = Path(env.doc2path(docname))
        if path.suffix != ".ipynb":
            continue
        notebook = nbformat.read(path, as_version=4)
        sizes = app.config.run_in_page_sizes.get(docname)
        cells = page_cells(notebook, package_of, sizes)
        env.run_pages[docname] = (
            cells,
            first_needed(cells, package_of, lock["packages"]),
        )
    target = Path(app.outdir) / "_static" / "run"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(
        RUN,
        target,
        ignore=shutil.ignore_patterns("*.py", "in_page", "__pycache__"),
    )
    wanted = set().union(*(cell_of for _, cell_of in env.run_pages.values()))
    lock["packages"] = {name: lock["packages"][name] for name in wanted}
    env.run_bytes = fill(target / "pyodide", packages, lock)
    env.run_lock = lock["packages"]
    env.run_files = [
        packages / lock["packages"][name]["file_name"]
        for name in sorted(wanted)
    ]


def first_needed(
    cells: list[Cell], package_of: dict[str, str], packages: Packages
) -> dict[str, int]:
    """By package, the place in the list of the first cell that needs it."""
    found = dict.fromkeys(closure(packages, ["numpy"]), 0)
    for place, cell in enumerate(cells):
        modules = reached([cell.source]) & set(package_of)
        for name in closure(packages, {package_of[m] for m in modules}):
            found.setdefault(name, place)
    return found


def fill(folder: Path, source: Path, lock: dict[str, Any]) -> dict[str, int]:
    """Put Pyodide and the lock's packages there; gives the bytes of each."""
    folder.mkdir()
    packages = lock["packages"]
    for package in packages.values():
        shutil.copy(source / package["file_name"], folder)
    packages["book"] = book_package(folder)
    (folder / LOCK).write_text(json.dumps(lock))
    sizes = {
        name: (folder / package["file_name"]).stat().st_size
        for name, package in packages.items()
    }
    for file in (source / SNAPSHOT, *(runtime() / name for name in RUNTIME)):
        shutil.copy(file, folder)
    loaded = (*RUNTIME, LOCK, SNAPSHOT)
    sizes["pyodide"] = sum((folder / name).stat().st_size for name in loaded)
    return sizes


def book_package(folder: Path) -> dict[str, Any]:
    """Zip all that is ours into the folder; gives its entry for the lock."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for source, name in sorted(our_files()):
            # A fixed date, so that the same files give the same bytes.
            archive.writestr(zipfile.ZipInfo(name), source.read_bytes())
    content = written.getvalue()
    sha256 = hashlib.sha256(content).hexdigest()
    file_name = f"book-{sha256[:8]}.zip"
    (folder / file_name).write_bytes(content)
    return {
        "name": "book",
        "version": "0",
        "file_name": file_name,
        "install_dir": "site",
        "sha256": sha256,
        "package_type": "package",
        "imports": [],
        "depends": [],
        "unvendored_tests": False,
    }


def our_files() -> Iterator[tuple[Path, str]]:
    """Files, and the names that they have in the browser."""
    for package in ("dlcore", "exercises"):
        for file in (ROOT / package).rglob("*"):
            if file.suffix in SENT:
                yield file, file.relative_to(ROOT).as_posix()
    for file in RUN.rglob("*.py"):
        yield file, file.relative_to(RUN).as_posix()
    for file in distribution("tqdm").files or ():
        if file.parts[0] == "tqdm" and file.suffix == ".py":
            yield Path(str(file.locate())), file.as_posix()


def name_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Give each cell on a page the id that its notebook gives it."""
    if app.env.docname not in app.env.run_pages:
        return
    path = Path(app.env.doc2path(app.env.docname))
    ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            node["ids"].append(f"cell-{ids[node['cell_index']]}")


def add_run(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the page its list of cells, or say why it has none."""
    if app.env.run_missing and is_notebook(app, pagename):
        note = f"<p>{WITHOUT_PYTHON}</p>"
        context["body"] = context["body"].replace("</h1>", f"</h1>{note}", 1)
    if pagename not in app.env.run_pages:
        return
    cells, cell_of = app.env.run_pages[pagename]
    sizes, lock = app.env.run_bytes, app.env.run_lock
    page = {
        "bytes": sizes["pyodide"],
        "packages": [
            {
                "cell": place,
                "bytes": sizes[name],
                "library": lock[name]["package_type"] == "shared_library",
                "name": name,
                "file": lock[name]["file_name"],
            }
            for name, place in {**cell_of, "book": 0}.items()
        ],
        "cells": [cell.as_json() for cell in cells],
    }
    exercises = SET_PAGE.fullmatch(pagename)
    if exercises:
        page["set"] = exercises[1]
        page["tasks"] = [cell.checks for cell in cells if cell.checks]
        page["source"] = f"_sources/{context['sourcename']}"
    text = json.dumps(page).replace("<", r"\u003c")
    note = f'<p id="run-from-file" hidden>{FROM_FILE}</p>'
    context["body"] = (
        context["body"].replace("</h1>", f"</h1>{note}", 1)
        + f'<script type="application/json" id="run-page">{text}</script>'
        + f"<script>{SAY_FROM_FILE}</script>"
    )
    app.add_js_file("run/run.js", type="module")
    app.add_css_file("run/run.css")


def is_notebook(app: Sphinx, pagename: str) -> bool:
    found = pagename in app.env.found_docs
    return found and app.env.doc2path(pagename).endswith(".ipynb")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("run_in_page_sizes", {}, "env", dict)
    app.connect("env-before-read-docs", prepare)
    app.connect("doctree-read", name_cells)
    app.connect("html-page-context", add_run)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
