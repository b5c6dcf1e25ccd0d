"""Right answers, written as students write: the grader gives what the notebook's own checks said.

Each file in handed_in/ is one notebook: the line on top says what is odd about it, and each `# %%`
begins a cell. Such a cell is an answer in place of another one, or, as its line says, it stands at
the end of the set-up cell, or after everything else.
"""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from attacks import ALL
from classroom import HERE, TASKS, environment, grade, handed_in, points, rows

from exercises.notebook import defined

FILES = sorted((Path(__file__).parent / "handed_in").glob("*.py"))

IN_IPYTHON = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell, said = InteractiveShell(), []
for source in json.load(sys.stdin):
    with capture_output() as output:
        shell.run_cell(source)
    if source.startswith("check("):
        said.append(": right, on all" in output.stdout)
print(said)
"""


def notebook(file):
    """The notebook that is handed in."""
    _, *cells = re.split(r"^# %%(?!\w)[ ]*(.*)\n", file.read_text(encoding="utf-8"), flags=re.M)
    pairs = list(zip(cells[::2], cells[1::2], strict=True))
    answers = {}
    for where, source in pairs:
        if not where:
            (name,) = [n for n in TASKS if re.search(rf"(def|class) {n}\b", source)]
            answers[name] = source
    result = json.loads(handed_in())
    for cell in result["cells"]:
        for name in defined(cell["source"], answers):
            cell["source"] = answers[name]
        if cell["id"] == "set-up":
            cell["source"] += "".join(f"\n{s}" for where, s in pairs if where == "set-up")
    for where, source in pairs:
        if where == "after":
            last = copy.deepcopy(result["cells"][-1])
            result["cells"].append(last | {"source": source, "id": "after"})
    return result


@pytest.fixture(scope="module")
def graded(tmp_path_factory, a_sandbox):
    folder, out = tmp_path_factory.mktemp("handed in"), tmp_path_factory.mktemp("out")
    for file in FILES:
        text = json.dumps(notebook(file))
        (folder / f"{file.stem}.ipynb").write_text(text, encoding="utf-8")
    assert grade(folder, out).returncode == 0
    return {name: points(row) for name, row in rows(out).items()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_has_all_points(file, graded):
    assert graded[f"{file.stem}.ipynb"] == ALL


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_notebooks_own_checks_say_so_too(file, tmp_path):
    cells = [c["source"] for c in notebook(file)["cells"] if c["cell_type"] == "code"]
    run = subprocess.run(
        [sys.executable, "-c", IN_IPYTHON],
        input=json.dumps(cells),
        env=environment() | {"IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        cwd=HERE,
    )
    assert run.stdout.splitlines()[-1:] == [str([True] * len(TASKS))], run.stdout + run.stderr
