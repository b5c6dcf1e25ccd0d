"""The rungs of the ladder: every way to be wrong gets its own words, and right is right."""

import numpy as np
import pytest

from exercises.hints import Hint, all_same, same, unchanged
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


def test_a_slip_has_its_own_hint_even_where_the_shape_is_wrong():
    slips = [(WANT.sum(axis=0), Hint("the sum is over samples.")), (WANT**2, Hint("squared."))]
    assert same("dx", WANT**2, WANT, slips).says == "squared."
    assert same("dx", WANT.sum(axis=0), WANT, slips).says == "the sum is over samples."
    assert same("dx", WANT, WANT, [(WANT, Hint("never"))]) is None


def test_arrays_of_several_shapes_are_no_slip():
    hint = same("dx", (WANT, WANT[0]), WANT, [(WANT**2, Hint("squared."))])
    assert hint.says == "dx should be an array of shape (3, 4); yours is of type tuple."


def test_a_slip_of_several_arrays_is_known_by_all_of_them():
    want, slip = [WANT, WANT[0]], [([WANT**2, WANT[0]], Hint("squared."))]
    assert all_same(["dx", "db"], want, want, slip) is None
    assert all_same(["dx", "db"], [WANT**2, WANT[0]], want, slip).says == "squared."
    assert all_same(["dx", "db"], [WANT**2, WANT[0] + 1], want, slip).says.startswith("dx is wrong")
    assert all_same(["dx", "db"], [WANT, None], want, slip).says == "db is None."


def test_an_error_of_the_size_of_single_precision_is_wrong_in_double():
    assert same("y", WANT * (1 + 1e-4), WANT)
    assert same("y", (WANT * (1 + 3e-3)).astype(np.float32), WANT.astype(np.float32))
    assert same("y", WANT * 1.01, WANT, tolerance=0.1) is None


def test_inputs_must_be_left_alone():
    assert unchanged("x", WANT.copy(), WANT) is None
    assert "changes x" in unchanged("x", WANT + 1, WANT).says
    assert "changes x" in unchanged("x", None, WANT).says
