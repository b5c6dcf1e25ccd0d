"""The data sets of the book: real, offline, and the same bytes everywhere.

Each loader reads one compressed file that lies beside this module and nothing else, so it works
from a wheel, without a network, and in a browser's Python. The files are not under the license of
the code: each loader's docstring gives source, license and whom to credit. `dlcore.data.make`
made the files. `turntable` and `render` read nothing: they draw an airplane. `varied_light` makes
images harder. The faces of `faces` lie in another package.
"""

from .faces import faces
from .handwriting import LabeledImages, digits, mnist
from .light import varied_light
from .photographs import photographs
from .speech import Interval, Speech, speech
from .text import text
from .turntable import Views, render, turntable

__all__ = [
    "Interval",
    "LabeledImages",
    "Speech",
    "Views",
    "digits",
    "faces",
    "mnist",
    "photographs",
    "render",
    "speech",
    "text",
    "turntable",
    "varied_light",
]
