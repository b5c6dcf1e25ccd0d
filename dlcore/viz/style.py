"""One style for every figure of the book."""

from __future__ import annotations

import matplotlib as mpl
from cycler import cycler

COLORS = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "purple": "#AA4499",
    "yellow": "#E69F00",
    "sky": "#56B4E9",
    "gray": "#6E6E6E",
}
"""Colors that stay apart for color-blind readers (Okabe and Ito 2008; the purple: Tol 2021)."""


def use_style() -> None:
    """Set matplotlib's defaults to the book's style: white paper, few lines, large enough text."""
    mpl.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=list(COLORS.values())),
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 11,
            "figure.constrained_layout.use": True,
            "figure.dpi": 120,
            "figure.facecolor": "white",
            "figure.figsize": (7.0, 3.4),
            "font.size": 10.5,
            "grid.color": "#E4E4E4",
            "grid.linewidth": 0.7,
            "image.cmap": "gray",
            "image.interpolation": "nearest",
            "legend.frameon": False,
            "lines.linewidth": 1.8,
        }
    )
