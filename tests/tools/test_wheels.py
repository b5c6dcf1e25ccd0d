"""Two distributions: dlcore alone, and the exercises beside it. Both are installed here."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """The names of the files in both wheels, by the name of the wheel."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheels")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("dlcore", "exercises"):
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=skip)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    made = subprocess.run(
        [*pip, "--wheel-dir", out, ".", "./exercises"], cwd=source, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    return {
        wheel.name.partition("-")[0]: [name for name in ZipFile(wheel).namelist()]
        for wheel in out.glob("*.whl")
    }


def tops(names):
    return {name.partition("/")[0] for name in names if ".dist-info/" not in name}


def test_dlcore_brings_nothing_but_dlcore(wheels):
    assert wheels.keys() == {"dlcore", "dlcore_exercises"}
    assert tops(wheels["dlcore"]) == {"dlcore"}


def test_the_exercises_have_their_notebooks_and_all_that_a_check_and_the_grader_need(wheels):
    assert tops(wheels["dlcore_exercises"]) == {"exercises"}
    missing = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("**/*.py", "*/*.ipynb", "grading/pages/*.html")
        for path in (ROOT / "exercises").glob(pattern)
    } - set(wheels["dlcore_exercises"])
    assert missing == set()


def test_wherever_a_notebook_lies_it_finds_both(tmp_path):
    code = "import dlcore, exercises; print(dlcore.__file__, exercises.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert found.stdout.split() == [
        str(ROOT / name / "__init__.py") for name in ("dlcore", "exercises")
    ], found.stderr
