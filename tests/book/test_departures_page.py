"""The page of departures is made of its tests, and no departure is left out that can be counted."""

import ast
from pathlib import Path

import departures
import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = [test for _, tests in departures.groups() for test in tests]


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_an_entry_is_whole_and_asks_torch(test):
    told = departures.entry(test)
    assert not told["title"].endswith(".")
    assert all(told[part].endswith((".", ")")) for part in ("torch", "dlcore", "why"))
    assert "torch" in [argument.arg for argument in test.args.args]
    code = departures.code(test)
    assert "torch." in code or "(torch, " in code, "torch is not asked"
    assert told["why"] not in code


def test_every_test_of_the_file_is_an_entry():
    """None stands outside of a class, where the page would not see it."""
    tree = ast.parse(departures.TESTS.read_text(encoding="utf-8"))
    named = [d for d in ast.walk(tree) if isinstance(d, ast.FunctionDef) and "test" in d.name]
    assert {test.name for test in named} == {test.name for test in TESTS}
    titles = [departures.entry(test)["title"] for test in TESTS]
    assert len(set(titles)) == len(titles) > 40


def test_the_page_says_what_is_refused():
    """One line for each entry that is about options, with all of them in it."""
    _, *parts = departures.markdown().split("\nRefused\n: ")
    shown = [set(part.partition("\n")[0].split(", ")) for part in parts]
    listed = [departures.refused(test) for test in TESTS]
    assert [len(options) for options in shown] == [len(cases) for cases in listed if cases]
    some = {"`nn.Hardtanh(inplace=True)`", "`nn.Conv2d(padding_mode='reflect')`"}
    assert some <= set.union(*shown)


def test_an_entry_without_its_parts_is_refused():
    test = ast.parse('def test_x(torch):\n    """A title\n\n    torch: does.\n    """').body[0]
    with pytest.raises(ValueError, match="test_x: expected a docstring with a title"):
        departures.entry(test)


def refused_by_the_package():
    """(class, option) for every option that a constructor hands to `refuse`."""
    for path in ROOT.glob("dlcore/**/*.py"):
        for owner in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for call in ast.walk(owner) if isinstance(owner, ast.ClassDef) else ():
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "refuse":
                    yield from ((owner.name, option.arg) for option in call.keywords)


def test_every_option_that_is_refused_is_listed():
    cases = [case for test in TESTS for case in departures.refused(test)]
    listed = {(owner.rpartition(".")[2], option) for owner, option, _ in cases}
    refused = set(refused_by_the_package())
    assert ("ReLU", "inplace") in refused
    missing = ", ".join(f"{owner}({option}=...)" for owner, option in sorted(refused - listed))
    assert not missing, f"not in TestLacking of tests/dlcore/test_departures.py: {missing}"
