"""The sentence: its sound, and that what is said lies where the intervals say."""

import io
import re
import wave
from itertools import pairwise

import numpy as np
import pytest

from dlcore import data
from dlcore.data.sources import speech as source


@pytest.fixture(scope="module")
def spoken():
    return data.speech()


def sound(spoken, interval):
    start, end = (round(spoken.rate * time) for time in interval[1:])
    return spoken.samples[start:end]


def hissing(spoken, samples):
    """How much of the energy is above 2500 Hz, of what is above the room's hum."""
    energy = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / spoken.rate)
    return energy[frequencies > 2500].sum() / energy[frequencies > 200].sum()


def test_samples_are_those_of_16_bits(spoken):
    assert spoken.samples.shape == (49520,) and spoken.samples.dtype == np.float32
    assert spoken.rate == 16000
    assert 0.1 < np.abs(spoken.samples).max() < 1
    levels = spoken.samples * np.float32(32768)
    np.testing.assert_array_equal(levels, levels.round())


def test_words_are_those_of_the_sentence(spoken):
    assert spoken.sentence == "He turned sharply, and faced Gregson across the table."
    assert [word.label for word in spoken.words] == re.findall(r"\w+", spoken.sentence)


def test_phones_follow_one_another_from_silence_to_silence(spoken):
    phones = spoken.phones
    assert len(phones) == 40
    assert phones[0].start == 0 and phones[-1].end < len(spoken.samples) / spoken.rate
    assert all(a.end == b.start for a, b in pairwise(phones))
    assert [phones.index(p) for p in phones if p.label == "sil"] == [0, 39]


@pytest.mark.parametrize("tier", ["phones", "syllables", "words"])
def test_an_interval_begins_and_ends_at_a_sample(spoken, tier):
    for interval in getattr(spoken, tier):
        assert isinstance(interval, data.Interval) and interval.start < interval.end
        for time in interval[1:]:
            assert spoken.rate * time == pytest.approx(round(spoken.rate * time), abs=1e-6)


def test_syllables_are_made_of_phones_and_words_of_syllables(spoken):
    heard = [phone for phone in spoken.phones if phone.label != "sil"]
    for whole, parts in [(spoken.syllables, heard), (spoken.words, spoken.syllables)]:
        ends = [interval.end for interval in parts]
        assert whole[0].start == parts[0].start and whole[-1].end == ends[-1]
        assert all(interval.end in ends for interval in whole)
        assert all(a.end == b.start for a, b in pairwise(whole))
    assert len(spoken.syllables) == 13
    said = " ".join(syllable.label for syllable in spoken.syllables)
    assert said.split() == [phone.label for phone in heard]


def test_what_is_heard_is_what_the_label_says(spoken):
    """Some consonants hiss, vowels are low and loud, silence is silent."""
    hisses = [p for p in spoken.phones if p.label in ("sh", "t")]
    vowels = [p for p in spoken.phones if p.label in ("iy", "er", "aa", "ae", "ey", "eh", "ao")]
    assert len(hisses) == 4 and len(vowels) == 9
    silence = np.std(sound(spoken, spoken.phones[0]))
    for hiss in hisses:
        assert hissing(spoken, sound(spoken, hiss)) > 0.8
    for vowel in vowels:
        assert hissing(spoken, sound(spoken, vowel)) < 0.1
        assert np.std(sound(spoken, vowel)) > 10 * silence


def test_each_s_is_labeled_early(spoken):
    """As the page says: what a program finds is not exact."""
    delays = []
    for phone in spoken.phones:
        if phone.label == "s":
            steps = np.arange(phone.start, phone.end + 0.05, 0.005)
            frames = [sound(spoken, ("", t - 0.005, t + 0.005)) for t in steps]
            first = next(k for k, frame in enumerate(frames) if hissing(spoken, frame) > 0.5)
            delays.append(1000 * (steps[first] - phone.start))
    assert len(delays) == 3
    assert all(20 <= delay <= 50 for delay in delays), delays


def test_repr_is_one_short_line(spoken):
    assert repr(spoken) == f"Speech({spoken.sentence!r}, 3.095 s at 16000 Hz)"


LINE = b"1300000 2050000 x^sil-hh+iy=t@1_2/A:0_0_0/B:1-1-2@1-1&1-4#1-3$1-4!0-1;0-1|iy/C:1+1+4"


def test_a_label_is_read():
    found = source.LINE.fullmatch(LINE.decode())
    assert found.groups() == ("1300000", "2050000", "hh", "1", "1")


@pytest.mark.parametrize("labels", [b"0 1 hh", b"\n", LINE.replace(b"/B", b"")])
def test_another_label_is_refused(labels):
    with pytest.raises(ValueError, match="expected a full-context label, got"):
        source.tiers(labels)


def test_another_number_of_words_is_refused():
    with pytest.raises(ValueError, match="zip"):
        source.tiers(LINE)


@pytest.mark.parametrize("channels, width", [(2, 2), (1, 1)])
def test_another_recording_is_refused(channels, width):
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((channels, width, 16000, 0, "NONE", ""))
        written.writeframes(bytes(8))
    with pytest.raises(ValueError, match="expected one channel of 16 bits, got"):
        source.recording(file.getvalue())
