"""Predictions: the page asks, and folds what would answer.

Here the questions of a notebook (asked.py) get their places on its page, and
what they hide is marked. `_static/predict.js` does the folding, so that all is
open without scripts and on paper. The directive `prediction-progress` is the
place where `_static/guesses.js` shows how well the reader guesses.
"""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
from asked import TITLE, Box, boxes
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

CHAPTER = re.compile(r"book/ch\d\d_\w+")
NO_SCRIPTS = "<noscript><p>Scripts are off, so nothing is kept.</p></noscript>"


def questions(env: BuildEnvironment, docname: str) -> list[Box]:
    """Those of a chapter. What is wrong with one is a warning."""
    notebook = nbformat.read(env.doc2path(docname), as_version=4)
    try:
        return boxes(notebook)
    except ValueError as error:
        for message in error.args:
            logging.getLogger(__name__).warning(message, location=docname)
        return []


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Give each question its data, and what it hides a class."""
    docname = app.env.docname
    if not CHAPTER.fullmatch(docname):
        return
    path = Path(app.env.doc2path(docname))
    ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    places = [
        node
        for node in doctree.findall(nodes.admonition)
        if node[0].astext() == TITLE
    ]
    found = questions(app.env, docname)
    for place, box in zip(places if found else [], found, strict=True):
        if box.asks:
            place["ids"].append(f"guess-{box.id}")
            place["classes"].append("predict")
            place.append(data({"id": box.id, "asks": box.asks}))
            for id in box.hides:
                fold(doctree, ids.index(id), f"answers-{box.id}")


def data(content: object) -> nodes.raw:
    text = json.dumps(content).replace("<", r"\u003c")
    script = f'<script type="application/json">{text}</script>'
    return nodes.raw("", script, format="html")


def fold(doctree: nodes.document, index: int, name: str) -> None:
    """Mark the output of a cell, or its prose down to a heading."""
    classes = ["predict-answer", name]
    for cell in doctree.findall(nodes.container):
        if cell.get("cell_index") == index:
            for part in cell.children:
                if part.get("nb_element") == "cell_code_output":
                    part["classes"] += classes
            return
    blocks = prose_of(doctree, index)
    place = blocks[0].parent.index(blocks[0])
    parent = blocks[0].parent
    for block in blocks:
        parent.remove(block)
    parent.insert(place, nodes.container("", *blocks, classes=classes))


def prose_of(doctree: nodes.document, index: int) -> list[nodes.Element]:
    """The blocks of a cell of prose, down to its first heading.

    A line's number has its cell's, from 1, in front of its last four digits.
    """
    of_cell = [
        node
        for node in doctree.findall(nodes.Element)
        if (node.line or 0) // 10_000 == index + 1
    ]
    parent = of_cell[0].parent
    return [node for node in of_cell if node.parent is parent]


def add_script(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Where there is something to guess, or guesses to be shown."""
    body = context.get("body", "")
    for sign, script in (
        ("predict-answer", "predict.js"),
        ("predict-progress", "guesses.js"),
    ):
        if sign in body:
            app.add_css_file("predict.css")
            app.add_js_file("guess.js")
            app.add_js_file(script)


# --- How well the reader guesses --------------------------------------------


class prediction_progress(nodes.General, nodes.Element):
    """The place of the list, until the titles of all pages are known."""


class PredictionProgress(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return [prediction_progress()]


def list_all(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """The questions of all chapters, as data for the script."""
    for place in list(doctree.findall(prediction_progress)):
        chapters = [
            {
                "title": f"{int(page[7:9])}. {app.env.titles[page].astext()}",
                "page": app.builder.get_relative_uri(docname, page),
                "name": page,
                "boxes": [
                    {"id": box.id, "asks": box.asks}
                    for box in questions(app.env, page)
                    if box.asks
                ],
            }
            for page in sorted(filter(CHAPTER.fullmatch, app.env.found_docs))
        ]
        list_of = nodes.container(classes=["predict-progress"])
        list_of += nodes.raw("", NO_SCRIPTS, format="html")
        list_of += data([chapter for chapter in chapters if chapter["boxes"]])
        place.replace_self(list_of)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(prediction_progress)
    app.add_directive("prediction-progress", PredictionProgress)
    app.connect("doctree-read", mark)
    app.connect("doctree-resolved", list_all)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
