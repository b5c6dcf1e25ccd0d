"""A widget of the book has a still picture, for readers without JavaScript.

The picture is in the widget's stored state, under the name `drawing`, as SVG.
It stands in the page behind the widget, and book.css hides it once the widget
is there.
"""

import json

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx

VIEW = '<script type="application/vnd.jupyter.widget-view+json">'


def add_stills(app: Sphinx, doctree: nodes.document) -> None:
    files = NbMetadataCollector.get_js_files(app.env, app.env.docname)
    if "ipywidgets_state" not in files:
        return
    models = json.loads(files["ipywidgets_state"][1]["body"])["state"]
    for view in list(doctree.findall(nodes.raw)):
        text = view.astext()
        if not text.startswith(VIEW):
            continue
        model = json.loads(text.removeprefix(VIEW).removesuffix("</script>"))
        drawing = models[model["model_id"]]["state"].get("drawing")
        if drawing:
            still = f'<div class="widget-still">{drawing}</div>'
            view.parent.append(nodes.raw("", still, format="html"))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", add_stills)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
