"""The rungs of the ladder: every way to be wrong gets its own words, and right is right."""

from copy import deepcopy

import numpy as np
import pytest

from exercises.hints import alike, compare, differs, same, unchanged
from exercises.inside.wire import Odd

WANT = np.random.default_rng(0).normal(size=(3, 4))
SQUARE = WANT[:, :3]


@pytest.mark.parametrize(
    "got",
    [
        WANT,
        WANT.copy(order="F"),
        np.pad(WANT, 1)[1:-1, 1:-1],
        WANT + 1e-9,
        WANT.astype(np.float32),
        WANT.astype(np.float16),
        WANT.astype(complex).real,
        WANT.astype(np.longdouble),
        WANT.astype(">f8"),
    ],
)
def test_right_is_right_in_any_layout_and_precision(got):
    assert same("dx", got, WANT) is None


@pytest.mark.parametrize(
    "got, want",
    [
        (3, 3),
        (3.0, 3),
        (np.float32(0.1), 0.1),
        (np.array(3), 3),
        (True, 1),
        (np.array([1, 0]), np.array([True, False])),
        (np.zeros(3), np.zeros(3)),
        (np.full(3, 1e-9), np.zeros(3)),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([np.inf, np.nan, -np.inf]), np.array([np.inf, np.nan, -np.inf])),
        (np.array([1e300, 1.0]), np.array([1e300, 1.0])),
    ],
)
def test_numbers_and_special_values_are_right_too(got, want):
    assert same("y", got, want) is None


@pytest.mark.parametrize(
    "got, says",
    [
        (None, "dx is None."),
        (Odd("of type Tensor"), "dx should be an array of shape (3, 4); yours is of type Tensor."),
        (WANT.tolist(), "yours is of type list."),
        (1.0, "yours is of type float."),
        (1, "yours is of type float."),
        ("a", "yours is of type str."),
        (np.float64(1), "yours has shape ()."),
        (WANT.T, "yours has shape (4, 3)."),
        (WANT[0], "yours has shape (4,)."),
        (WANT * 1j, "should be real"),
        (np.where(WANT > 1, np.nan, WANT), "dx is not finite: nan at ["),
        (-WANT, "wrong sign"),
        (WANT / 3, "dx is 0.333 times what it should be."),
        (-2 * WANT, "dx is -2 times"),
        (WANT * 0, "dx is wrong in 12 of 12 entries, the first at [0, 0]"),
        (WANT + np.eye(3, 4), "dx is wrong in 3 of 12 entries, the first at [0, 0]"),
        (WANT > 0, "dx is wrong in 12 of 12 entries"),
    ],
)
def test_wrong_is_named(got, says):
    assert says in same("dx", got, WANT).says


@pytest.mark.parametrize(
    "got, want, says",
    [
        (SQUARE.T, SQUARE, "dx is transposed."),
        (None, 3, "dx is None."),
        (10**400, 3, "dx is not finite"),
        (10**30, 3, "dx is wrong"),
        ([3], 3, "should be a number; yours is of type list"),
        (np.array([3]), 3, "should be a number; yours has shape (1,)"),
        (4, 3, "dx is wrong; the largest difference is 1."),
        (np.array([1.0, 2.0]), np.array([1.0, np.inf]), "in 1 of 2 entries, the first at [1]"),
        (np.array([1, 255], np.uint8), np.array([1, 254], np.uint8), "difference is 1."),
        (np.array([1.0, 2.0]), np.array([0.0, 0.0]), "in 2 of 2 entries"),
    ],
)
def test_wrong_is_named_for_squares_numbers_and_special_values(got, want, says):
    assert says in same("dx", got, want).says


def test_no_hint_shows_a_right_entry():
    hint = same("dx", WANT + np.eye(3, 4), WANT)
    assert not any(f"{entry:.3g}" in hint.says + hint.more for entry in WANT.flat)


@pytest.mark.parametrize(
    "factor, asks", [(6, "averaged, or counted twice"), (1 / 6, "averaged that should be summed")]
)
def test_a_factor_asks_what_would_make_it(factor, asks):
    hint = same("dx", factor * WANT, WANT)
    assert hint.says == f"dx is {factor:.3g} times what it should be." and asks in hint.more


# --- Several things -------------------------------------------------------------------------------

