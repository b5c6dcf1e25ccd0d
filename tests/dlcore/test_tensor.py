"""Tensor: numbers in, numbers out, and what else an array has that a Tensor must have too."""

import copy
import pickle

import numpy as np
import pytest

import dlcore
from dlcore import Parameter, Tensor, nn


@pytest.mark.parametrize(
    "data, dtype",
    [
        (1.5, np.float32),
        ([1, 2], np.int64),
        ([1, 2.5], np.float32),
        ([], np.float32),
        (True, np.bool_),
        ([[0.5], [1.5]], np.float32),
        (np.float64(1.5), np.float64),
        (np.arange(3, dtype=np.uint8), np.uint8),
        (np.zeros(2, np.float16), np.float16),
        (np.zeros(2), np.float64),
    ],
)
def test_tensor_chooses_the_dtype_as_torch_does(data, dtype, torch):
    t = dlcore.tensor(data)
    assert t.dtype == dtype == torch.tensor(data).numpy().dtype
    np.testing.assert_array_equal(t, data)
    assert not t.requires_grad and t.grad is None


def test_tensor_takes_a_dtype():
    assert dlcore.tensor([1, 2], dtype=np.float64).dtype == np.float64
    assert dlcore.tensor(np.zeros(2), dtype="float32").dtype == np.float32


def test_tensor_copies_and_Tensor_does_not():
    X = np.zeros(3)
    copied, wrapped = dlcore.tensor(X), Tensor(X)
    X[0] = 1
    assert copied.data[0] == 0 and wrapped.data[0] == 1
    assert not np.shares_memory(dlcore.tensor(copied).data, copied.data)


@pytest.mark.parametrize("data", [1j, "one", None, [object()], np.zeros(2, complex)])
def test_a_tensor_holds_real_numbers(data):
    with pytest.raises(TypeError, match=r"a Tensor holds real numbers, got an array of \S+$"):
        dlcore.tensor(data)


def test_only_floats_can_require_a_gradient():
    with pytest.raises(TypeError) as error:
        dlcore.tensor([1, 2], requires_grad=True)
    assert str(error.value) == "only float Tensors can require a gradient, got int64"


def test_asarray_gives_the_array_itself():
    t = dlcore.tensor([1.0, 2.0])
    assert np.asarray(t) is t.data
    assert np.asarray(t, dtype=np.float32) is t.data
    assert np.array(t, copy=False) is t.data
    assert t.detach().numpy() is t.data


@pytest.mark.parametrize("dtype", [None, np.float32, np.float64])
def test_array_copies(dtype):
    t = dlcore.tensor([1.0, 2.0])
    for array in (np.array(t, dtype), np.array(t, dtype, copy=True)):
        assert not np.shares_memory(array, t.data)
        assert array.dtype == (dtype or np.float32)
        np.testing.assert_array_equal(array, [1, 2])


def test_another_dtype_needs_a_copy():
    t = dlcore.tensor([1.0, 2.0])
    assert np.asarray(t, np.float64).dtype == np.float64
    with pytest.raises(ValueError, match="float32 cannot become float64 without a copy"):
        np.array(t, np.float64, copy=False)


def test_numpy_refuses_where_a_gradient_is_wanted():
    with pytest.raises(RuntimeError) as error:
        dlcore.tensor([1.0], requires_grad=True).numpy()
    expected = "numpy: this Tensor requires a gradient; write x.detach().numpy()"
    assert str(error.value) == expected


def test_item_gives_a_python_number():
    assert type(dlcore.tensor(1.5).item()) is float
    assert type(dlcore.tensor([[3]]).item()) is int
    with pytest.raises(ValueError) as error:
        dlcore.tensor([1, 2]).item()
    assert str(error.value) == "item: expected one number, got a Tensor of shape (2,)"


def test_shapes_and_sizes():
    t = dlcore.randn(3, 10, 20)
    assert (t.shape, t.ndim, len(t), t.nelement()) == ((3, 10, 20), 3, 3, 600)
    assert t.dtype == np.float32
    assert t.view(-1).shape == (600,)
    assert t.view(30, -1).shape == (30, 20)


def test_seeds():
    dlcore.manual_seed(3)
    first, weight = dlcore.randn(5), nn.Linear(3, 2).weight
    dlcore.manual_seed(3)
    np.testing.assert_array_equal(dlcore.randn(5), first)
    np.testing.assert_array_equal(nn.Linear(3, 2).weight.data, weight.data)
    assert not np.array_equal(dlcore.randn(5), first)


def test_randn_is_gaussian():
    dlcore.manual_seed(0)
    numbers = dlcore.randn(100_000, requires_grad=True)
    assert numbers.requires_grad
    assert abs(numbers.data.mean()) < 0.02 and abs(numbers.data.std() - 1) < 0.02


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: dlcore.tensor([1, 2]), "tensor([1, 2])"),
        (lambda: dlcore.tensor([0.5, 2.0]), "tensor([0.5, 2. ])"),
        (lambda: dlcore.tensor(np.zeros(1)), "tensor([0.], dtype=float64)"),
        (lambda: dlcore.tensor(1.5, requires_grad=True), "tensor(1.5, requires_grad=True)"),
        (lambda: dlcore.relu(dlcore.tensor([1.5], requires_grad=True)), "module=ReLU)"),
        (lambda: Parameter(np.float32([1, 2])), "Parameter(tensor([1., 2.], requires_grad=True))"),
        (lambda: dlcore.tensor([[1, 2], [3, 4]]), "tensor([[1, 2],\n        [3, 4]])"),
    ],
)
def test_repr(make, text):
    assert repr(make()).endswith(text)


