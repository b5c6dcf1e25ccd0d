"""The topics of Python's help(), from a module of the standard library that holds only a dict."""

import ast
import json

import numpy as np
from numpy.typing import NDArray

from .source import Original, Source


def topics(module: bytes) -> dict[str, NDArray[np.uint8]]:
    """The dict, in JSON and UTF-8."""
    assignment = ast.parse(module).body[0]
    if not isinstance(assignment, ast.Assign):
        raise ValueError(f"expected topics = ..., got {ast.unparse(assignment)[:80]!r}")
    text = json.dumps(ast.literal_eval(assignment.value), ensure_ascii=False)
    return {"topics": np.frombuffer(text.encode(), np.uint8)}


TEXT = Source(
    originals=(
        Original(
            "python",
            "3.11.7",
            "pydoc_data/topics.py",
            "abaa56a64551d8eead1b19cbae3c6db443f99f0cab81df07bed3cb75c0db9346",
        ),
    ),
    arrays=topics,
)
