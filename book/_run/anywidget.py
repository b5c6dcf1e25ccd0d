"""Stands for anywidget in the page: a widget's traits, script and style.

The page runs the script itself. Nothing comes back from it to Python.
"""

from pathlib import Path
from typing import Any

import traitlets


class AnyWidget(traitlets.HasTraits):
    _esm: str | Path = ""
    _css: str | Path = ""

    def as_message(self) -> dict[str, Any]:
        """What the page needs to draw it."""
        shared = self.trait_names(sync=True)
        state = {name: getattr(self, name) for name in shared}
        return {"esm": read(self._esm), "css": read(self._css), "state": state}


def read(source: str | Path) -> str:
    if isinstance(source, Path):
        return source.read_text(encoding="utf-8")
    return source
