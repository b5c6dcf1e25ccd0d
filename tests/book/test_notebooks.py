"""The book's notebooks keep the rules, each rule notices what it is for, and storing is exact."""

import base64
import json
import re
import shutil
import subprocess
import sys
import textwrap
import zlib

import nbformat.v4 as v4
import pytest
from lecture import ROWS

from tools import notebooks
from tools.notebooks import STORED, WIDGETS, canonical, cells_fingerprint, check, main, serialized

# --- The real notebooks ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", notebooks.notebooks(), ids=lambda path: str(path.relative_to(notebooks.ROOT))
)
def test_the_notebook_keeps_the_rules(path):
    assert check(path) == []


def test_no_notebook_lies_where_the_rules_do_not_look():
    found = {
        path
        for folder in ("book", "exercises", "tests")
        for path in (notebooks.ROOT / folder).rglob("*.ipynb")
        if path.name != "exercise.ipynb" and ".ipynb_checkpoints" not in path.parts
    }
    assert found == set(notebooks.notebooks())


def test_every_row_of_the_lecture_is_owned_by_a_chapter():
    assert {row for rows in notebooks.CHAPTERS.values() for row in rows} == set(ROWS)
    assert ROWS == [f"L{number:02}" for number in range(1, 42)]


# --- Made-up notebooks ----------------------------------------------------------------------------


def png_chunk(kind, data):
    checksum = zlib.crc32(kind + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + kind + data + checksum


def png(*extra):
    """One black pixel, with extra chunks before the pixel's."""
    header = bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
    chunks = [
        png_chunk(b"IHDR", header),
        *extra,
        png_chunk(b"IDAT", zlib.compress(b"\0\0")),
        png_chunk(b"IEND", b""),
    ]
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).decode()


def stdout(text):
    return v4.new_output("stream", name="stdout", text=text)


def display(**data):
    return v4.new_output("display_data", {kind.replace("_", "/"): x for kind, x in data.items()})


def code(source, *outputs, **metadata):
    return v4.new_code_cell(source, outputs=list(outputs), metadata=metadata)


def prose(source, **metadata):
    return v4.new_markdown_cell(source, metadata=metadata)


TEACHES = {"rows": ["L03"], "role": "teaches"}
MEASURES = {
    "rows": ["L03"],
    "role": "measures",
    "verdict": "seen, {share} of it",
    "values": {"share": "{} of it"},
}
CAPTION = {"figure": {"caption": "A pixel."}, "image": {"alt": "One black pixel."}}


def chapter(*more):
    """A small chapter that keeps every rule, and then some more cells."""
    cells = [
        prose("(expansions)=\n# Expansions"),
        prose("## The idea\n\n```python\n# no heading\n```", lecture=TEACHES),
        code("import dlcore\nprint(x)", stdout("0.25 of it\n"), lecture=MEASURES),
        code("plt.imshow(x)\nplt.show()", display(image_png=png()), mystnb=CAPTION),
        code("assert x == 0", tags=["remove-cell"]),
        code("# not compared: its order is free\nx", stdout("x\n"), tags=["nbval-ignore-output"]),
        prose("## The referee"),
        *more,
    ]
    for count, cell in enumerate((c for c in cells if c.cell_type == "code"), 1):
        cell.execution_count = count
    about = {"question": "Does it?", "needs": ["ch01_learning_representations"]}
    return v4.new_notebook(cells=cells, metadata={"book": about})


def stored(notebook, folder, name="ch02_generic_features.ipynb"):
    """The notebook in a file, as `make notebooks` would have stored it."""
    notebook = canonical(notebook)
    notebook.metadata[STORED] = {"cells": cells_fingerprint(notebook)}
    path = folder / name
    path.write_text(serialized(notebook))
    return path


@pytest.fixture(autouse=True)
def runs_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "RUNS", tmp_path / "runs.json")


def test_a_notebook_that_keeps_every_rule_gives_no_message(tmp_path):
    assert check(stored(chapter(), tmp_path)) == []


# --- What each rule is for ------------------------------------------------------------------------

