"""The photographs: what they are, and how color pictures become gray squares."""

import io
from itertools import combinations

import numpy as np
import pytest

from dlcore import data
from dlcore.data.sources import photographs as source
from dlcore.data.sources.photographs import SIDE, SQUARES, Square, gray, pixels


@pytest.fixture(scope="module")
def images():
    return data.photographs()


def test_nine_squares_in_256_grays(images):
    assert list(images) == sorted(SQUARES) and len(images) == 9
    for image in images.values():
        assert image.shape == (256, 256) and image.dtype == np.float32
        levels = image * np.float32(255)
        assert np.abs(levels - levels.round()).max() < 1e-3
        assert 0 <= image.min() < 0.3 and 0.7 < image.max() <= 1
        assert len(np.unique(image)) > 100


def test_they_stand_upright(images):
    camera = images["camera"]
    sky, meadow = camera[:100, 190:], camera[120:, 190:]
    assert sky.mean() > meadow.mean() + 0.1
    assert np.abs(np.diff(sky)).mean() < np.abs(np.diff(meadow)).mean() / 3
    assert images["camera"][150:250, 20:80].mean() < 0.2, "his coat is at the left"


def test_neighboring_pixels_are_alike_and_far_ones_are_not(images):
    """What filters are learned from: also where there are no things, only a surface."""
    for name, image in images.items():
        X = image - image.mean()
        near = (X[:, 1:] * X[:, :-1]).mean() / X.var()
        far = (X[:, 40:] * X[:, :-40]).mean() / X.var()
        assert near > 0.5 and near > far + 0.2, name


def test_squares_of_one_photograph_do_not_overlap():
    def covers(square):
        size = SIDE * square.step
        rows = range(square.top, square.top + size)
        return set(rows), set(range(square.left, square.left + size))

    for a, b in combinations(SQUARES.values(), 2):
        if a.original == b.original:
            rows, columns = zip(covers(a), covers(b), strict=True)
            assert not (set.intersection(*rows) and set.intersection(*columns))


def test_gray_is_luma_rounded(monkeypatch):
    monkeypatch.setattr(source, "SIDE", 1)
    square = Square(SQUARES["cat"].original, top=1, left=0, step=1)
    for color, expected in [
        ((255, 0, 0), 76),  # 76.245
        ((0, 255, 0), 150),  # 149.685
        ((0, 0, 255), 29),  # 29.07
        ((255, 255, 255), 255),
        ((7, 7, 7), 7),
    ]:
        colors = np.zeros((2, 1, 3), np.uint8)
        colors[1] = color
        assert gray(square, colors).tolist() == [[expected]]


def test_gray_is_a_mean_over_the_step(monkeypatch):
    monkeypatch.setattr(source, "SIDE", 2)
    square = Square(SQUARES["cat"].original, top=0, left=1, step=2)
    values = np.array(
        [[9, 0, 1, 10, 20], [9, 1, 1, 30, 40], [9, 255, 255, 5, 5], [9, 255, 255, 5, 6]]
    )
    colors = np.repeat(values[..., np.newaxis], 3, axis=2).astype(np.uint8)
    assert gray(square, colors).tolist() == [[1, 25], [255, 5]]  # 0.75, 25, 255, 5.25


def test_a_gray_png_keeps_its_grays():
    Image = pytest.importorskip("PIL.Image")
    grays = np.arange(256, dtype=np.uint8).reshape(16, 16)
    file = io.BytesIO()
    Image.fromarray(grays).save(file, "PNG")
    np.testing.assert_array_equal(pixels(file.getvalue()), np.stack([grays] * 3, axis=2))
