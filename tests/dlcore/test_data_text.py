"""The text: whole, and prose enough to find word groups in."""

import json
import re
from collections import Counter
from itertools import pairwise

import pytest

from dlcore import data
from dlcore.data.sources.text import topics


def test_the_docstring_counts_topics_and_characters():
    loaded = data.text()
    counted = f"{len(loaded)} topics, {sum(map(len, loaded.values()))} characters"
    assert counted in data.text.__doc__
    assert all(isinstance(text, str) and len(text) > 100 for text in loaded.values())


def test_it_is_prose_in_which_words_keep_company():
    words = re.findall(r"[a-z]+", " ".join(data.text().values()).lower())
    assert len(words) > 60_000
    most_common = [word for word, _ in Counter(words).most_common(12)]
    assert {"the", "of", "is", "to", "and", "in"} < set(most_common)
    count, pairs = Counter(words), Counter(pairwise(words))
    for pair in [("floating", "point"), ("for", "example"), ("square", "brackets")]:
        by_chance = count[pair[0]] * count[pair[1]] / len(words)
        assert pairs[pair] >= 8 and pairs[pair] > 20 * by_chance, pair


def test_a_dict_is_taken_from_a_module_without_running_it():
    module = "# made for you\ntopics = {'a': 'n\\u00e4her\\n' 'und', \"b\": ''}\n"
    made = topics(module.encode())["topics"]
    assert json.loads(made.tobytes()) == {"a": "näher\nund", "b": ""}


def test_another_module_is_refused():
    with pytest.raises(ValueError, match=r"expected topics = \.\.\., got 'import os'"):
        topics(b"import os\n")
    with pytest.raises(ValueError, match="malformed"):
        topics(b"topics = open('x').read()\n")