CAUGHT = {
    "a magic command": (code("%matplotlib inline"), "found invalid syntax in '%matplotlib inline'"),
    "an empty cell": (code("import dlcore"), code("  "), "found an empty cell"),
    "a long cell": (code("x = 0\n\n" * 21), "expected at most 20 lines of code, found 21"),
    "an installation": (code("pip.install('x')"), "found 'pip.install'"),
    "an error": (
        code("1/0", v4.new_output("error", ename="ZeroDivisionError", evalue="by zero")),
        "expected no error, found ZeroDivisionError: by zero",
    ),
    "a warning": (
        code("f()", v4.new_output("stream", name="stderr", text="DeprecationWarning: f\n")),
        "expected nothing on stderr, found 'DeprecationWarning: f'",
    ),
    "a path": (code("f()", stdout("in /home/anna/x.npz\n")), "path: '/home/anna/x.npz'"),
    "a Windows path": (code("f()", stdout("C:\\Users\\anna")), "path: 'C:\\\\Users'"),
    "a date": (code("f()", stdout("on 2026-11-01\n")), "a date or a time of day: '2026-11-01'"),
    "a written date": (code("f()", stdout("November 1, 2026")), "time of day: 'November 1, 2026'"),
    "a time of day": (code("f()", stdout("at 09:15:02\n")), "a time of day: '09:15:02'"),
    "a timing": (code("f()", stdout("took 0.31 s\n")), "found a timing: '0.31 s'"),
    "a timing in HTML": (code("f()", display(text_html="<b>1.2 ms</b>")), "a timing: '1.2 ms'"),
    "a stock anywidget": (
        code("W()", display(text_plain="<W object at 0x7f1c5bd54f10>")),
        "found a memory address: '0x7f1c5bd54f10'",
    ),
    "a progress bar": (code("f()", stdout("100% 40.0it/s\n")), "of a progress bar: 'it/s'"),
    "an unrounded float": (code("f()", stdout("0.10000000149\n")), "found 0.10000000149"),
    "an unrounded array": (code("f()", display(text_plain="array([1.0234567])")), "1.0234567"),
    "a wide line": (code("f()", stdout("short\n" + "x" * 101)), "100 characters a line, found 101"),
    "an SVG": (
        code("f()", v4.new_output("display_data", {"image/svg+xml": "<svg/>"})),
        "image/svg",
    ),
    "two figures": (
        code("plt.show()", display(image_png=png()), display(image_png=png()), mystnb=CAPTION),
        "expected one figure a cell, found 2",
    ),
    "no caption": (
        code("plt.show()", display(image_png=png()), mystnb={"image": {"alt": "A pixel."}}),
        "metadata.mystnb.figure.caption, found none",
    ),
    "no alt text": (
        code("plt.show()", display(image_png=png()), mystnb={"figure": {"caption": "A pixel."}}),
        "metadata.mystnb.image.alt, found none",
    ),
    "a figure's stray object": (
        code("plt.show()\nax.plot(x)", display(image_png=png()), mystnb=CAPTION),
        "to end in plt.show() or an assignment, found 'ax.plot(x)'",
    ),
    "a semicolon": (code("f();"), "without a semicolon, found 'f();'"),
    "a skipped cell": (code("f()", tags=["nbval-skip"]), "found the tag 'nbval-skip'"),
    "a cell let fail": (code("f()", tags=["raises-exception"]), "the tag 'raises-exception'"),
    "an output ignored without a reason": (
        code("# not compared:\nf()", tags=["nbval-ignore-output"]),
        "expected a line '# not compared: REASON'",
    ),
    "an output ignored by a comment": (code("# NBVAL_IGNORE_OUTPUT\nf()"), "NBVAL_IGNORE_OUTPUT"),
    "hidden work": (code("x = 1", tags=["remove-cell"]), "expected an assert in a cell tagged"),
    "a row that is none": (
        prose("p", lecture=TEACHES | {"rows": ["L42"]}),
        "a list of L01 to L41, found ['L42']",
    ),
    "a marker without rows": (prose("p", lecture={"role": "teaches"}), "to L41, found None"),
    "an unknown role": (prose("p", lecture=TEACHES | {"role": "shows"}), "found shows"),
    "no verdict": (prose("p", lecture=TEACHES | {"role": "measures"}), "expected a verdict"),
    "a marker's typing slip": (prose("p", lecture=TEACHES | {"row": 1}), "of holds, role, rows"),
    "a marker that is a word": (prose("p", lecture="L03"), "values, verdict, found L03"),
}


