"""What crosses the wall: plain data both ways, and whatever a hostile sender makes of it."""

import io
import json
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from exercises.inside.wire import BadMessage, Odd, pack, unpack

numbers = st.one_of(
    npst.integer_dtypes(endianness="="),
    npst.unsigned_integer_dtypes(endianness="="),
    npst.floating_dtypes(endianness="="),
    npst.complex_number_dtypes(endianness="="),
    npst.boolean_dtypes(),
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"])),
    numbers.flatmap(lambda dtype: npst.arrays(dtype, npst.array_shapes(min_dims=0, min_side=0))),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3),
    ),
    max_leaves=6,
)


def alike(a, b):
    if isinstance(a, np.ndarray):
        same = a.dtype == b.dtype and a.shape == b.shape
        return type(b) is np.ndarray and same and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return type(b) is dict and a.keys() == b.keys() and all(alike(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


@given(values)
def test_plain_data_arrives_as_it_was(value):
    assert alike(value, unpack(pack(value)))


@given(values, st.data())
def test_damaged_bytes_are_a_bad_message_or_some_plain_data(value, data):
    message = bytearray(pack(value))
    for _ in range(data.draw(st.integers(1, 5))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    message = message[: data.draw(st.integers(0, len(message)))]
    try:
        unpack(bytes(message))
    except BadMessage:
        pass


def test_arrays_arrive_new_and_writable_and_of_the_base_class():
    class Mine(np.ndarray):
        pass

    sent = np.arange(6.0).reshape(2, 3).T.view(Mine)
    got = unpack(pack({"x": sent}))["x"]
    got[0, 0] = 7
    assert type(got) is np.ndarray and sent[0, 0] == 0 and got.flags.owndata


@pytest.mark.parametrize(
    "value, what",
    [
        (print, "of type builtin_function_or_method"),
        ({1, 2}, "of type set"),
        ((n for n in "ab"), "of type generator"),
        (np.array([print]), "an array of object"),
        (np.array(["a"]), "an array of <U1"),
        (np.array("2020-01-01", "M8[D]"), "an array of datetime64[D]"),
        (np.zeros(1, "i4,f4"), "an array of [('f0', '<i4'), ('f1', '<f4')]"),
        (type("Sly", (float,), {})(1), "of type Sly"),
        ({1: 2}, "of type dict"),
        (Odd("of type Tensor"), "of type Tensor"),
    ],
)
def test_anything_else_arrives_as_a_word_for_it(value, what):
    assert unpack(pack([value])) == [Odd(what)]


def npy(header, data=b""):
    text = repr(header).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def message(*members, tree=b'{"array": 0}', compression=zipfile.ZIP_STORED):
    """An npz with a tree and, as arrays, whatever bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        numbers = io.BytesIO()
        np.save(numbers, np.frombuffer(tree, np.uint8))
        archive.writestr("arr_0.npy", numbers.getvalue())
        for number, member in enumerate(members, 1):
            archive.writestr(f"arr_{number}.npy", member)
    return file.getvalue()


FLOATS = {"descr": "<f8", "fortran_order": False, "shape": (2,)}
HUGE = 10**12


@pytest.mark.parametrize(
    "bad",
    {
        "nothing": b"",
        "junk": b"hello",
        "junk, then a message": b"x" + pack(1),
        "a pickle": message(npy({**FLOATS, "descr": "|O"}, bytes(16))),
        "more than there is": message(npy({**FLOATS, "shape": (HUGE,)}, bytes(16))),
        "less than there is": message(npy(FLOATS, bytes(24))),
        "a size of 0 times everything": message(npy({**FLOATS, "shape": (0, HUGE**9)})),
        "negative": message(npy({**FLOATS, "shape": (-2,)}, bytes(16))),
        "texts without letters": message(npy({**FLOATS, "descr": "<U0", "shape": (HUGE,)})),
        "records": message(npy({**FLOATS, "descr": [("a", "<f8")]}, bytes(16))),
        "code in the header": message(npy("__import__('os')")),
        "a header of brackets": message(b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535),
        "no array": message(b"hello"),
        "a bomb of zeros": message(bytes(50_000_000), compression=zipfile.ZIP_DEFLATED),
        "a place that is not": message(),
        "no JSON": message(tree=b"{"),
        "deep JSON": message(tree=b"[" * 100_000 + b"]" * 100_000),
        "a deep tree": message(tree=b'{"list":[' * 5000 + b"]}" * 5000),
        "an unknown kind": message(tree=b'{"pickle": 0}'),
        "two kinds": message(tree=b'{"list": [], "tuple": []}'),
        "a list that is none": message(tree=b'{"list": 3}'),
        "an endless number": message(tree=b"9" * 10_000),
    }.items(),
    ids=lambda pair: pair[0],
)
def test_what_pack_did_not_make_is_a_bad_message_and_costs_nothing(bad):
    tracemalloc.start()
    with pytest.raises(BadMessage):
        unpack(bad[1])
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_members_that_share_their_bytes_are_not_multiplied():
    """The same stored bytes, listed a thousand times in the directory of the zip."""
    once = message(npy(FLOATS, bytes(16)) + bytes(100_000))
    end = once.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", once, end + 16)[0]
    directory = once[start:end]
    entry = directory[directory.rindex(b"PK\x01\x02") :]
    copies = directory + 1000 * entry
    counts = struct.pack("<HHHHIIH", 0, 0, 1002, 1002, len(copies), start, 0)
    with pytest.raises(BadMessage, match="more than it holds"):
        unpack(once[:start] + copies + b"PK\x05\x06" + counts)


def test_a_message_has_no_compression_and_a_readable_tree():
    with zipfile.ZipFile(io.BytesIO(pack({"dx": np.zeros(3), "n": 1}))) as archive:
        tree = np.load(io.BytesIO(archive.read("arr_0.npy")))
        assert json.loads(tree.tobytes()) == {"dict": {"dx": {"array": 0}, "n": 1}}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
