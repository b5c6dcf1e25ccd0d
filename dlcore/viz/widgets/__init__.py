"""Pictures that a reader can move, also on a page without a kernel. Needs anywidget."""

from .descent import Descent
from .embedding import Embedding
from .gradient_flow import GradientFlow
from .zoo import Zoo

__all__ = ["Descent", "Embedding", "GradientFlow", "Zoo"]