@pytest.mark.parametrize(
    ("cells", "expected"), [(c[:-1], c[-1]) for c in CAUGHT.values()], ids=CAUGHT
)
def test_a_rule_for_cells_notices(cells, expected, tmp_path):
    if expected == "found an empty cell":
        cells[-1].execution_count = None
    path = stored(chapter(*cells), tmp_path)
    (message,) = check(path)
    number = len(chapter(*cells).cells)
    first_line = cells[-1].source.strip().partition("\n")[0]
    assert f"{path.name}: cell {number} ({first_line!r}): " in message
    assert expected in message


INNOCENT = [
    "dE/dX = dE/dY . W, train/test, 3/4, and/or",
    "https://example.org/a/b.html",
    "<table><tr><td>1</td></tr></table>",
    "version 3.11.2, row L30, 16:9, section 1.2.3",
    "0.000123456 and 1.234567e-05 and -12.5 and 1234567",
    "frames of 25 ms, 5 s of speech, min 0.25, 0.10 min",
    "colors 0xff, bits 0b101010",
    "100% right",
]


@pytest.mark.parametrize("text", INNOCENT)
def test_the_rules_for_outputs_leave_in_peace(text, tmp_path):
    cell = code("f()", stdout(text), display(text_plain=text))
    assert check(stored(chapter(cell), tmp_path)) == []


@pytest.mark.parametrize("end", ["image = ax.imshow(x)", "total += 1", "plt.show()  # at last"])
def test_a_figure_may_end_in(end, tmp_path):
    cell = code(f"f()\n{end}", display(image_png=png()), mystnb=CAPTION)
    assert check(stored(chapter(cell), tmp_path)) == []


def test_an_assertion_of_numpy_is_an_assertion(tmp_path):
    cell = code("np.testing.assert_allclose(x, y)", tags=["remove-cell"])
    assert check(stored(chapter(cell), tmp_path)) == []


def without(text):
    """The chapter without the cell that contains a text."""
    notebook = chapter()
    notebook.cells = [cell for cell in notebook.cells if text not in cell.source]
    return notebook


@pytest.mark.parametrize(
    ("notebook", "expected"),
    [
        (without("# Expansions"), "the only '# Title', found headings of levels [2, 2]"),
        (chapter(prose("# Another")), "the only '# Title', found headings of levels [1, 2, 2, 1]"),
        (chapter(prose("#### Deep")), "found 'Deep' (level 4) under level 2"),
        (without("The idea"), "expected a cell with lecture metadata that teaches L03, found none"),
        (without("The referee"), "'The referee' among the last three, found ['Expansions', 'The"),
        (chapter(*map(prose, ("## a", "## b", "## c"))), "last three, found ['a', 'b', 'c']"),
    ],
)
def test_a_rule_for_chapters_notices(notebook, expected, tmp_path):
    (message,) = check(stored(notebook, tmp_path))
    assert expected in message


def test_a_chapter_has_one_of_the_planned_names(tmp_path):
    (message,) = check(stored(chapter(), tmp_path, "ch02_generic.ipynb"))
    assert "expected a name from book/lecture.toml, found ch02_generic" in message


def test_a_chapter_without_a_question_is_noticed(tmp_path):
    notebook = chapter()
    del notebook.metadata["book"]
    (message,) = check(stored(notebook, tmp_path))
    assert "expected the notebook's metadata to have book: {question, needs}" in message


def test_a_set_of_exercises_needs_no_rows_and_no_referee(tmp_path):
    exercises = v4.new_notebook(cells=[prose("# Exercises"), code("import dlcore")])
    exercises.cells[1].execution_count = 1
    assert check(stored(exercises, tmp_path, "solution.ipynb")) == []


@pytest.mark.parametrize(("count", "found"), [(None, "a cell never run"), (7, "[7]")])
def test_a_cell_not_run_in_order_is_noticed(count, found, tmp_path):
    notebook = chapter()
    notebook.cells[3].execution_count = count
    (message,) = check(stored(notebook, tmp_path))
    assert f"cell 4 ('plt.imshow(x)'): expected [2], found {found}" in message


