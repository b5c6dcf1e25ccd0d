"""Small changes of an answer, made by the machine."""

from dataclasses import replace

import pytest

from exercises.slips import Slip
from exercises.task import Task
from exercises.writing import changes
from exercises.writing.changes import survivors


def scaled(X, n):
    """Of everything that can be changed, one."""
    Y = X.copy()
    while n > 0:
        Y += -X.T @ Y.sum(axis=0)
        n -= 1
    return Y if n < 1 else X


def test_each_change_is_one_and_says_which():
    assert sorted(words for words, _ in changes.changes(scaled)) == [
        "Y += -X.T @ Y.sum(axis=0) -> Y += -X @ Y.sum(axis=0)",
        "Y += -X.T @ Y.sum(axis=0) -> Y += -X.T * Y.sum(axis=0)",
        "Y += -X.T @ Y.sum(axis=0) -> Y += -X.T @ Y.sum(axis=1)",
        "Y += -X.T @ Y.sum(axis=0) -> Y += X.T @ Y.sum(axis=0)",
        "Y += -X.T @ Y.sum(axis=0) -> Y -= -X.T @ Y.sum(axis=0)",
        "Y += -X.T @ Y.sum(axis=0) -> left out",
        "Y = X.copy() -> Y = X",
        "Y = X.copy() -> left out",
        "n -= 1 -> left out",
        "n -= 1 -> n += 1",
        "n -= 1 -> n -= 2",
        "return Y if n < 1 else X -> return X if n < 1 else Y",
        "return Y if n < 1 else X -> return Y if n < 2 else X",
        "return Y if n < 1 else X -> return Y if n <= 1 else X",
        "while n > 0: -> while n > 1:",
        "while n > 0: -> while n >= 0:",
    ]


def case(seed):
    return {"n": 3 + seed}


def down_to_zero(n):
    while n > 0:
        n = n - 1
    return n


@pytest.fixture
def task():
    slip = Slip("the count ends too early.", ("> 0", "> 1"))
    return Task(down_to_zero, "", 1, 1, ("L01",), 1, case, slips=(slip,))


def test_a_loop_without_end_is_ended_and_what_comes_through_is_named(task):
    assert list(survivors(task)) == []
    blind = replace(task, judge=lambda *_: None)
    assert set(survivors(blind)) == {
        "n = n - 1 -> n = n - 2",
        "while n > 0: -> while n > 1:",
        "while n > 0: -> while n >= 0:",
    }


def test_the_report_wants_a_reason_and_no_more_than_there_is(task, sample, monkeypatch, capsys):
    harmless = {"n = n - 1 -> n = n - 2": "it ends, too", "no line -> another": "stale"}
    blind = replace(task, judge=lambda *_: None, harmless=harmless)
    monkeypatch.setattr(changes, "load", lambda name: replace(sample, tasks=(blind,)))
    assert changes.main(["sample_set"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "sample_set, down_to_zero: 4 small changes, 3 come through",
        "  while n > 0: -> while n > 1:: a hole, or harmless?",
        "  while n > 0: -> while n >= 0:: a hole, or harmless?",
        "  no line -> another: is said to be harmless, and does not come through",
    ]
