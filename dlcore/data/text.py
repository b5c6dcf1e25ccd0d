"""English prose, with words and word groups to be found in it."""

import json

from .store import read


def text() -> dict[str, str]:
    """What Python's own help says, by topic: English prose with bits of code, about Python.

    79 topics, 464970 characters in all. "\\n".join(text().values()) is one string of them. The dict
    is new at every call: yours to change.

    Raises FileNotFoundError when the file is missing, ValueError when it is not the committed one.

    Source: the module pydoc_data.topics in the standard library of Python 3.11.7, made from the
    language reference; other versions of Python have other texts. No character was changed.

    License: PSF License Version 2. Copyright 2001-2023 Python Software Foundation; all rights
    reserved. The license stands in `text.npz.license`, which must go where the file goes.

    File: `text.npz`, sha256 9b871968e0e055dfe98116d0824e199adf3d3fd1fb09ea879cc9b56cf7d6171b
    """
    sha256 = "9b871968e0e055dfe98116d0824e199adf3d3fd1fb09ea879cc9b56cf7d6171b"
    topics: dict[str, str] = json.loads(read("text.npz", sha256)["topics"].tobytes())
    return topics