BOTH = [WANT, WANT[0]]


@pytest.mark.parametrize(
    "got, says",
    [
        (BOTH, None),
        (tuple(BOTH), None),
        ([WANT, -WANT[0]], "db has the wrong sign."),
        ([WANT, None], "db is None."),
        ([-WANT, -WANT[0]], "dW has the wrong sign."),
        (WANT, "return 2 things, dW and db; yours is of type ndarray."),
        (None, "return 2 things, dW and db; yours is of type NoneType."),
        (Odd("of type Net"), "return 2 things, dW and db; yours is of type Net."),
        ([WANT], "return 2 things, dW and db; yours are 1."),
    ],
)
def test_the_parts_of_several_things_have_names(got, says):
    hint = differs("dW, db", got, BOTH)
    assert (hint and hint.says) == says


def test_parts_without_names_are_counted_and_those_of_a_dict_have_its_keys():
    assert differs("losses", [1, 2.0], [1, 2]) is None
    assert differs("losses", [1, 3], [1, 2]).says.startswith("losses, number 2 is wrong")
    assert differs("losses", [1], [1, 2]).says == "losses should be a list of 2; yours are 1."
    assert (
        differs("losses", 3, [1, 2]).says == "losses should be a list of 2; yours is of type int."
    )
    want = {"W": WANT, "b": None, "of": "Linear"}
    assert differs("net", want, want) is None
    assert differs("net", {**want, "W": -WANT}, want).says == "net: W has the wrong sign."
    assert differs("net", {"W": WANT}, want).says == "net: of is wrong."
    assert differs("net", {**want, "b": 3}, want).says == "net: b is wrong."
    assert differs("net", None, want).says == "net should be a dict; yours is of type NoneType."


def test_outputs_are_compared_in_their_order():
    want = {"Y": WANT, "dX": WANT[0]}
    assert compare(want, want) is None
    assert compare({"Y": 2 * WANT, "dX": None}, want).says.startswith("Y is 2 times")
    assert compare({"Y": WANT, "dX": None}, want).says == "dX is None."
    assert compare({"Y": 1.001 * WANT, "dX": WANT[0]}, want, tolerance=0.01) is None


@pytest.mark.parametrize(
    "got, other",
    [
        (WANT, WANT + 1e-9),
        ([WANT, 1], (WANT, 1.0)),
        ({"a": [None, "x"]}, {"a": [None, "x"]}),
        (np.array([np.nan]), np.array([np.nan])),
        (True, np.array(True)),
    ],
)
def test_alike(got, other):
    assert alike(got, other) and alike(other, got)


@pytest.mark.parametrize(
    "got, other",
    [
        (WANT, WANT + 1e-3),
        (WANT, None),
        ([WANT], [WANT, WANT]),
        ([WANT], WANT),
        ({"a": 1}, {"b": 1}),
        ("a", "b"),
        (Odd("of type Net"), WANT),
        (10**400, 3),
        (None, "x"),
    ],
)
def test_not_alike(got, other):
    assert not alike(got, other) and not alike(other, got)


def test_an_error_of_the_size_of_single_precision_is_wrong_in_double():
    assert same("y", WANT * (1 + 1e-4), WANT)
    assert same("y", (WANT * (1 + 3e-3)).astype(np.float32), WANT.astype(np.float32))
    assert same("y", WANT * 1.01, WANT, tolerance=0.1) is None


@pytest.mark.parametrize(
    "before", [WANT, [WANT, WANT[0]], [(WANT, WANT)], {"W": WANT}, [3, 4], np.array([np.nan])]
)
def test_what_is_left_alone_is_unchanged(before):
    assert unchanged("x", deepcopy(before), before) is None


@pytest.mark.parametrize(
    "before, after",
    [
        (WANT, WANT + 1),
        (WANT, None),
        (WANT, WANT.tolist()),
        ([WANT, WANT], [WANT, WANT + 1]),
        ([WANT, WANT[0]], []),
        ([WANT, WANT[0]], [WANT[0], WANT]),
        ([3, 4], [4, 3]),
        ({"W": WANT}, {}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"W": WANT}, Odd("a dict of something")),
    ],
)
def test_inputs_must_be_left_alone(before, after):
    assert "changes x, which is not its own" in unchanged("x", after, before).says
