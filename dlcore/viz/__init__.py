"""Pictures in the book's one style. Needs matplotlib."""

from .cascade import draw_cascade
from .images import show_images
from .jacobians import draw_product
from .style import COLORS, use_style

__all__ = ["COLORS", "draw_cascade", "draw_product", "show_images", "use_style"]
