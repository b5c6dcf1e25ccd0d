"""Pictures in the book's one style. Needs matplotlib."""

from .cascade import draw_cascade
from .film import show_film
from .images import show_images
from .jacobians import draw_product
from .manifold import draw_manifold, upright
from .map import place_images
from .style import COLORS, use_style

__all__ = [
    "COLORS",
    "draw_cascade",
    "draw_manifold",
    "draw_product",
    "place_images",
    "show_film",
    "show_images",
    "upright",
    "use_style",
]
