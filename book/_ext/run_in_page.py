"""Run: Python for the cells of a page, in the reader's browser.

What is sent to the browser lies in `_run/`. A page with a notebook gets a
list of its cells and a small script; everything else is loaded when the
reader first presses Run. Below `_static/run/` of the site lie

    *.js, run.css  from `_run/`
    pyodide/       Python itself, see pyodide_folder.py
"""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from exercise_progress import SET_PAGE
from page_cells import Cell, data_named, page_cells, reached
from pyodide_folder import DATA_PACKAGES, RUN, RUNTIME, fill
from pyodide_packages import (
    LOCK,
    SNAPSHOT,
    NoPackagesError,
    Packages,
    closure,
)
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

# What cells can import on a page. The rest is there for JupyterLite.
PAGES = (
    *("matplotlib", "scikit-learn", "scipy", "tqdm", "traitlets"),
    *("book", "run"),
)

# Beside the notebooks, pages that speak of Run or of what it keeps.
ABOUT_RUN = ("book/index", "book/progress")

WITHOUT_PYTHON = (
    "The code of these pages cannot be run on them: Python for the browser "
    "was not to be had when they were built."
)
FROM_FILE = (
    "You opened this page from a folder. There a browser runs no code, and "
    "keeps none of what you solve. It does on pages that come from a server: "
    "<code>make serve</code> starts one, and so does <code>python3 -m "
    "http.server</code> in the folder of the pages."
)
SAY_FROM_FILE = """if (location.protocol === "file:") {
document.getElementById("run-from-file").hidden = false;
document.querySelectorAll(".exercise-set button").forEach((button) => {
button.disabled = true; }); }"""


@dataclass
class Runnable:
    """What the pages of this build can run.

    missing: why they can run nothing; else empty.
    packages: of the Python for the browser, as they stand in its lock.
    pages: for each page with a notebook its cells and, by package, the place
    of the first cell that needs it.
    """

    missing: str = ""
    packages: Packages = field(default_factory=dict)
    pages: dict[str, tuple[list[Cell], dict[str, int]]] = field(
        default_factory=dict
    )


def runnable(env: BuildEnvironment) -> Runnable:
    """Known as soon as the first page is read."""
    return env.runnable


def prepare(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Fill `_static/run/` with what the notebooks of the book need."""
    found = env.runnable = Runnable()
    target = Path(app.outdir) / "_static" / "run"
    shutil.rmtree(target, ignore_errors=True)
    try:
        found.packages = fill(target / "pyodide")
    except NoPackagesError as reason:
        found.missing = str(reason)
        said = f"the pages will have no Run: {reason}"
        logging.getLogger(__name__).info(said)
        return
    shutil.copytree(
        RUN,
        target,
        ignore=shutil.ignore_patterns("*.py", "in_page", "__pycache__"),
        dirs_exist_ok=True,
    )
    package_of = {
        module: name
        for name, package in closure(found.packages, PAGES).items()
        for module in package["imports"]
    }
    for docname in sorted(env.found_docs):
        path = Path(env.doc2path(docname))
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            sizes = app.config.run_in_page_sizes.get(docname)
            cells = page_cells(notebook, package_of, sizes)
            needed = first_needed(cells, package_of, found.packages)
            found.pages[docname] = cells, needed


def first_needed(
    cells: list[Cell], package_of: dict[str, str], packages: Packages
) -> dict[str, int]:
    """By package, the place in the list of the first cell that needs it."""
    found = dict.fromkeys(("numpy", "book", "run"), 0)
    for place, cell in enumerate(cells):
        modules = reached([cell.source]) & set(package_of)
        imported = closure(packages, {package_of[m] for m in modules})
        read = [
            DATA_PACKAGES[stem] for stem in sorted(data_named(cell.source))
        ]
        for name in (*imported, *read):
            found.setdefault(name, place)
    return found


def name_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Give each cell on a page the id that its notebook gives it."""
    if not is_notebook(app, app.env.docname):
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
    found = runnable(app.env)
    if not is_notebook(app, pagename) and pagename not in ABOUT_RUN:
        return
    if found.missing:
        note, script = f"<p>{WITHOUT_PYTHON}</p>", ""
    else:
        note = f'<p id="run-from-file" hidden>{FROM_FILE}</p>'
        script = f"<script>{SAY_FROM_FILE}</script>"
    body = context["body"].replace("</h1>", f"</h1>{note}", 1)
    context["body"] = body + script
    if pagename not in found.pages:
        return
    cells, cell_of = found.pages[pagename]
    folder = Path(app.outdir) / "_static" / "run" / "pyodide"
    runtime = (*RUNTIME, LOCK, SNAPSHOT)
    page = {
        "bytes": sum((folder / name).stat().st_size for name in runtime),
        "packages": [
            {
                "name": name,
                "file": package["file_name"],
                "bytes": (folder / package["file_name"]).stat().st_size,
                "library": package["package_type"] == "shared_library",
                "cell": cell_of[name],
            }
            for name, package in found.packages.items()
            if name in cell_of
        ],
        "cells": [cell.as_json() for cell in cells],
    }
    exercises = SET_PAGE.fullmatch(pagename)
    if exercises:
        page["set"] = exercises[1]
        page["tasks"] = [cell.checks for cell in cells if cell.checks]
        page["source"] = f"_sources/{context['sourcename']}"
    text = json.dumps(page).replace("<", r"\u003c")
    context["body"] += (
        f'<script type="application/json" id="run-page">{text}</script>'
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
