"""Images as if each were taken under another light."""

import numpy as np
from numpy.typing import NDArray


def varied_light(images: NDArray[np.floating], rng: np.random.Generator) -> NDArray[np.floating]:
    """Give each image X (H, W) of images (N, H, W) a contrast, a polarity and a light of its own.

        Y[h, w] = s c X[h, w] + b + (g / 2) (x cos a + y sin a),    x and y from -1 to 1
    s: 1 or -1 with equal chance, bright on dark or dark on bright. c: contrast, from 0.15 to 1.
    b: brightness, from -0.3 to 0.3. The last term is light that comes from one side: a, any
    direction, g from 0.3 to 1. All are drawn uniformly from rng, anew for each image. x runs to the
    right, y downwards. What is to be recognized in the images is still there.

    Returns a new array of the shape and dtype of images; a gray may be below 0 or above 1. Raises
    ValueError when images are not (N, H, W), TypeError when they are not floating-point numbers.
    """
    if images.ndim != 3:
        raise ValueError(f"varied_light: expected images (N, H, W), got shape {images.shape}")
    if not np.issubdtype(images.dtype, np.floating):
        raise TypeError(f"varied_light: expected floating-point images, got {images.dtype}")
    each = (len(images), 1, 1)
    polarity = rng.choice([-1, 1], each)
    contrast = rng.uniform(0.15, 1, each)
    brightness = rng.uniform(-0.3, 0.3, each)
    slope = rng.uniform(0.3, 1, each) / 2
    direction = rng.uniform(0, 2 * np.pi, each)
    y = np.linspace(-1, 1, images.shape[1])[:, np.newaxis]
    x = np.linspace(-1, 1, images.shape[2])
    side = slope * (x * np.cos(direction) + y * np.sin(direction))
    return (polarity * contrast * images + brightness + side).astype(images.dtype)
