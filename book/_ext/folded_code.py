"""Code that only draws is folded: the page shows the picture first.

A cell draws if it gives a figure, prints nothing, teaches or measures no row,
defines no function or class, and has more than a few lines. The tag
`fold-code` folds any other cell, `show-code` none of a cell's code. Without
scripts the browser unfolds it as well; Run works all the same.
"""

import ast
from pathlib import Path

import nbformat
from docutils import nodes
from nbformat import NotebookNode
from sphinx.application import Sphinx

FEW = 6  # lines


def folds(cell: NotebookNode) -> bool:
    """Whether the page folds the cell's code."""
    tags = cell.metadata.get("tags", [])
    if cell.cell_type != "code" or "show-code" in tags:
        return False
    return "fold-code" in tags or draws(cell)


def draws(cell: NotebookNode) -> bool:
    figures = [
        "image/png" in output.get("data", {}) for output in cell.outputs
    ]
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if not figures or not all(figures) or len(lines) <= FEW:
        return False
    defines = (ast.FunctionDef, ast.ClassDef)
    body = ast.parse(cell.source).body
    return "lecture" not in cell.metadata and not any(
        isinstance(statement, defines) for statement in body
    )


def fold(app: Sphinx, doctree: nodes.document) -> None:
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    cells = nbformat.read(path, as_version=4).cells
    for node in list(doctree.findall(nodes.container)):
        if node.get("nb_element") == "cell_code" and folds(
            cells[node["cell_index"]]
        ):
            code = node[0]
            summary = "<summary>The code</summary>"
            node.insert(0, html(f'<details class="folded-code">{summary}'))
            node.insert(node.index(code) + 1, html("</details>"))


def html(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
