"""The matplotlib backend of the page: its `plt.show()` hands over pictures."""

import base64
import io
from typing import Any

from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .kernel import Kernel

FigureCanvas = FigureCanvasAgg  # the name that matplotlib asks a backend for


def show(*arguments: Any, **options: Any) -> None:
    figures = [manager.canvas.figure for manager in Gcf.get_all_fig_managers()]
    Gcf.destroy_all()
    Kernel.current.display(*figures)


def png(figure: Figure) -> str:
    """As a notebook draws it: without empty margins; PNG, in base64."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", bbox_inches="tight")
    return base64.b64encode(drawn.getvalue()).decode()
