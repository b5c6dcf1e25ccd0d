"""What the moving pictures share: a drawing that also stands still, one style, a fixed repr."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "picture.css").read_text(encoding="utf-8")


class Picture(anywidget.AnyWidget):
    """A widget whose state is all that its script needs, so that it moves without Python.

    drawing: an SVG. The script moves it; a page without scripts shows it as it is.
    """

    drawing = traitlets.Unicode().tag(sync=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def svg(width: float, height: float, label: str, parts: list[str]) -> str:
    """An SVG of these parts, in units of a pixel at its largest; `label` is read to the blind."""
    return (
        f'<svg class="dl-drawing" viewBox="0 0 {width} {height}" style="max-width: {width}px" '
        f'role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )


def element(name: str, text: str = "", **attributes: Any) -> str:
    """One element; `class_` stands for class, and data_from for data-from."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{value}"' for key, value in attributes.items()
    )
    return f"<{name}{given}>{text}</{name}>"


def number(value: float) -> str:
    """Two decimals, a real minus sign, no minus zero."""
    return f"{value + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "−")
