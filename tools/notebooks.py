"""Execute the notebooks, store their outputs, and check what a stored notebook must be.

    python tools/notebooks.py            execute what changed, then check (`make notebooks`)
    python tools/notebooks.py --all      execute everything, for example after a new NumPy
    python tools/notebooks.py --check    only check, in a second, without executing
    python tools/notebooks.py book/ch14_training.ipynb     any of these, for some notebooks

A notebook carries in its metadata a fingerprint of its own code and outputs. A second one, of the
project's code and data that it can use, is kept outside Git: a change in dlcore changes no notebook
that still prints the same. A notebook is executed again when one of them no longer fits. Prose can
be edited freely. What is stored has one form, so that the same code gives the same bytes.
"""

import argparse
import ast
import base64
import hashlib
import json
import os
import re
import struct
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import pairwise
from pathlib import Path

import nbformat
import oxipng
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from markdown_it import MarkdownIt
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.reader import reads

ROOT = Path(__file__).resolve().parents[1]
# What the page shows of a notebook is checked here, and this is run as a program and imported.
sys.path += [str(ROOT / "book" / "_ext"), str(ROOT)]

from asked import boxes  # noqa: E402
from chapter_head import head  # noqa: E402
from lecture import CHAPTERS, marked_rows  # noqa: E402

from tools.kernel_env import KERNEL_ENV  # noqa: E402

# The name under which a notebook's metadata hold the fingerprint of its code and outputs.
STORED = "make_notebooks"
# What each notebook was last executed with here. A fresh clone has no such file, and runs them all.
RUNS = ROOT / ".notebooks.json"
WIDGETS = "application/vnd.jupyter.widget-state+json"


