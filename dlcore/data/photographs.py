"""Gray photographs of things, to learn filters from and to walk through a feature stage."""

import numpy as np
from numpy.typing import NDArray

from .store import read


def photographs() -> dict[str, NDArray[np.float32]]:
    """Nine gray photographs by name, each float32 (256, 256).

    "astronaut" and "camera" (people), "cat" and "raccoon" (heads), "leaves", "grass", "gravel",
    "brick" (a wall), "coffee" (a cup). Values are from 0 (black) to 1 in steps of 1/255, as the
    camera stored them: not linear in light. The arrays are new at every call: yours to change.
    np.stack(list(photographs().values())) is all of them, (9, 256, 256).

    Raises FileNotFoundError when the file is missing, ValueError when it is not the committed one.

    Source: seven pictures of scikit-image 0.26.0 and the raccoon of SciPy 1.11.4. Gray is
    0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). "cat", "coffee" and "leaves" are cut out pixel for
    pixel; in the others a pixel is the mean of 2x2. "leaves" and "raccoon" are two parts of one
    photograph that do not overlap.

    License: CC0 1.0 or public domain; `book/data.md` says which, and who took it.

    File: `photographs.npz`, sha256 66989d23318371fad71c0fec247b97560e936484190c5ba08e288365cc4a49cf
    """
    sha256 = "66989d23318371fad71c0fec247b97560e936484190c5ba08e288365cc4a49cf"
    images = read("photographs.npz", sha256)
    return {name: image.astype(np.float32) / np.float32(255) for name, image in images.items()}
