"""The conformance page says what comes out when it is measured again."""

import json

import pytest

pytest.importorskip("torch", reason="no torch: `make test` installs it")

from tools import conformance


@pytest.fixture(scope="module")
def stored():
    return json.loads(conformance.JSON.read_text(encoding="utf-8"))


def test_the_page_is_the_table(stored):
    assert conformance.PAGE.read_text(encoding="utf-8") == conformance.page(stored)


def test_the_table_holds_when_measured_again(stored):
    """Every module and test, nothing beyond its limit; words as they were, but for the device."""
    now = conformance.table()
    assert conformance.beyond_limits(now) == []
    changed = ", ".join(sorted(now.keys() ^ stored.keys()))
    assert not changed, f"run `make conformance`, for the sake of {changed}"
    for name, row in now.items():
        assert row.keys() == stored[name].keys(), "run `make conformance`"
        for test, value in row.items():
            if test != "torch, CUDA":
                assert isinstance(value, str) == isinstance(stored[name][test], str), (name, test)


def test_an_error_beyond_its_limit_is_found(stored):
    name = next(iter(stored))
    for bad in (1.0, float("inf"), float("nan")):
        wrong = {name: stored[name] | {"torch, float64": bad}}
        assert len(conformance.beyond_limits(wrong)) == 1


def test_numbers_that_are_missing_on_one_side_are_an_error():
    nan = float("nan")
    assert conformance.largest([[1.0, nan]], [[1.0, nan]]) == 0
    assert conformance.largest([[1.0, nan]], [[1.0, 2.0]]) == float("inf")
    assert conformance.largest([[1.0]], [[1.0, 2.0]]) == float("inf")
    assert conformance.largest([[300.0]], [[200.0]]) == 0.5