def notebooks() -> list[Path]:
    """Every notebook that is written by hand: the book's and the exercises' solutions."""
    patterns = ("book/*.ipynb", "exercises/*/solution.ipynb", "tests/exercises/*/solution.ipynb")
    return [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def read(path: Path) -> NotebookNode:
    """The notebook as it stands in the file. Raises ValueError if it is none."""
    try:
        notebook = reads(path.read_text(encoding="utf-8"))
        # Missing cell ids are given by `canonical`; validated here, they would be random ones.
        nbformat.validate(canonical(notebook))
    except Exception as error:  # the reader of a broken file raises what it stumbles over
        raise ValueError(f"expected a Jupyter notebook, found {error}") from error
    return notebook


# --- The one form in which a notebook is stored ---------------------------------------------------


def canonical(notebook: NotebookNode) -> NotebookNode:
    """A copy without what differs from run to run, or from machine to machine."""
    notebook = with_fixed_model_ids(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata.kernelspec = NotebookNode(
        display_name="Python 3", language="python", name="python3"
    )
    notebook.metadata.language_info = NotebookNode(name="python")
    seen: set[str] = set()
    for position, cell in enumerate(notebook.cells):
        if "id" not in cell or cell.id in seen:
            cell.id = fingerprint([position, cell.source])[:8]
        seen.add(cell.id)
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = merged_streams(cell.outputs)
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    output.data["image/png"] = bare_png(output.data["image/png"])
    return notebook


def serialized(notebook: NotebookNode) -> str:
    """The text of the notebook's file."""
    return nbformat.writes(notebook) + "\n"


def with_fixed_model_ids(notebook: NotebookNode) -> NotebookNode:
    """A copy in which widgets, numbered at random by the kernel, are numbered as they were made."""
    models = notebook.metadata.get("widgets", {}).get(WIDGETS, {}).get("state", {})
    if not models:
        return deepcopy(notebook)
    fixed = {old: f"{number:032x}" for number, old in enumerate(models)}
    text = re.sub("|".join(map(re.escape, fixed)), lambda old: fixed[old[0]], json.dumps(notebook))
    return nbformat.from_dict(json.loads(text))


def merged_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs, with neighboring texts of one stream joined: chance decides where they break."""
    merged: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and merged and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def bare_png(encoded: str) -> str:
    """The same picture without the chunks that name a date or the program that drew it."""
    png = base64.b64decode(encoded)
    kept, start = png[:8], 8
    while start < len(png):
        length, kind = struct.unpack_from(">I4s", png, start)
        end = start + 12 + length
        if kind not in (b"tEXt", b"zTXt", b"iTXt", b"tIME"):
            kept += png[start:end]
        start = end
    return base64.b64encode(kept).decode()


def fingerprint(content: object) -> str:
    """A short hash of anything that JSON can write."""
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cells_fingerprint(notebook: NotebookNode) -> str:
    """Of the code and everything it gave: fits only what `make notebooks` stored."""
    notebook = canonical(notebook)
    code = [
        [cell.source, cell.execution_count, cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return fingerprint([code, notebook.metadata.get("widgets")])


def project_fingerprint(path: Path) -> str:
    """Of the code and data that the notebook can use: dlcore, and what lies beside the notebook."""
    files = {
        file
        for folder in (ROOT / "dlcore", path.parent)
        for file in folder.rglob("*.*")
        if not any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts[:-1])
    }
    if (path.parent.parent / "__init__.py").exists():
        files |= set(path.parent.parent.glob("*.py"))  # the package that a set of exercises is in
    return fingerprint(
        sorted(
            (os.path.relpath(file, path.parent), hashlib.sha256(file.read_bytes()).hexdigest())
            for file in files
            if file.suffix in (".py", ".npz", ".csv", ".js", ".css")
        )
    )


def runs() -> dict[str, str]:
    """The project's fingerprint at each notebook's last execution on this machine, by its path."""
    return json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.exists() else {}


def name_of(path: Path) -> str:
    return os.path.relpath(path, ROOT)


# --- Execution ------------------------------------------------------------------------------------


def execute(path: Path, notebook: NotebookNode) -> NotebookNode:
    """The notebook as a fresh kernel runs it. Raises ValueError if a cell fails or complains."""
    notebook = deepcopy(notebook)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    started: list[NotebookNode] = []
    client = NotebookClient(
        notebook,
        # Without folders to search it starts the Python that runs this, not another "python3".
        km=AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[])),
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_execute=lambda cell, cell_index: started.append(cell),
        # A machine under load is slow, which is no reason to lose an output.
        startup_timeout=600,
        iopub_timeout=600,
        raise_on_iopub_timeout=True,
    )
    traceback = ""
    with tempfile.TemporaryDirectory() as no_profile:
        environment = os.environ | KERNEL_ENV | {"IPYTHONDIR": no_profile}
        try:
            client.execute(env=environment, cleanup_kc=True)
        except CellExecutionError as error:
            traceback = "\n" + error.traceback
        except (RuntimeError, TimeoutError) as error:  # the kernel died, or hangs
            where = place(notebook, started[-1]) if started else "before the first cell"
            raise ValueError(f"{where}: {error}") from error
    complaints = [
        f"{place(notebook, cell)}: {message}" for cell in notebook.cells for message in quiet(cell)
    ]
    if complaints:
        raise ValueError(*complaints[:-1], complaints[-1] + traceback)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = lighter(output.data["image/png"])
    return notebook


def lighter(encoded: str) -> str:
    """The same pixels in fewer bytes, as every reader loads them."""
    png = oxipng.optimize_from_memory(base64.b64decode(encoded), level=3)
    return base64.b64encode(png).decode()


def store(path: Path, always: bool) -> str:
    """Execute the notebook if it changed and write it; the answer says what was done.

    Raises ValueError, and leaves the file as it is, if it cannot be stored.
    """
    before = path.read_bytes()
    notebook = read(path)
    project = project_fingerprint(path)
    stored = notebook.metadata.get(STORED) == {"cells": cells_fingerprint(notebook)}
    executed = always or not stored or runs().get(name_of(path)) != project
    if executed:
        notebook = canonical(execute(path, notebook))
        notebook.metadata[STORED] = {"cells": cells_fingerprint(notebook)}
    after = serialized(canonical(notebook)).encode()
    if path.read_bytes() != before:
        raise ValueError("the file was changed while its cells ran; run this again")
    if after != before:
        path.write_bytes(after)
    RUNS.write_text(json.dumps(runs() | {name_of(path): project}, indent=1), encoding="utf-8")
    return ("executed, " if executed else "") + ("stored" if after != before else "unchanged")


# --- The rules for one cell -----------------------------------------------------------------------
# Each gives one message for each thing that is wrong: what was expected, and what is there.


def plain_python(cell: NotebookNode) -> Iterator[str]:
    """The page runs a cell as Python, without IPython's magic commands."""
    if cell.cell_type == "code" and not cell.source.strip():
        yield "expected code, found an empty cell"
    elif cell.cell_type == "code":
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"expected plain Python, found {error.msg} in {(error.text or '').strip()!r}"


def short(cell: NotebookNode) -> Iterator[str]:
    """A longer idea is a function of dlcore, with a test."""
    lines = sum(bool(line.strip()) for line in cell.source.splitlines())
    if cell.cell_type == "code" and lines > 20:
        yield f"expected at most 20 lines of code, found {lines}"


def installs_nothing(cell: NotebookNode) -> Iterator[str]:
    """What a notebook needs is installed with the book, in locked versions."""
    if cell.cell_type == "code":
        for command in re.findall(r"\b(?:pip3?|conda|mamba|micropip)[. ]install\b", cell.source):
            yield f"expected what is installed with the book, found {command!r}"


def quiet(cell: NotebookNode) -> Iterator[str]:
    """No error and no warning: an expected error is caught and shown."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            yield f"expected no error, found {output.ename}: {output.evalue}"
        elif output.get("name") == "stderr":
            yield f"expected nothing on stderr, found {output.text.strip()!r}"


TRACES = {
    "an absolute path": r"(?<![\w.:/<])/[A-Za-z_][\w.-]*(?:/[\w.-]+)+|\b[A-Z]:\\\w+|file://",
    "a date or a time of day": r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/\d{4}\b|\b\d{1,2}:\d\d:\d\d"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2},? \d{4}\b",
    "a timing": r"\b\d+\.\d+ ?(?:[nµum]?s|secs?|seconds?|minutes?|hours?)\b"
    r"|Wall time|CPU times|\bper loop\b",
    "a memory address": r"\b0x[0-9a-fA-F]{6,}",
    "the trace of a progress bar": r"\r|it/s|s/it",
}


def traces(text: str) -> Iterator[str]:
    """What in a text tells of the machine or the moment that made it."""
    for name, pattern in TRACES.items():
        if match := re.search(pattern, text):
            yield f"expected output that is the same everywhere, found {name}: {match[0]!r}"


def texts(cell: NotebookNode) -> Iterator[str]:
    """The texts that a cell gave, as stream, as plain text, as HTML or LaTeX."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            yield output.text
        yield from (text for kind, text in output.get("data", {}).items() if kind[:5] == "text/")


def reproducible(cell: NotebookNode) -> Iterator[str]:
    """No path, date, timing or address in an output, so every widget needs a fixed repr, too."""
    for text in texts(cell):
        yield from traces(text)


def rounded(cell: NotebookNode) -> Iterator[str]:
    """More digits than these depend on the CPU, the BLAS or the number of threads."""
    for text in texts(cell):
        for number in re.finditer(r"(?<![\w.])(\d*)\.(\d+)", text):
            decimals = number[2] if int(number[1] or 0) else number[2].lstrip("0")
            if len(decimals) > 6:
                yield f"expected at most 6 significant decimals, found {number[0]}"
                break


def narrow(cell: NotebookNode) -> Iterator[str]:
    """A longer line needs a scroll bar in the page."""
    for output in cell.get("outputs", []):
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        width = max(map(len, text.splitlines()), default=0)
        if width > 100:
            yield f"expected output of at most 100 characters a line, found {width}"


def one_described_figure(cell: NotebookNode) -> Iterator[str]:
    """One PNG with a caption and a text for who does not see it."""
    kinds = [kind for output in cell.get("outputs", []) for kind in output.get("data", {})]
    for kind in kinds:
        if kind.startswith("image/") and kind != "image/png":
            yield f"expected a figure as image/png, found {kind}"
    if kinds.count("image/png") > 1:
        yield f"expected one figure a cell, found {kinds.count('image/png')}"
    if "image/png" in kinds:
        for keys in (("mystnb", "figure", "caption"), ("mystnb", "image", "alt")):
            value = cell.metadata
            for key in keys:
                value = value.get(key) if isinstance(value, dict) else None
            if not value:
                yield f"expected a text for a figure in metadata.{'.'.join(keys)}, found none"


def body(cell: NotebookNode) -> list[ast.stmt]:
    """The statements of a cell; none where there is no plain Python, which has its own rule."""
    try:
        return ast.parse(cell.source).body if cell.cell_type == "code" else []
    except SyntaxError:
        return []


def shows_no_stray_object(cell: NotebookNode) -> Iterator[str]:
    """The value of a last line is an output, and a semicolon hides it here but not from the tests.

    So a figure's cell ends in `plt.show()` or in an assignment.
    """
    last = cell.source.rstrip().rpartition("\n")[2]
    if body(cell) and last.endswith(";"):
        yield f"expected a last line without a semicolon, found {last!r}"
    if body(cell) and any("image/png" in output.get("data", {}) for output in cell.outputs):
        end = body(cell)[-1]
        assigns = isinstance(end, ast.Assign | ast.AnnAssign | ast.AugAssign)
        if not assigns and ast.unparse(end) != "plt.show()":
            yield f"expected a figure's cell to end in plt.show() or an assignment, found {last!r}"


def compared(cell: NotebookNode) -> Iterator[str]:
    """The tests run every cell and compare every output; an exception gives its reason."""
    tags = cell.metadata.get("tags", [])
    for tag in tags:
        if tag in ("nbval-skip", "nbval-raises-exception", "raises-exception", "skip-execution"):
            yield f"expected a cell that runs and succeeds, found the tag {tag!r}"
    if "nbval-ignore-output" in tags and not re.search(r"(?m)^# not compared: \w+", cell.source):
        yield "expected a line '# not compared: REASON' with the tag nbval-ignore-output"
    if cell.cell_type == "code":
        for comment in re.findall(r"(?m)^\s*#\s*((?:NBVAL|PYTEST_VALIDATE)_\w+)", cell.source):
            yield f"expected a tag in the cell's metadata, found the comment {comment}"


def hides_only_assertions(cell: NotebookNode) -> Iterator[str]:
    """A cell that the page leaves out is there to keep the prose true."""
    nodes = [node for statement in body(cell) for node in ast.walk(statement)]
    asserts = any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and re.search(r"\bassert_\w+$", ast.unparse(node.func)))
        for node in nodes
    )
    if nodes and "remove-cell" in cell.metadata.get("tags", []) and not asserts:
        yield "expected an assert in a cell tagged remove-cell, found none"


