"""Read a committed file, after checking that it is the file it should be."""

import hashlib
import io
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray


def read(name: str, sha256: str) -> dict[str, NDArray[Any]]:
    """The arrays of `dlcore/data/<name>`, by name, newly made at every call.

    Raises FileNotFoundError when the file is missing, and ValueError when its SHA-256 is not
    `sha256`.
    """
    path = files("dlcore.data") / name
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"{path} is missing: install dlcore again; "
            "a page of the book brings only the data that its own cells read"
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(
            f"{path} is damaged: expected sha256 {sha256}, got {found}; install dlcore again"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)
