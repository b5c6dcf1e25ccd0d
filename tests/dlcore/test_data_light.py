"""Varied light: what is done to an image can be undone, and what is promised about it holds."""

import numpy as np
import pytest

from dlcore import data


@pytest.fixture
def images():
    return data.digits().test_images


def fitted(image, result):
    """Contrast, brightness and the two slopes that make result of image, and what is left over."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, n) for n in image.shape), indexing="ij")
    terms = np.stack([image, np.ones_like(image), x, y], axis=-1).reshape(-1, 4).astype(float)
    found, _, _, _ = np.linalg.lstsq(terms, result.ravel(), rcond=None)
    return found, np.abs(terms @ found - result.ravel()).max()


def test_each_image_is_scaled_and_lit_from_one_side(images):
    results = data.varied_light(images, np.random.default_rng(0))
    found, left = zip(*map(fitted, images, results), strict=True)
    assert max(left) < 1e-5
    contrast, brightness, x, y = np.array(found).T
    assert 0.15 <= np.abs(contrast).min() < 0.2 and 0.95 < np.abs(contrast).max() <= 1
    assert 0.4 < np.mean(contrast > 0) < 0.6
    assert -0.3 <= brightness.min() < -0.25 and 0.25 < brightness.max() <= 0.3
    slope = np.hypot(x, y)
    assert 0.15 <= slope.min() < 0.2 and 0.45 < slope.max() <= 0.5
    quadrants = np.histogram(np.arctan2(y, x), np.linspace(-np.pi, np.pi, 5))[0]
    assert quadrants.min() > len(images) / 6, "from every side"


def test_what_is_added_is_a_plane():
    """On black images, taller than wide: nothing else is left."""
    results = data.varied_light(np.zeros((50, 5, 3)), np.random.default_rng(1))
    steps = np.diff(results, axis=2)
    np.testing.assert_allclose(steps, np.broadcast_to(steps[:, :1, :1], steps.shape))
    across, down = results[:, 0, -1] - results[:, 0, 0], results[:, -1, 0] - results[:, 0, 0]
    slope = np.hypot(across, down) / 2
    assert 0.15 <= slope.min() and slope.max() <= 0.5


class Share:
    """Draws the same share of every range, and the larger of two."""

    def __init__(self, share):
        self.share = share

    def uniform(self, low, high, size):
        return np.full(size, low + self.share * (high - low))

    def choice(self, values, size):
        return np.full(size, max(values))


def test_x_runs_to_the_right_and_y_downwards():
    """An angle of 0 is light from the right, a quarter turn light from below."""
    right, below = (data.varied_light(np.zeros((1, 5, 3)), Share(s))[0] for s in (0, 0.25))
    assert (np.diff(right, axis=1) > 0).all() and np.ptp(right, axis=0).max() < 1e-12
    assert (np.diff(below, axis=0) > 0).all() and np.ptp(below, axis=1).max() < 1e-12


def test_the_generator_decides(images):
    once, again = (data.varied_light(images, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    rng = np.random.default_rng(3)
    np.testing.assert_array_equal(data.varied_light(images, rng), once)
    assert not np.allclose(data.varied_light(images, rng), once)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_shape_and_dtype_stay(images, dtype):
    given = images.astype(dtype)
    given.setflags(write=False)
    result = data.varied_light(given, np.random.default_rng(0))
    assert result.shape == given.shape and result.dtype == dtype
    assert not np.shares_memory(result, given)


@pytest.mark.parametrize("shape", [(0, 28, 28), (1, 1, 1), (2, 1, 9)])
def test_none_one_and_thin(shape):
    result = data.varied_light(np.ones(shape), np.random.default_rng(0))
    assert result.shape == shape and np.isfinite(result).all()


def test_columns_may_lie_anywhere_in_memory(images):
    turned = images.transpose(2, 0, 1)[:, ::2]
    expected = data.varied_light(turned.copy(), np.random.default_rng(0))
    np.testing.assert_array_equal(data.varied_light(turned, np.random.default_rng(0)), expected)


def test_other_images_are_refused(images):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"expected images \(N, H, W\), got shape \(8, 8\)"):
        data.varied_light(images[0], rng)
    with pytest.raises(TypeError, match="expected floating-point images, got uint8"):
        data.varied_light(images.astype(np.uint8), rng)


def test_a_linear_classifier_no_longer_tells_the_digits_apart():
    """The polarity alone takes the mean of a class away."""
    loaded = data.mnist()
    rng = np.random.default_rng(0)

    def error(light):
        train, test = light(loaded.train_images), light(loaded.test_images)
        centroids = np.stack([train[loaded.train_labels == digit].mean(0) for digit in range(10)])
        nearest = ((test[:, None] - centroids) ** 2).sum((2, 3)).argmin(1)
        return np.mean(nearest != loaded.test_labels)

    assert error(lambda images: images) < 0.25
    assert error(lambda images: data.varied_light(images, rng)) > 0.75