CELL_RULES = (
    plain_python,
    short,
    installs_nothing,
    quiet,
    reproducible,
    rounded,
    narrow,
    one_described_figure,
    shows_no_stray_object,
    compared,
    hides_only_assertions,
    marked_rows,
)


# --- The rules for a whole notebook ---------------------------------------------------------------


def place(notebook: NotebookNode, cell: NotebookNode) -> str:
    """Where a cell is: its number among all cells, from 1, and how it begins."""
    number = next(n for n, other in enumerate(notebook.cells, 1) if other is cell)
    return f"cell {number} ({cell.source.strip().partition(chr(10))[0][:40]!r})"


def in_canonical_form(path: Path, notebook: NotebookNode) -> Iterator[str]:
    """As `canonical` makes it, so that a change in Git is a change in the book."""
    found, expected = path.read_bytes().decode(), serialized(canonical(notebook))
    if found != expected:
        line, there = next(
            (number, line)
            for number, line in enumerate([*found.splitlines(), ""], 1)
            if [line] != expected.splitlines()[number - 1 : number]
        )
        yield (
            "expected the form in which `make notebooks` stores a notebook, "
            f"found at line {line}: {there.strip()[:60]!r}"
        )


def run_in_order(path: Path, notebook: NotebookNode) -> Iterator[str]:
    """nbval compares nothing for a cell that was never run, and passes it."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for count, cell in enumerate(code, 1):
        if cell.execution_count != count:
            found = f"[{cell.execution_count}]" if cell.execution_count else "a cell never run"
            yield f"{place(notebook, cell)}: expected [{count}], found {found}"
            break


def stored_by_make_notebooks(path: Path, notebook: NotebookNode) -> Iterator[str]:
    """Neither code nor outputs were touched since, not by hand and not by a running notebook."""
    if notebook.metadata.get(STORED, {}).get("cells") != cells_fingerprint(notebook):
        yield "expected outputs stored by `make notebooks`, found code or outputs changed since"


def reproducible_widgets(path: Path, notebook: NotebookNode) -> Iterator[str]:
    """A widget's state is an output, too, but for its own program (names with an underscore)."""
    for model in notebook.metadata.get("widgets", {}).get(WIDGETS, {}).get("state", {}).values():
        for name, value in model.get("state", {}).items():
            if isinstance(value, str) and not name.startswith("_"):
                yield from (f"widget, {name}: {message}" for message in traces(value))