@pytest.mark.parametrize(
    "edit",
    [
        lambda nb: nb.cells[2].update(source="import dlcore\nprint(1 / 4)"),
        lambda nb: nb.cells[2].outputs[0].update(text="0.26 of it\n"),
        lambda nb: nb.cells[3].outputs[0].data.update({"image/png": png(png_chunk(b"pHYs", b""))}),
        lambda nb: nb.cells.pop(4),
        lambda nb: nb.metadata.update(widgets=widgets(**{"0" * 32: 2})),
    ],
    ids=["code", "output", "figure", "cell removed", "widget"],
)
def test_code_or_output_changed_by_hand_is_noticed(edit, tmp_path):
    path = stored(chapter(), tmp_path)
    notebook = notebooks.read(path)
    edit(notebook)
    for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
        cell.execution_count = count
    path.write_text(serialized(notebook))
    (message,) = check(path)
    assert "expected outputs stored by `make notebooks`, found code or outputs changed" in message


def timed(notebook):
    notebook.cells[2].metadata["execution"] = {"iopub.execute_input": "2026-11-01T09:15:02Z"}


@pytest.mark.parametrize(
    "edit",
    [
        timed,
        lambda notebook: notebook.metadata.kernelspec.update(name="venv"),
        lambda notebook: notebook.metadata.language_info.update(version="3.12.1"),
        lambda notebook: notebook.update(nbformat_minor=4),
        lambda notebook: notebook.cells[0].pop("id"),
        lambda notebook: notebook.cells[0].update(id=notebook.cells[1].id),
        lambda notebook: (
            notebook.cells[3]
            .outputs[0]
            .data.update({"image/png": png(png_chunk(b"tEXt", b"Software\0matplotlib 3.11"))})
        ),
        lambda notebook: notebook.cells[2].update(outputs=[stdout("0.25 "), stdout("of it\n")]),
    ],
    ids=[
        "timing metadata",
        "kernel",
        "Python's version",
        "nbformat",
        "no id",
        "an id twice",
        "matplotlib's version",
        "output in pieces",
    ],
)
def test_noise_is_noticed_and_removed_without_executing(edit, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    path = stored(chapter(), tmp_path)
    notebook = notebooks.read(path)
    notebooks.RUNS.write_text(json.dumps({path.name: notebooks.project_fingerprint(path)}))
    before = path.read_bytes()

    edit(notebook)
    path.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    (message,) = check(path)
    assert "expected the form in which `make notebooks` stores a notebook, found at" in message
    assert canonical(notebook) == canonical(notebook)
    assert len({cell.id for cell in canonical(notebook).cells}) == len(notebook.cells)

    assert main([str(path)]) == 0
    assert "executed" not in capsys.readouterr().out
    assert check(path) == []
    if "id" in notebook.cells[0] and notebook.cells[0].id != notebook.cells[1].id:
        assert path.read_bytes() == before


def test_a_missing_last_newline_is_noticed(tmp_path):
    path = stored(chapter(), tmp_path)
    path.write_text(path.read_text().rstrip())
    assert "expected the form in which" in check(path)[0]


def widgets(**values):
    """The metadata of a notebook with widgets: model id to value."""
    models = {
        model: {
            "model_name": "M",
            "model_module": "m",
            "state": {"value": value, "_esm": "0x7f1c5bd54f10"},
        }
        for model, value in values.items()
    }
    return {WIDGETS: {"state": models, "version_major": 2, "version_minor": 0}}


def test_widgets_are_numbered_in_the_order_in_which_they_were_made():
    view = {"model_id": "beef" * 8, "version_major": 2, "version_minor": 0}
    notebook = chapter(code("w", display(**{"application/vnd.jupyter.widget-view+json": view})))
    notebook.metadata["widgets"] = widgets(**{"feed" * 8: 1, "beef" * 8: "IPY_MODEL_" + "feed" * 8})
    fixed = canonical(notebook)
    first, second = "0" * 32, "0" * 31 + "1"
    models = fixed.metadata.widgets[WIDGETS].state
    assert [models[first].state.value, models[second].state.value] == [1, f"IPY_MODEL_{first}"]
    (data,) = (output.data for output in fixed.cells[-1].outputs)
    assert [view["model_id"] for view in data.values()] == [second]
    assert canonical(fixed) == fixed


def test_a_widget_tells_nothing_of_the_machine(tmp_path):
    notebook = chapter()
    notebook.metadata["widgets"] = widgets(**{"feed" * 8: "took 0.31 s"})
    (message,) = check(stored(notebook, tmp_path))
    assert "widget, value: expected output that is the same everywhere" in message


def test_the_order_of_print_and_figure_is_kept():
    outputs = [stdout("a"), stdout("b"), display(image_png=png()), stdout("c")]
    merged = notebooks.merged_streams(outputs)
    assert [output.get("text", "figure") for output in merged] == ["ab", "figure", "c"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "<<<<<<< HEAD\n{}", '{"nbformat": 4, "cells": 3}']
)
def test_a_file_that_is_no_notebook_is_named_and_left_alone(text, tmp_path, capsys):
    path = tmp_path / "ch02_generic_features.ipynb"
    path.write_text(text)
    assert main([str(path)]) == 1
    assert f"{path.name}: expected a Jupyter notebook, found" in capsys.readouterr().err
    assert path.read_text() == text


