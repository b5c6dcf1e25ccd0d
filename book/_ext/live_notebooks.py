"""Open in JupyterLite: each notebook of the book, live, on the same site.

Below `lite/` of the site lie JupyterLite, as its own program writes it, and a
clean copy of each notebook. Its Python is that of Run (pyodide_folder.py).
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
from docutils import nodes
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from page_cells import Cell
from pybtex.database import Entry
from pybtex.richtext import Text
from pyodide_folder import DATA_PACKAGES
from run_in_page import runnable
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError

APPS = ("notebooks", "tree", "lab", "edit", "consoles")

# What the kernel asks for when it starts, by the names that it uses, and what
# chapters and exercises import.
PACKAGES = (
    *("micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm"),
    *("pyodide_kernel", "jedi", "ipython"),
    *("matplotlib", "tqdm", "ipywidgets", "anywidget", "book"),
    *DATA_PACKAGES.values(),
)

SETTINGS = {
    "litePluginSettings": {
        "@jupyterlite/pyodide-kernel-extension:kernel": {
            "pyodideUrl": "./../_static/run/pyodide/pyodide.js",
            "disablePyPIFallback": True,
            "loadPyodideOptions": {
                "packages": PACKAGES,
                "env": {"PYTHONHASHSEED": "0"},  # as the notebooks were run
            },
        }
    }
}

VERSION = {"jupyter-lite-schema-version": 0}

KERNEL = {
    "name": "python",
    "display_name": "Python (Pyodide)",
    "language": "python",
}

NOTE = (
    "This copy runs in your browser, which also keeps what you change in it. "
    "What you want to be sure of, or hand in, download (File menu)."
)

SMALLER = (
    " NumPy is slow here: the long cells are quick with smaller numbers in "
    "the cells that set them, {}."
)

LACKING = "# {} is not to be had in a browser: here this cell fails.\n"


class JupyterLiteError(SphinxError):
    category = "JupyterLite"


def build(app: Sphinx, exception: Exception | None) -> None:
    """Write `lite/`, where there is Python for it."""
    if exception or app.builder.format != "html":
        return
    if runnable(app.env).missing:
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for docname, (cells, _) in runnable(app.env).pages.items():
            source = Path(app.env.doc2path(docname))
            notebook = nbformat.read(source, as_version=4)
            sizes = app.config.run_in_page_sizes.get(docname, {})
            target = folder / "contents" / f"{docname}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            for cell in notebook.cells:
                if cell.cell_type == "markdown":
                    cell.source = spelled_out(cell.source, app.env)
            nbformat.write(clean(notebook, cells, sizes), target)
        config = {"appName": app.config.project} | SETTINGS
        (folder / "jupyter-lite.json").write_text(
            json.dumps(VERSION | {"jupyter-config-data": config})
        )
        write(folder, Path(app.outdir) / "lite")


def write(folder: Path, target: Path) -> None:
    """Let JupyterLite build itself. Raises JupyterLiteError."""
    options = {
        "lite-dir": folder,
        "contents": folder / "contents",
        "output-dir": target,
    }
    command = [
        *(sys.executable, "-m", "jupyterlite_core", "build"),
        *("--no-sourcemaps", "--no-unused-shared-packages", "--no-libarchive"),
        *(f"--apps={name}" for name in APPS),
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    answer = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if answer.returncode:
        raise JupyterLiteError(answer.stdout.strip()[-2000:])


def clean(
    notebook: NotebookNode, cells: list[Cell], sizes: dict[str, Any]
) -> NotebookNode:
    """A notebook without results, and without what only tests need.

    cells: those that a page of this notebook can run, or says it cannot.
    sizes: smaller values, to be recommended.
    """
    by_id = {cell.id: cell for cell in cells}
    kept = []
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            known = by_id.get(cell.id)
            if not known:
                continue
            cell.outputs, cell.execution_count = [], None
            if known.lacks:
                cell.metadata = {"tags": ["raises-exception"]}
                modules = " and ".join(known.lacks)
                cell.source = LACKING.format(modules) + cell.source
        kept.append(cell)
    values = ", ".join(f"`{k} = {v}`" for k, v in sizes.items())
    note = f"*{NOTE}{SMALLER.format(values) if sizes else ''}*"
    kept.insert(1, new_markdown_cell(note, id="live-copy"))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    if "exercises" in notebook.metadata:  # what `make grade` knows a set by
        metadata["exercises"] = notebook.metadata.exercises
    return new_notebook(cells=kept, metadata=metadata)


def spelled_out(text: str, env: BuildEnvironment) -> str:
    """MyST, with what refers to other pages as these pages show it."""

    def cite(role: re.Match[str]) -> str:
        return f"({'; '.join(map(said.__getitem__, role[1].split(',')))})"

    def number(role: re.Match[str]) -> str:
        page, label = env.get_domain("std").anonlabels[role[1]]
        numbers = env.toc_fignumbers[page]["figure"][label]
        return f"Fig. {'.'.join(map(str, numbers))}"

    citations = env.get_domain("cite").citations
    said = {each.key: author_year(each.entry) for each in citations}
    text = re.sub(r"{cite}`([^`]+)`", cite, text)
    text = re.sub(r"\[([^]]+)\]\([^)]*\.md(#[^)]*)?\)", r"\1", text)
    return re.sub(r"{numref}`([^`]+)`", number, text)


def author_year(entry: Entry) -> str:
    people = entry.persons.get("author") or entry.persons["editor"]
    names = [
        str(Text.from_latex(" ".join((*each.prelast_names, *each.last_names))))
        for each in people
    ]
    if len(names) > 2:
        names = [f"{names[0]} et al."]
    return f"{' and '.join(names)}, {entry.fields.get('year', 'n.d.')}"


def add_link(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """A button in the head of a page that has such a copy."""
    if pagename in runnable(app.env).pages:
        lite = context["pathto"]("lite/notebooks/index.html", 1)
        context["header_buttons"].insert(
            0,
            {
                "type": "link",
                "text": "JupyterLite",
                "url": f"{lite}?path={quote(pagename)}.ipynb",
                "icon": "fas fa-rocket",
                "tooltip": "Open in JupyterLite: the whole notebook, live",
                "label": "jupyterlite-button",
            },
        )


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add_link, priority=600)
    app.connect("build-finished", build)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
