"""The directive `shipped-licenses`: what the pages bring along, and its terms.

What is listed, and every license text, comes from the packages themselves.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from email import message_from_bytes
from html import escape
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from docutils import nodes
from page_cells import ROOT
from pyodide_folder import PURE
from pyodide_packages import stock
from run_in_page import runnable
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
    "jupyterlab-myst",
    "jupyterlite-core",
    "jupyterlite-pyodide-kernel",
    *PURE,
)

# These come without a word on themselves.
SILENT = {
    "openblas": "BSD-3-Clause",
    "openssl": "OpenSSL",
    "sqlite3": "PSF-2.0; SQLite: public domain",
    "ssl": "PSF-2.0",
}

FONTS = ROOT / "book" / "_static" / "fonts" / "fonts.json"

ZIPPED = (".whl", ".zip")

JUPYTERLITE = """<p>JupyterLite is made of many more npm packages; it brings
<a href="{}">their list, with the licenses</a>.</p>"""


def installed_package(name: str) -> dict[str, str]:
    found = distribution(name)
    texts = [
        Path(str(file.locate())).read_text(encoding="utf-8")
        for file in found.files or ()
        if is_license(file.name)
    ]
    return described(found.metadata, texts)


def browser_package(file: Path) -> dict[str, str]:
    """The same of a package that runs in the browser."""
    name, version = file.stem.split("-")[:2]
    if name in SILENT:
        stated = {"name": name, "version": version, "text": ""}
        return stated | {"license": SILENT[name]}
    with ZipFile(file) as archive:
        inside = [n for n in archive.namelist() if ".dist-info/" in n]
        about = next(n for n in inside if n.endswith("/METADATA"))
        texts = [
            archive.read(name).decode()
            for name in inside
            if is_license(name.rpartition("/")[2])
        ]
        metadata = message_from_bytes(archive.read(about))
    return described(metadata, texts)


def is_license(name: str) -> bool:
    starts = name.upper().startswith(("LICENSE", "COPYING"))
    return starts or name.endswith("LICENSE.txt")


def described(about: Any, texts: Iterable[str]) -> dict[str, str]:
    """Its name, version, license, and the license files that it carries."""
    names = [
        name.rpartition(" :: ")[2]
        for name in about.get_all("Classifier") or ()
        if name.startswith("License ::")
    ]
    stated = about.get("License-Expression") or about.get("License")
    short = stated if stated and "\n" not in stated else ", ".join(names)
    return {
        "name": about["Name"],
        "version": about["Version"],
        "license": short or "see the text",
        "text": "\n\n".join(text.strip() for text in texts),
    }


class ShippedLicenses(SphinxDirective):
    """A table of packages, then each different license text once."""

    def run(self) -> list[nodes.Node]:
        fonts = json.loads(FONTS.read_text(encoding="utf-8"))
        npm = json.loads((vendored() / "licenses.json").read_text())
        in_browser = ()
        if not runnable(self.env).missing:
            files = [
                f for f in sorted(stock().iterdir()) if f.suffix in ZIPPED
            ]
            in_browser = map(browser_package, files)
        packages = [
            *map(installed_package, PYTHON),
            *(*fonts, *npm, *in_browser),
        ]
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
        parts = [table, texts]
        if not runnable(self.env).missing:
            root = "../" * self.env.docname.count("/")
            file = f"{root}lite/build/third-party-licenses.json"
            parts.append(JUPYTERLITE.format(file))
        return [
            nodes.raw("", part, format="html", classes=["shipped"])
            for part in parts
        ]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("shipped-licenses", ShippedLicenses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
