"""The list of planted bugs fits the code. Whether the tests find them, `make mutants` says."""

import ast

import pytest

from tools.mutants import MUTANTS, planted


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_bug_can_be_planted_and_is_python(mutant):
    ast.parse(planted(mutant))


def test_there_are_enough_and_each_is_another():
    assert len({(m.file, m.old, m.new) for m in MUTANTS}) == len({m.name for m in MUTANTS}) >= 40
