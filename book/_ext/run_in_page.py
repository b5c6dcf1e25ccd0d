"""Run: Python for the cells of a page, in the reader's browser.

What is sent to the browser lies in `_run/`. A page with a notebook gets a
list of its cells and a small script; everything else is loaded when the
reader first presses Run. Below `_static/run/` of the site lie

    *.js, run.css  from `_run/`
    pyodide/       Python itself, see pyodide_folder.py
"""

import json
import shutil
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
    env.run_packages = {}
    target = Path(app.outdir) / "_static" / "run"
    shutil.rmtree(target, ignore_errors=True)
    try:
        env.run_packages = fill(target / "pyodide")
    except NoPackagesError as reason:
        env.run_missing = str(reason)
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
        for name, package in closure(env.run_packages, PAGES).items()
        for module in package["imports"]
    }
    for docname in sorted(env.found_docs):
        path = Path(env.doc2path(docname))
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            sizes = app.config.run_in_page_sizes.get(docname)
            cells = page_cells(notebook, package_of, sizes)
            needed = first_needed(cells, package_of, env.run_packages)
            env.run_pages[docname] = cells, needed


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
    if app.env.run_missing and is_notebook(app, pagename):
        note = f"<p>{WITHOUT_PYTHON}</p>"
        context["body"] = context["body"].replace("</h1>", f"</h1>{note}", 1)
    if pagename not in app.env.run_pages:
        return
    cells, cell_of = app.env.run_pages[pagename]
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
            for name, package in app.env.run_packages.items()
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
