"""The conformance page says what comes out when it is measured again."""

import json

import pytest

pytest.importorskip("torch", reason="no torch: `make test` installs it")

from tools import conformance

GPU = "torch, float32, "  # what the column of a GPU begins with; then comes its name


@pytest.fixture(scope="module")
def stored():
    return json.loads(conformance.JSON.read_text(encoding="utf-8"))


def test_the_page_is_the_table(stored):
    assert conformance.PAGE.read_text(encoding="utf-8") == conformance.page(stored)


def test_the_table_holds_when_measured_again(stored):
    """Every module, every test but a GPU's: nothing beyond its limit, and words as they were."""
    now = conformance.table()
    assert conformance.beyond_limits(now) == []
    changed = ", ".join(sorted(now.keys() ^ stored.keys()))
    assert not changed, f"run `make conformance`, for the sake of {changed}"
    for name, row in now.items():
        tests = {test for test in row if not test.startswith(GPU)}
        assert tests == {t for t in stored[name] if not t.startswith(GPU)}, "run `make conformance`"
        for test in tests:
            assert isinstance(row[test], str) == isinstance(stored[name][test], str), (name, test)


def test_measured_twice_it_is_the_same_page():
    assert conformance.page(conformance.table()) == conformance.page(conformance.table())


@pytest.mark.parametrize("factor", [0.0, 1e-3, 1.0])
def test_what_rounding_decides_is_not_told(factor, stored, monkeypatch):
    """Up to the floor, all errors are the same one."""
    for test in conformance.TESTS:
        floor, limit = conformance.floor_and_limit(test)
        assert floor < limit
        monkeypatch.setitem(conformance.TESTS, test, lambda case, error=factor * floor: error)
        assert conformance.measured(None, test) == floor
        monkeypatch.setitem(conformance.TESTS, test, lambda case, error=2 * floor: error)
        assert conformance.measured(None, test) == pytest.approx(10 * floor)


def test_a_gpu_has_its_column_where_there_was_one(stored):
    """Named, and nowhere else."""
    name, row = next(iter(stored.items()))
    heading = GPU + "NVIDIA H100"
    assert f" {heading} |" in conformance.page({name: row | {heading: 1e-5}})
    assert "no device" not in conformance.PAGE.read_text(encoding="utf-8")


def test_an_error_beyond_its_limit_is_found(stored):
    name = next(iter(stored))
    for bad in (1.0, float("inf"), float("nan")):
        wrong = {name: stored[name] | {"torch, float64": bad}}
        (line,) = conformance.beyond_limits(wrong)
        assert line.startswith(f"{name}, torch, float64: error")


def test_numbers_that_are_missing_on_one_side_are_an_error():
    nan = float("nan")
    assert conformance.largest([[1.0, nan]], [[1.0, nan]]) == 0
    assert conformance.largest([[1.0, nan]], [[1.0, 2.0]]) == float("inf")
    assert conformance.largest([[1.0]], [[1.0, 2.0]]) == float("inf")
    assert conformance.largest([[300.0]], [[200.0]]) == 0.5