def headings(cells: Sequence[NotebookNode]) -> list[tuple[int, str]]:
    """Level and text of each heading in the prose."""
    found = []
    for cell in cells:
        if cell.cell_type == "markdown":
            tokens = MarkdownIt().parse(cell.source)
            found += [
                (int(token.tag[1]), text.content)
                for token, text in pairwise(tokens)
                if token.type == "heading_open"
            ]
    return found


def outlined(path: Path, notebook: NotebookNode) -> Iterator[str]:
    """One title, in the first cell, and no level skipped on the way down."""
    first = [level for level, _ in headings(notebook.cells[:1])]
    levels = [level for level, _ in headings(notebook.cells)]
    if first[:1] != [1] or levels.count(1) != 1:
        yield (
            "expected the first cell to begin with the only '# Title', "
            f"found headings of levels {levels}"
        )
    for (above, _), (below, text) in pairwise(headings(notebook.cells)):
        if below > above + 1:
            yield f"expected no level skipped, found {text!r} (level {below}) under level {above}"


def is_chapter(path: Path) -> bool:
    return re.match(r"ch\d", path.name) is not None


def teaches_its_rows(path: Path, notebook: NotebookNode) -> Iterator[str]:
    """Each row of the lecture that the chapter owns is taught in a cell that says so."""
    if not is_chapter(path):
        return
    if path.stem not in CHAPTERS:
        yield f"expected a name from book/lecture.toml, found {path.stem}"
    markers = [
        cell.metadata.lecture
        for cell in notebook.cells
        if "lecture" in cell.metadata and not list(marked_rows(cell))
    ]
    taught = {row for marker in markers if marker.role == "teaches" for row in marker.rows}
    for row in CHAPTERS.get(path.stem, []):
        if row not in taught:
            yield f"expected a cell with lecture metadata that teaches {row}, found none"


