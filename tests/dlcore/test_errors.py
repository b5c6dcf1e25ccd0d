"""What a module says when it is given what it cannot take: where, what, and instead of what."""

import copy
import pickle

import numpy as np
import pytest

import dlcore
from dlcore import nn
from dlcore.nn import functional as F

X32 = np.zeros((2, 3), np.float32)
X64 = np.zeros((2, 3))
LINEAR = "Linear(in_features=3, out_features=2, bias=True)"


def text_of(call, error=dlcore.InputError):
    with pytest.raises(error) as raised:
        call()
    return str(raised.value)


@pytest.mark.parametrize(
    "X, text",
    [
        (np.zeros((2, 4), np.float32), "expected shape (*, 3), got (2, 4)"),
        (np.float32(1), "expected shape (*, 3), got ()"),
        (
            X64,
            "expected float32 numbers, got float64: convert it, e.g. X.astype(np.float32), "
            "or its parameters, which are float32: net.double()",
        ),
        (
            np.zeros((2, 3), np.int64),
            "expected float32 numbers, got int64: convert it, e.g. X.astype(np.float32)",
        ),
        (
            np.zeros((2, 3), bool),
            "expected float32 numbers, got bool: convert it, e.g. X.astype(np.float32)",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.dtype}{value.shape}",
)
def test_shape_rank_and_dtype(X, text):
    layer = nn.Linear(3, 2)
    assert text_of(lambda: layer.fprop(X)) == f"{LINEAR}: {text}"
    assert text_of(lambda: layer(X)) == f"{LINEAR}: {text}"


@pytest.mark.parametrize("wrong", [[[1.0, 2.0, 3.0]], None, "X", 3, dlcore.tensor(X32)])
def test_fprop_takes_arrays(wrong):
    expected = f"{LINEAR}: expected a NumPy array, got {type(wrong).__name__}"
    assert text_of(lambda: nn.Linear(3, 2).fprop(wrong)) == expected


@pytest.mark.parametrize("wrong", [None, "X", [[1, 2], [3]], {"x": 1}])
def test_a_call_takes_numbers(wrong):
    with pytest.raises((TypeError, ValueError)):
        nn.Linear(3, 2)(wrong)


def test_a_list_of_python_floats_is_float64():
    text = text_of(lambda: nn.Linear(3, 2)([[1.0, 2.0, 3.0]]))
    assert "expected float32 numbers, got float64" in text
    assert nn.Linear(3, 2).double()([[1.0, 2.0, 3.0]]).shape == (1, 2)


@pytest.mark.parametrize(
    "module", [nn.Add(), nn.Max(), nn.SquaredDistance(), nn.MSELoss()], ids=str
)
@pytest.mark.parametrize(
    "X2, text",
    [
        (np.zeros((2, 1), np.float32), "expected shape (2, 3), got (2, 1)"),
        (np.zeros(3, np.float32), "expected shape (2, 3), got (3,)"),
        (X64, "expected float32 numbers, got float64"),
        (np.zeros((2, 3), int), "expected float32 numbers, got int64"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_two_inputs_of_one_kind(module, X2, text):
    assert text_of(lambda: module(X32, X2)).startswith(f"{module}: {text}")


class Tower(nn.Module):
    """A composite of the reader's own, with modules in a list and a net in a net."""

    def __init__(self):
        self.layers = [nn.Linear(3, 3), nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))]
        self.head = nn.Sequential({"out": nn.Linear(2, 1)})

    def forward(self, X):
        for layer in self.layers:
            X = layer(X)
        return self.head(X)


class TestPlace:
    """The place in the outermost net that was called."""

    def wrong_at(self, net, X=X32):
        recorded, by_hand = text_of(lambda: net(X)), text_of(lambda: net.fprop(X))
        assert recorded == by_hand
        return recorded.removesuffix(", got (2, 3)").partition(": expected")[0].partition("), ")[2]

    def test_in_a_sequential(self):
        net = nn.Sequential(nn.ReLU(), nn.Linear(4, 2))
        assert self.wrong_at(net) == "at '1' in Sequential"

    def test_in_a_nested_one(self):
        net = nn.Sequential(nn.ReLU(), nn.Sequential(nn.Tanh(), nn.Linear(4, 2)))
        assert self.wrong_at(net) == "at '1.1' in Sequential"

    def test_in_a_list_in_a_composite(self):
        net = Tower()
        net.layers[0] = nn.Linear(4, 3)
        assert self.wrong_at(net) == "at 'layers.0' in Tower"

    def test_in_a_net_in_a_list(self):
        net = Tower()
        net.layers[1] = nn.Sequential(nn.Linear(4, 2))
        assert self.wrong_at(net) == "at 'layers.1.0' in Tower"

    def test_under_a_name(self):
        net = nn.Sequential(Tower(), nn.ReLU())
        net[0].head = nn.Sequential({"out": nn.Linear(5, 1)})
        assert self.wrong_at(net) == "at '0.head.out' in Sequential"

    def test_a_module_alone_has_no_place(self):
        text = text_of(lambda: nn.Linear(4, 2)(X32))
        assert text.startswith("Linear(in_features=4, out_features=2, bias=True): expected")

    def test_nor_has_one_that_is_no_part_of_the_net(self):
        class Net(nn.Module):
            def forward(self, X):
                return F.log_softmax(X, dim=2)

        text = (
            "LogSoftmax(dim=2): expected an array with numbers along dimension 2, got shape (2, 3)"
        )
        assert text_of(lambda: Net()(X32)) == text

    def test_the_whole_message(self):
        net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
        assert text_of(lambda: net(X32)) == (
            "Linear(in_features=4, out_features=2, bias=True), at '1' in Sequential: "
            "expected shape (*, 4), got (2, 3)"
        )

    def test_nothing_is_recorded_or_lost(self):
        net = nn.Sequential(nn.Linear(3, 3), nn.Linear(4, 2))
        before = net.state_dict()
        text_of(lambda: net(X32))
        assert all(p.grad is None for p in net.parameters())
        for name, array in net.state_dict().items():
            np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda: nn.Flatten(1)(X32[0]), "Flatten(start_dim=1, end_dim=-1): expected an array "
         "with dimensions 1 and -1, got shape (3,)"),
        (lambda: nn.Flatten(1, 0)(X32), "Flatten(start_dim=1, end_dim=0): expected start_dim "
         "not to come after end_dim, got shape (2, 3)"),
        (lambda: nn.View(4, -1)(X32), "View(4, -1): expected as many numbers as shape (4, -1) "
         "has, got shape (2, 3)"),
        (lambda: nn.Softmax(dim=2)(X32), "Softmax(dim=2): expected an array with numbers "
         "along dimension 2, got shape (2, 3)"),
        (lambda: nn.LogSoftmax(dim=-3)(X32), "LogSoftmax(dim=-3): expected an array with numbers "
         "along dimension -3, got shape (2, 3)"),
        (lambda: nn.LogSoftmax(dim=1)(X32[:, :0]), "LogSoftmax(dim=1): expected an array with "
         "numbers along dimension 1, got shape (2, 0)"),
        (lambda: nn.NLLLoss()(X32, [0]), "NLLLoss(): expected int class numbers of shape (2,) as "
         "targets for scores of shape (2, 3), got int64 of shape (1,)"),
        (lambda: nn.NLLLoss()(X32, [[0, 1]]), "NLLLoss(): expected int class numbers of shape "
         "(2,) as targets for scores of shape (2, 3), got int64 of shape (1, 2)"),
        (lambda: nn.NLLLoss()(X32, [0.0, 1.0]), "NLLLoss(): expected int class numbers of shape "
         "(2,) as targets for scores of shape (2, 3), got float64 of shape (2,)"),
        (lambda: nn.NLLLoss()(X32, [True, False]), "NLLLoss(): expected int class numbers of "
         "shape (2,) as targets for scores of shape (2, 3), got bool of shape (2,)"),
        (lambda: nn.NLLLoss()(X32, [0, 3]), "NLLLoss(): expected targets from 0 to 2, got 3"),
        (lambda: nn.NLLLoss()(X32, [-1, 0]), "NLLLoss(): expected targets from 0 to 2, got -1"),
        (lambda: nn.NLLLoss([1.0, 2.0])(X32, [0, 1]), "NLLLoss(): expected scores of 2 classes, "
         "one a weight, got shape (2, 3)"),
        (lambda: nn.NLLLoss(1.0)(X32, [0, 1]), "NLLLoss(): expected scores of 1 classes, "
         "one a weight, got shape (2, 3)"),
        (lambda: nn.CrossEntropyLoss()(X32, [0, 3]), "CrossEntropyLoss(): expected targets from "
         "0 to 2, got 3"),
        (lambda: nn.CrossEntropyLoss()(np.float32(1), 0), "CrossEntropyLoss(): expected shape "
         "(*, C), got ()"),
        (lambda: nn.ReLU()(np.zeros(2, np.uint8)), "ReLU(): expected float numbers, got uint8: "
         "convert it, e.g. X.astype(np.float32)"),
    ],
)  # fmt: skip
def test_texts(call, text):
    assert text_of(call) == text


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda: nn.Linear(0, 2), ValueError, "Linear: in_features should be at least 1, got 0"),
        (lambda: nn.Linear(3, -1), ValueError, "Linear: out_features should be at least 1, got -1"),
        (lambda: nn.Linear(3, 2.0), TypeError, "Linear: out_features should be an int, got 2.0"),
        (lambda: nn.Linear(True, 2), TypeError, "Linear: in_features should be an int, got True"),
        (lambda: nn.Duplicate(0), ValueError, "Duplicate: n should be at least 1, got 0"),
        (
            lambda: nn.MSELoss(reduction="max"),
            ValueError,
            "MSELoss: reduction is 'mean', 'sum' or 'none', got 'max'",
        ),
        (
            lambda: nn.Softmax(),
            NotImplementedError,
            "Softmax: dlcore does not guess dim=None; write Softmax(dim=1)",
        ),
    ],
)
def test_making_a_module(call, error, text):
    assert text_of(call, error) == text


def test_an_int_of_numpy_is_an_int():
    assert nn.Linear(np.int64(3), np.int32(2)).weight.shape == (2, 3)


def test_an_error_can_be_kept():
    """It crosses from process to process, and says the same there."""
    with pytest.raises(dlcore.InputError) as raised:
        nn.Sequential(nn.Linear(4, 2))(X32)
    error = raised.value
    assert isinstance(error, ValueError) and error.got == "(2, 3)"
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert str(other) == str(error) and "at '0' in Sequential" in str(other)
