"""The directive `exercise-progress`: the tasks of every set, and their states.

The states are in the reader's browser: `_run/progress.js` puts them there. On
every page it also puts a count beside each set in the contents.
"""

import re
from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from exercises.task import load

SET_PAGE = re.compile(r"exercises/(\w+)/exercise")


class exercise_progress(nodes.General, nodes.Element):
    """The place of the tables, until the titles of all pages are known."""


class ExerciseProgress(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return [exercise_progress()]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for place in list(doctree.findall(exercise_progress)):
        pages = sorted(filter(SET_PAGE.fullmatch, app.env.found_docs))
        tables = [table(app, docname, page) for page in pages]
        place.replace_self(nodes.raw("", "".join(tables), format="html"))


def table(app: Sphinx, docname: str, page: str) -> str:
    """The tasks of one set, and what can be done with what is kept of it."""
    name = SET_PAGE.fullmatch(page)[1]
    title = escape(app.env.titles[page].astext())
    address = app.builder.get_relative_uri(docname, page)
    rows = "".join(
        f'<tr><td><a href="{address}">{escape(task.title)}</a></td>'
        f"<td>{escape(task.badge)}</td>"
        f'<td data-task="{task.name}">–</td></tr>'
        for task in load(name).tasks
    )
    return f"""<div class="exercise-set" data-set="{name}" data-title="{title}"
data-source="_sources/{page}.ipynb">
<div class="pst-scrollable-table-container"><table class="table">
<caption>{title}</caption>
<thead><tr><th>Task</th><th>Size</th><th>State</th></tr></thead>
<tbody>{rows}</tbody></table></div>
<p><button type="button" name="download">Download your notebook
<span class="visually-hidden">of {title}</span></button>
<button type="button" name="forget">Clear
<span class="visually-hidden">{title}</span></button></p></div>"""


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(exercise_progress)
    app.add_directive("exercise-progress", ExerciseProgress)
    app.connect("doctree-resolved", fill)
    app.add_js_file("run/progress.js", type="module")
    app.add_css_file("run/run.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
