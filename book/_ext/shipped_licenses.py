"""The directive `shipped-licenses`: the software in the pages, and its terms.

What is listed, and every license text, comes from the packages themselves.
"""

import json
from collections import defaultdict
from html import escape
from importlib.metadata import distribution
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from vendored import vendored

# Python packages whose scripts and styles Sphinx copies into the site.
PYTHON = (
    "sphinx",
    "pydata-sphinx-theme",
    "sphinx-book-theme",
    "myst-nb",
    "sphinx-copybutton",
    "sphinx-design",
    "sphinx-togglebutton",
    "pygments",
    "anywidget",
)


def python_package(name: str) -> dict[str, str]:
    """Its name, version, license, and the license files that it carries."""
    found = distribution(name)
    texts = [
        Path(str(file.locate())).read_text(encoding="utf-8").strip()
        for file in found.files or ()
        if file.name.upper().startswith(("LICENSE", "COPYING"))
        or file.name.endswith("LICENSE.txt")
    ]
    about = found.metadata
    names = [
        name.rpartition(" :: ")[2]
        for name in about.get_all("Classifier") or ()
        if name.startswith("License ::")
    ]
    stated = about.get("License-Expression") or about.get("License")
    short = stated if stated and "\n" not in stated else ", ".join(names)
    return {
        "name": about["Name"],
        "version": found.version,
        "license": short or "see the text",
        "text": "\n\n".join(texts),
    }


class ShippedLicenses(SphinxDirective):
    """A table of packages, then each different license text once."""

    def run(self) -> list[nodes.Node]:
        npm = json.loads((vendored() / "licenses.json").read_text())
        packages = [*map(python_package, PYTHON), *npm]
        rows = "".join(
            f"<tr><td>{escape(each['name'])}</td>"
            f"<td>{escape(each['version'])}</td>"
            f"<td>{escape(each['license'])}</td></tr>"
            for each in packages
        )
        table = (
            '<div class="pst-scrollable-table-container">'
            '<table class="table"><thead><tr><th>Package</th>'
            f"<th>Version</th><th>License</th></tr></thead>{rows}</table></div>"
        )
        by_text = defaultdict(list)
        for each in packages:
            by_text[each["text"]].append(each["name"])
        texts = "".join(
            f"<details><summary>{escape(', '.join(names))}</summary>"
            f'<pre tabindex="0">{escape(text)}</pre></details>'
            for text, names in by_text.items()
            if text
        )
        return [
            nodes.raw("", part, format="html", classes=["shipped"])
            for part in (table, texts)
        ]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("shipped-licenses", ShippedLicenses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
