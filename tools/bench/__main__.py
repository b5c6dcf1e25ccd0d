"""`make bench`: each part in turn."""

import numpy as np
import torch

from . import growth, memory, pages, start, training

print(f"NumPy {np.__version__}, torch {torch.__version__}, 2 threads")
for part in (training, growth, memory, start, pages):
    part.bench()
