"""Handwritten digits: what is in the arrays, and how they are split and shuffled."""

import re

import numpy as np
import pytest

from dlcore import data

# Loader, side of an image, values between paper and ink, images for training and testing.
SETS = [
    pytest.param(data.mnist, 28, 255, 4000, 1000, id="mnist"),
    pytest.param(data.digits, 8, 16, 1397, 400, id="digits"),
]
LOADERS = [pytest.param(data.mnist, id="mnist"), pytest.param(data.digits, id="digits")]


@pytest.mark.parametrize("load, side, ink, train, test", SETS)
def test_shapes_dtypes_and_ranges(load, side, ink, train, test):
    loaded = load()
    for images, labels, count in [
        (loaded.train_images, loaded.train_labels, train),
        (loaded.test_images, loaded.test_labels, test),
    ]:
        assert images.shape == (count, side, side)
        assert labels.shape == (count,)
        assert images.dtype == np.float32
        assert labels.dtype == np.int64
        assert images.min() == 0
        assert images.max() == 1
        levels = images * np.float32(ink)
        assert np.abs(levels - levels.round()).max() < 1e-4
        assert set(labels) == set(range(10))


@pytest.mark.parametrize("load, per_digit", [(data.mnist, 100), (data.digits, 40)])
def test_each_digit_is_tested_equally_often(load, per_digit):
    assert np.bincount(load().test_labels).tolist() == [per_digit] * 10


def test_mnist_is_trained_on_each_digit_equally_often():
    assert np.bincount(data.mnist().train_labels).tolist() == [400] * 10


@pytest.mark.parametrize("load", LOADERS)
def test_no_image_occurs_twice(load):
    loaded = load()
    images = np.concatenate([loaded.train_images, loaded.test_images])
    assert len(np.unique(images, axis=0)) == len(images)


@pytest.mark.parametrize("load", LOADERS)
def test_the_labels_are_shuffled_and_belong_to_the_images(load):
    loaded = load()
    # A run is as long as ten fair labels make it, not as long as sorted ones.
    changes = np.mean(loaded.train_labels[1:] != loaded.train_labels[:-1])
    assert 0.85 < changes < 0.95

    centroids = np.stack([loaded.train_images[loaded.train_labels == d].mean(0) for d in range(10)])
    difference = loaded.test_images[:, None] - centroids
    nearest = np.square(difference).sum((2, 3)).argmin(1)
    assert np.mean(nearest != loaded.test_labels) < 0.25


@pytest.mark.parametrize("load", LOADERS)
def test_the_digits_stand_upright(load):
    loaded = load()
    one = loaded.train_images[loaded.train_labels == 1].mean(0)
    position = np.arange(len(one))

    def spread(profile):
        mean = np.average(position, weights=profile)
        return np.average((position - mean) ** 2, weights=profile)

    assert spread(one.sum(1)) > 2 * spread(one.sum(0))

    seven = loaded.train_images[loaded.train_labels == 7].mean(0)
    top, bottom = seven[: len(seven) // 2], seven[len(seven) // 2 :]
    assert top.sum() > bottom.sum(), "the bar of a 7 is at the top"


def test_digits_are_those_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    theirs = datasets.load_digits()
    ours = data.digits()

    def pairs(images, labels):
        return {
            (image.astype(np.uint8).tobytes(), int(label))
            for image, label in zip(images, labels, strict=True)
        }

    assert pairs(theirs.images, theirs.target) == (
        pairs(ours.train_images * 16, ours.train_labels)
        | pairs(ours.test_images * 16, ours.test_labels)
    )


def test_repr_is_one_short_line():
    assert repr(data.digits()) == (
        "LabeledImages(train_images: float32 (1397, 8, 8), train_labels: int64 (1397,), "
        "test_images: float32 (400, 8, 8), test_labels: int64 (400,))"
    )


@pytest.mark.parametrize("load", LOADERS)
def test_the_docstring_names_the_shapes(load):
    for name, array in load()._asdict().items():
        assert re.search(rf"`{name}`\s+{array.dtype}\s+{re.escape(str(array.shape))}", load.__doc__)


def test_the_digits_docstring_counts_the_training_images():
    counts = np.bincount(data.digits().train_labels)
    text = " ".join(data.digits.__doc__.split())
    assert f"all others ({counts.min()} to {counts.max()}) for" in text


@pytest.mark.parametrize("load", LOADERS)
def test_every_stretch_of_the_data_holds_all_digits(load):
    loaded = load()
    for labels in (loaded.train_labels, loaded.test_labels):
        for stretch in np.split(labels[: len(labels) // 200 * 200], len(labels) // 200):
            assert np.bincount(stretch, minlength=10).min() >= 5
