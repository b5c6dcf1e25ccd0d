"""Which tests may be skipped, which does `--quick` leave out, which stay together on a core."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]

SKIPPING = """
import pytest

def test_site():
    pytest.skip("no site: run make book")

@pytest.mark.skipif(True, reason="no Chromium: apt install chromium")
def test_page():
    pass

@pytest.fixture
def torch():
    pytest.skip("no torch: run make test")

def test_torch(torch):
    pass

def test_gpu():
    pytest.skip("no CUDA device")

@pytest.mark.xfail(reason="no site of the kind")
def test_expected_to_fail():
    assert False
"""
TOGETHER = """
import os
import pytest

PIDS = set()

@pytest.mark.parametrize("n", range(20))
def test_one_core(n):
    PIDS.add(os.getpid())
    assert len(PIDS) == 1 and n == len(SEEN)
    SEEN.append(n)

SEEN = []
"""
QUICK = """
import pytest

@pytest.fixture
def site():
    pytest.fail("asked for a site")

def test_with_a_site(site):
    pass

def test_without():
    pass
"""
SKIPPED_WHOLE = 'import pytest\npytest.skip("no Chromium", allow_module_level=True)\n'


@pytest.fixture
def run(tmp_path):
    """Runs pytest, with our conftest, on files with these texts; gives what it prints."""
    for file in ("conftest.py", "pyproject.toml", "tools/kernel_env.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)

    def run(files, *options, **environment):
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--color=no", *options],
            cwd=tmp_path,
            env=os.environ | environment,
            capture_output=True,
            text=True,
        ).stdout

    return run


@pytest.mark.parametrize(
    ("ci", "summary"),
    [("", "5 skipped, 1 xfailed"), ("true", "1 failed, 1 skipped, 1 xfailed, 3 errors")],
)
def test_ci_does_not_skip_what_can_be_installed(run, ci, summary):
    files = {"test_skipping.py": SKIPPING, "test_skipped_whole.py": SKIPPED_WHOLE}
    said = run(files, "--continue-on-collection-errors", CI=ci)
    assert summary in said
    if ci:
        for reason in ("no site: run", "no Chromium: apt", "no torch: run", "no Chromium\n"):
            assert f"In CI this test must run. It was skipped: {reason}" in said


def test_the_tests_of_a_file_and_the_cells_of_a_notebook_stay_together(run):
    cells = [new_code_cell("x = 0", execution_count=1)]
    cells += [
        new_code_cell(
            "x += 1\nprint(x)",
            execution_count=n + 1,
            outputs=[new_output("stream", name="stdout", text=f"{n}\n")],
        )
        for n in range(1, 6)
    ]
    notebook = nbformat.writes(new_notebook(cells=cells))
    files = {"test_a.py": TOGETHER, "test_b.py": TOGETHER, "n.ipynb": notebook}
    assert "46 passed" in run(files, "--nbval", "-n3")


@pytest.mark.parametrize("options", [[], ["-n2"]])
def test_quick_leaves_out_what_is_slow_and_says_so(run, options):
    notebook = nbformat.writes(new_notebook(cells=[new_code_cell("x = 0", execution_count=1)]))
    files = {"test_quick.py": QUICK, "n.ipynb": notebook}
    said = run(files, "--nbval", "--quick", *options)
    assert "1 passed" in said and "failed" not in said
    assert "Left out: the cells of notebooks, tests of the built site" in said
