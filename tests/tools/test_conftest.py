"""A test that is skipped for want of what can be installed fails in CI; the others stay skipped."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
SKIPPED_WHOLE = 'import pytest\npytest.skip("no Chromium", allow_module_level=True)\n'


@pytest.mark.parametrize(
    ("ci", "summary"),
    [("", "5 skipped, 1 xfailed"), ("true", "1 failed, 1 skipped, 1 xfailed, 3 errors")],
)
def test_ci_does_not_skip_what_can_be_installed(ci, summary, tmp_path):
    for file in ("conftest.py", "pyproject.toml", "tools/notebooks.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / "test_skipping.py").write_text(SKIPPING)
    (tmp_path / "test_skipped_whole.py").write_text(SKIPPED_WHOLE)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--color=no", "--continue-on-collection-errors"],
        cwd=tmp_path,
        env=os.environ | {"CI": ci},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert summary in run.stdout, run.stdout
    if ci:
        for reason in ("no site: run", "no Chromium: apt", "no torch: run", "no Chromium\n"):
            assert f"In CI this test must run. It was skipped: {reason}" in run.stdout