def ends_with_a_referee(path: Path, notebook: NotebookNode) -> Iterator[str]:
    """A chapter that computes with dlcore ends by doing the same in torch."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    last = [text for _, text in headings(notebook.cells)[-3:]]
    if is_chapter(path) and re.search(r"(?m)^\s*(?:from|import) dlcore\b", code):
        if not any("referee" in text.lower() for text in last):
            yield f"expected a heading 'The referee' among the last three, found {last}"


def asks_for_predictions(path: Path, notebook: NotebookNode) -> Iterator[str]:
    """Each question is one that the page can ask, and that a later output or text answers."""
    try:
        boxes(notebook)
    except ValueError as error:
        yield from error.args


def says_what_it_is_about(path: Path, notebook: NotebookNode) -> Iterator[str]:
    """A chapter has a question, and says what one should know before."""
    if is_chapter(path):
        try:
            head(notebook)
        except ValueError as error:
            yield str(error)


NOTEBOOK_RULES = (
    in_canonical_form,
    run_in_order,
    stored_by_make_notebooks,
    reproducible_widgets,
    outlined,
    teaches_its_rows,
    ends_with_a_referee,
    asks_for_predictions,
    says_what_it_is_about,
)


def check(path: Path) -> list[str]:
    """What is wrong with a stored notebook: `file: cell k: what was expected, what is there`."""
    name = os.path.relpath(path)
    try:
        notebook = read(path)
    except ValueError as error:
        return [f"{name}: {error}"]
    of_cells = [
        f"{name}: {place(notebook, cell)}: {message}"
        for cell in notebook.cells
        for rule in CELL_RULES
        for message in rule(cell)
    ]
    of_all = [f"{name}: {message}" for rule in NOTEBOOK_RULES for message in rule(path, notebook)]
    return of_cells + of_all


# --- The command ----------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if everything is stored and nothing is wrong, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks (default: all)")
    parser.add_argument("--all", action="store_true", help="execute unchanged notebooks, too")
    parser.add_argument("--check", action="store_true", help="check only, execute nothing")
    options = parser.parse_args(arguments)
    paths = [path.resolve() for path in options.paths] or notebooks()
    for path in paths:
        if not path.is_file():
            parser.error(f"no such notebook: {path}")

    wrong = []
    for path in paths:
        try:
            if not options.check:
                start = time.perf_counter()
                print(f"{os.path.relpath(path)}: ", end="", flush=True)
                done = store(path, always=options.all)
                print(f"{done} ({time.perf_counter() - start:.1f} s)")
            wrong += check(path)
        except ValueError as error:
            print("NOT stored")
            wrong += [f"{os.path.relpath(path)}: {message}" for message in error.args]
    for message in wrong:
        print(message, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
