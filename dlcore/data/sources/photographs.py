"""Gray squares, cut from photographs that are in the public domain."""

import bz2
import io
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .source import Original, Source

SIDE = 256

# How much red, green and blue count for gray, in thousandths (ITU-R BT.601).
LUMA = np.array([299, 587, 114])


class Square(NamedTuple):
    """Where a square lies: its top left corner, and how many pixels on a side become one."""

    original: Original
    top: int
    left: int
    step: int


PNGS = {
    "astronaut": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    "brick": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
    "camera": "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
    "chelsea": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    "coffee": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    "grass": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    "gravel": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
}


def scikit_image(name: str) -> Original:
    return Original("scikit-image", "0.26.0", f"skimage/data/{name}.png", PNGS[name])


RACCOON = Original(
    "scipy",
    "1.11.4",  # later ones fetch the photograph when it is asked for
    "scipy/misc/face.dat",
    "9d8b0b4d081313e2b485748c770472e5a95ed1738146883d84c7030493e82886",
)

SQUARES = {
    "astronaut": Square(scikit_image("astronaut"), top=0, left=0, step=2),
    "brick": Square(scikit_image("brick"), top=0, left=0, step=2),
    "camera": Square(scikit_image("camera"), top=0, left=0, step=2),
    "cat": Square(scikit_image("chelsea"), top=10, left=100, step=1),
    "coffee": Square(scikit_image("coffee"), top=10, left=160, step=1),
    "grass": Square(scikit_image("grass"), top=0, left=0, step=2),
    "gravel": Square(scikit_image("gravel"), top=0, left=0, step=2),
    "leaves": Square(RACCOON, top=512, left=120, step=1),
    "raccoon": Square(RACCOON, top=0, left=430, step=2),
}


def pixels(content: bytes) -> NDArray[np.uint8]:
    """The colors (H, W, 3) in a PNG file, or in SciPy's packed array, which is 768x1024."""
    if content.startswith(b"BZh"):
        return np.frombuffer(bz2.decompress(content), np.uint8).reshape(768, 1024, 3)
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"))


def gray(square: Square, colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The square, (SIDE, SIDE): means over step x step pixels, rounded."""
    size = SIDE * square.step
    cut = colors[square.top : square.top + size, square.left : square.left + size]
    luma = (cut @ LUMA).reshape(SIDE, square.step, SIDE, square.step).sum(axis=(1, 3))
    whole = 1000 * square.step**2
    return ((luma + whole // 2) // whole).astype(np.uint8)


def squares(*contents: bytes) -> dict[str, NDArray[np.uint8]]:
    return {
        name: gray(square, pixels(content))
        for (name, square), content in zip(SQUARES.items(), contents, strict=True)
    }


PHOTOGRAPHS = Source(tuple(square.original for square in SQUARES.values()), squares)