def test_repr_of_much_is_short():
    assert len(repr(dlcore.randn(1000, 1000))) < 1000


class TestArithmetic:
    def test_sum_adds_tensors(self):
        a, b, c = (dlcore.tensor([n], requires_grad=True) for n in (1.0, 2.0, 4.0))
        total = sum([a, b, c])
        assert total.item() == 7
        total.backward()
        assert a.grad == b.grad == c.grad == 1

    def test_sum_of_one_is_that_one(self):
        t = dlcore.tensor([1.0])
        assert sum([t]) is t

    @pytest.mark.parametrize("kind", [np.asarray, dlcore.tensor])
    def test_arrays_and_tensors_add_either_way(self, kind):
        X, t = kind(np.float32([1, 2])), dlcore.tensor([3.0, 4.0], requires_grad=True)
        for total in (X + t, t + X):
            assert isinstance(total, Tensor)
            np.testing.assert_array_equal(total.data, [4, 6])
            total.backward(np.ones(2))
        np.testing.assert_array_equal(t.grad, [2, 2])

    @pytest.mark.parametrize("operation", [lambda X, t: X * t, lambda X, t: np.exp(t)])
    def test_what_would_lose_the_gradient_is_an_error(self, operation):
        with pytest.raises(TypeError):
            operation(np.float32([1, 2]), dlcore.tensor([3.0, 4.0], requires_grad=True))

    def test_nothing_is_broadcast(self):
        with pytest.raises(dlcore.InputError, match=r"^Add\(\): expected shape \(2\), got \(1,\)$"):
            dlcore.tensor([1.0, 2.0]) + dlcore.tensor([1.0])

    @pytest.mark.parametrize("number", [1, -1, 0.5])
    def test_only_the_0_that_sum_starts_from_is_no_array(self, number):
        t = dlcore.tensor([1.0])
        assert t + 0 is t and 0.0 + t is t
        with pytest.raises(dlcore.InputError, match=r"^Add\(\): expected"):
            t + number

    def test_a_list_of_tensors_is_no_input(self):
        a, b = dlcore.randn(2, requires_grad=True), dlcore.randn(2)
        expected = "a module takes Tensors one by one, not a tuple of them: module(a, b)"
        with pytest.raises(TypeError) as error:
            dlcore.relu((a, b))
        assert str(error.value) == expected


class TestAssigning:
    """`data` and `grad` can be given whatever NumPy reads as numbers."""

    @pytest.mark.parametrize("numbers", [[1.0, 2.0], (1, 2), np.ones(2), Tensor(np.ones(2))])
    def test_both_become_arrays(self, numbers):
        p = Parameter(np.zeros(2, np.float32))
        p.data = numbers
        p.grad = numbers
        assert type(p.data) is type(p.grad) is np.ndarray
        np.testing.assert_array_equal(p.data, np.asarray(numbers))

    def test_a_single_number_stays_an_array(self):
        p = Parameter(np.float32(2))
        p.data = p.data - 1  # NumPy makes a scalar of it
        p.grad = p.data * 3
        assert type(p.data) is type(p.grad) is np.ndarray
        assert p.data.shape == p.grad.shape == ()

    def test_read_only_arrays_will_do(self):
        p = Parameter(np.zeros(2))
        frozen = np.ones(2)
        frozen.flags.writeable = False
        p.data, p.grad = frozen, frozen
        p.accumulate_grad(np.ones(2))
        dlcore.optim.SGD([p], lr=1.0).step()
        np.testing.assert_array_equal(p.data, [-1, -1])
        np.testing.assert_array_equal(frozen, [1, 1])

    def test_a_gradient_has_the_shape_of_its_tensor(self):
        p = nn.Linear(3, 2).bias
        with pytest.raises(ValueError) as error:
            p.accumulate_grad(np.zeros((5, 2)))
        assert str(error.value) == "grad: expected an array of shape (2,), got (5, 2)"
        assert p.grad is None

    def test_data_are_real_numbers(self):
        p = Parameter(np.zeros(2))
        with pytest.raises(TypeError, match="a Tensor holds real numbers"):
            p.data = ["a", "b"]
        np.testing.assert_array_equal(p.data, [0, 0])


@pytest.mark.parametrize("way", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_copies_and_pickles(way):
    p = Parameter(np.float32([1, 2]))
    p.grad = [3, 4]
    other = way(p)
    assert type(other) is Parameter and other.requires_grad
    p.data[0] = 7
    np.testing.assert_array_equal(other.data, [1, 2])
    np.testing.assert_array_equal(other.grad, [3, 4])