def test_a_path_that_is_not_there_is_named(capsys):
    with pytest.raises(SystemExit):
        main(["book/ch99.ipynb", "--check"])
    assert re.search("no such notebook: .*ch99.ipynb", capsys.readouterr().err)


# --- When a notebook is executed ------------------------------------------------------------------


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project: a package, data, a module beside a stored solution; `ran` lists what ran."""
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    for file in ("dlcore/nn.py", "exercises/__init__.py", "exercises/ch02/tasks.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("x = 1\n")
    path = stored(chapter(), tmp_path / "exercises/ch02", "solution.ipynb")
    ran = []
    monkeypatch.setattr(notebooks, "execute", lambda path, nb: ran.append(path) or nb)
    main([str(path)])
    assert ran.pop() == path
    return path, ran


def test_an_unchanged_notebook_is_not_executed(project):
    path, ran = project
    before = path.read_bytes()
    assert main([str(path)]) == 0
    assert not ran
    assert path.read_bytes() == before
    assert main([str(path), "--all"]) == 0
    assert ran == [path]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "file",
    ["dlcore/nn.py", "dlcore/new.npz", "exercises/__init__.py", "exercises/ch02/tasks.py"],
)
def test_what_the_notebook_can_use_makes_it_run(project, file):
    path, ran = project
    (notebooks.ROOT / file).write_text("x = 2\n")
    assert main([str(path)]) == 0
    assert ran == [path]


@pytest.mark.parametrize(
    "file",
    ["README.md", "exercises/ch02/notes.md", "exercises/ch02/_static/a.py", "exercises/ch03/b.py"],
)
def test_what_the_notebook_cannot_use_does_not_make_it_run(project, file):
    path, ran = project
    (notebooks.ROOT / file).parent.mkdir(exist_ok=True)
    (notebooks.ROOT / file).write_text("x = 2\n")
    assert main([str(path)]) == 0
    assert not ran


def test_prose_is_free_and_code_and_outputs_make_it_run(project):
    path, ran = project
    text = path.read_text()
    path.write_text(text.replace("The idea", "The thought"))
    assert main([str(path)]) == 0
    assert not ran
    for old, new in [("print(x)", "print(1 / 4)"), ("0.25 of", "0.5 of")]:
        path.write_text(text.replace(old, new))
        assert main([str(path)]) == 0
        assert ran.pop() == path


def test_an_edit_made_while_the_cells_run_is_not_lost(project, monkeypatch, capsys):
    path, _ = project
    edited = path.read_text().replace("The idea", "The thought")

    def edit(path, notebook):
        path.write_text(edited)
        return notebook

    monkeypatch.setattr(notebooks, "execute", edit)
    assert main([str(path), "--all"]) == 1
    assert "the file was changed while its cells ran; run this again" in capsys.readouterr().err
    assert path.read_text() == edited


# --- Real kernels ---------------------------------------------------------------------------------

LIVELY = [
    """
    import sys
    import time

    import anywidget
    import ipywidgets
    import matplotlib.pyplot as plt
    import numpy as np
    import traitlets
    from tqdm import tqdm

    import helper

    for name in tqdm({"sgd", "momentum", "adam"}):
        print(name)
        sys.stdout.flush()
        time.sleep(0.01)
    """,
    "np.arange(6).reshape(2, 3)",
    """
    print("before")
    fig, ax = plt.subplots()
    ax.plot(np.arange(3))
    plt.show()
    """,
    """
    a, b = ipywidgets.IntSlider(value=3), ipywidgets.IntText()
    ipywidgets.jslink((a, "value"), (b, "value"))
    ipywidgets.HBox([a, b])
    """,
    """
    class Counter(anywidget.AnyWidget):
        _esm = "export default { render({ model, el }) { el.textContent = model.get('value'); } };"
        value = traitlets.Int(0).tag(sync=True)

        def __repr__(self):
            return f"Counter({self.value})"


    Counter(value=3)
    """,
]


def lively():
    cells = [code(textwrap.dedent(source).strip()) for source in LIVELY]
    cells[2].metadata["mystnb"] = CAPTION
    return v4.new_notebook(cells=[prose("# Lively"), *cells])


def test_executing_twice_gives_the_same_bytes(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    path = tmp_path / "exercises/ch02/solution.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(serialized(lively()))
    path.with_name("helper.py").touch()
    assert main([str(path)]) == 0
    once = path.read_bytes()

    # Nor do the reader's own settings count: another backend, a start-up file, another "python3".
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    startup = tmp_path / "ipython/profile_default/startup/start.py"
    kernel = tmp_path / "jupyter/kernels/python3/kernel.json"
    for file in (startup, kernel):
        file.parent.mkdir(parents=True)
    startup.write_text("print = None")
    kernel.write_text('{"argv": ["false"], "display_name": "Python 3", "language": "python"}')
    assert main([str(path), "--all"]) == 0
    assert path.read_bytes() == once
    assert capfd.readouterr().err == ""

    cells = notebooks.read(path).cells
    assert sorted(cells[1].outputs[0].text.split()) == ["adam", "momentum", "sgd"]
    assert len(cells[1].outputs) == 1
    assert [output.output_type for output in cells[3].outputs] == ["stream", "display_data"]
    assert b"tEXt" not in base64.b64decode(cells[3].outputs[1].data["image/png"])
    assert cells[5].outputs[0].data["text/plain"] == "Counter(3)"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("x = 1\nx / 0", "(?s)expected no error, found ZeroDivisionError: .*Traceback"),
        ("import warnings\nwarnings.warn('old')", "expected nothing on stderr, found .*old"),
        ("import os\nos._exit(1)", "Kernel died"),
    ],
    ids=["an error", "a warning", "a dead kernel"],
)
def test_what_fails_is_named_and_the_file_left_alone(source, reason, tmp_path, capsys):
    path = tmp_path / "solution.ipynb"
    from_before = code("x", v4.new_output("stream", name="stderr", text="old"))
    cells = [prose("# T"), code("x = 0"), code(source), from_before]
    path.write_text(serialized(v4.new_notebook(cells=cells)))
    before = path.read_bytes()
    assert main([str(path)]) == 1
    printed = capsys.readouterr()
    first_line = source.partition("\n")[0]
    assert f"solution.ipynb: cell 3 ({first_line!r}): " in printed.err
    assert re.search(reason, printed.err)
    assert "cell 4" not in printed.err
    assert "NOT stored" in printed.out
    assert path.read_bytes() == before


def test_pytest_collects_and_compares_what_it_should(tmp_path):
    for file in ("conftest.py", "pyproject.toml", "tools/kernel_env.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(notebooks.ROOT / file, tmp_path / file)
    simple = v4.new_notebook(cells=[prose("# T"), code("x = 1"), code("print({'x': x})")])
    simple.metadata["widgets"] = widgets(**{"feed" * 8: "from before"})
    good, bad = tmp_path / "book/good.ipynb", tmp_path / "exercises/ch02/solution.ipynb"
    for path in (good, bad):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(serialized(simple))
    assert main([str(good), str(bad)]) == 0
    assert "widgets" not in notebooks.read(good).metadata
    bad.write_text(bad.read_text().replace("{'x': 1}", "{'x': 2}"))
    for file in ("exercises/ch02/exercise.ipynb", "_build/html/x.ipynb", ".venv/share/x.ipynb"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(bad, tmp_path / file)
    # Work on a busy machine takes longer than the 5 s that nbval waits for an output.
    (tmp_path / "test_patience.py").write_text(
        textwrap.dedent("""
        def test_patience(request):
            cells = [item for item in request.session.items if hasattr(item, "cell")]
            assert len(cells) == 4
            assert min(cell.output_timeout for cell in cells) >= 60
        """)
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "-q", "--color=no"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "1 failed, 4 passed" in run.stdout, run.stdout
    assert "FAILED exercises/ch02/solution.ipynb::Cell 1" in run.stdout
