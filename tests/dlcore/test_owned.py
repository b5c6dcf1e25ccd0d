"""A step owns what it used: whatever happens between fprop and bprop, the gradient is the same."""

import copy
import gc
import pickle
import threading

import numpy as np
import pytest
from catalog import CASES
from referee import as_tuple

import dlcore
from dlcore import Parameter, Tensor, nn, optim

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def one(weight):
    """A Linear from one number to one, without a bias."""
    module = nn.Linear(1, 1, bias=False)
    module.weight.data = np.float32([[weight]])
    return module


def recorded(module, arrays):
    """A step, its inputs, and a dE/dY for each of its outputs."""
    inputs = [dlcore.tensor(X, requires_grad=X.dtype.kind == "f") for X in arrays]
    outputs = as_tuple(module(*inputs))
    rng = np.random.default_rng(3)
    return inputs, outputs, [np.asarray(rng.standard_normal(Y.shape), Y.dtype) for Y in outputs]


@every_case
def test_new_parameters_another_call_and_read_only_arrays_change_no_gradient(case):
    """One test for all that can happen between forward and backward."""
    gradients = []
    for disturbed in (False, True):
        module, arrays = case.module(), case.inputs()
        for X in arrays:
            X.flags.writeable = False
        inputs, outputs, rows = recorded(module, arrays)
        if disturbed:
            for p in module.parameters():
                p.data = p.data + 1
            module(*[0.5 * np.flip(X) if X.dtype.kind == "f" else X for X in arrays])
        for Y, g in zip(outputs, rows, strict=True):
            g.flags.writeable = False
            Y.backward(g)
        gradients.append([X.grad for X in (*inputs, *module.parameters())])
    for calm, after in zip(*gradients, strict=True):
        np.testing.assert_array_equal(after, calm)


def test_an_optimizer_may_step_between_forward_and_backward():
    """The order of a GAN: the critic's step comes before the generator's loss is sent back."""
    first, second, cost = one(1), one(2), nn.SquaredDistance()
    x, target = np.float32([[1]]), np.float32([[0]])
    A, B = (cost(second(first(x)), target) for _ in range(2))
    steps = optim.SGD([second.weight], lr=1.0)
    A.backward()
    steps.step()
    first.zero_grad()
    B.backward()
    assert first.weight.grad == 8


class Block(nn.Module):
    """As one writes it who has just read of fprop and bprop."""

    def __init__(self, holder=list):
        self.parts = holder([one(1).double(), nn.Tanh()])

    def fprop(self, X):
        linear, act = self.parts
        self.Y = act.fprop(linear.fprop(X))
        return self.Y

    def bprop(self, dE_dY):
        linear, act = self.parts
        return linear.bprop(act.bprop(dE_dY))


@pytest.mark.parametrize("holder", [list, tuple])
def test_a_module_that_calls_others_by_hand_can_be_called_twice(holder):
    block = Block(holder)
    first, second = block(np.array([[0.5]])), block(np.array([[3.0]]))
    (first + second).backward([[1.0]])
    (weight,) = block.parameters()
    expected = 0.5 / np.cosh(0.5) ** 2 + 3 / np.cosh(3) ** 2
    np.testing.assert_allclose(weight.grad, expected)
    assert round(weight.grad.item(), 4) == 0.4228


@pytest.mark.parametrize(
    "net, names",
    [
        (lambda m: nn.Sequential(m, m), "'0' and '1'"),
        (lambda m: nn.Sequential(m, nn.Sequential(nn.ReLU(), m)), "'0' and '1.1'"),
    ],
)
def test_a_module_that_stands_twice_is_not_swept_by_hand(net, names):
    cascade = net(nn.Tanh())
    Y = cascade.fprop(np.array([2.0]))
    with pytest.raises(ValueError, match=f"bprop: {names} are one Tanh"):
        cascade.bprop(np.ones_like(Y))
    x = Tensor([2.0], requires_grad=True)
    cascade(x).backward()
    assert x.grad is not None


class WritesIntoGradient(nn.Module):
    """The commonest way to write ReLU."""

    def fprop(self, X):
        self.X = X
        return np.maximum(X, 0)

    def bprop(self, g):
        g[self.X <= 0] = 0
        return g


class WritesIntoInput(nn.Module):
    def fprop(self, X):
        X[X < 0] = 0
        return X

    def bprop(self, g):
        return g


def test_a_bprop_that_writes_into_its_argument_is_found_out():
    x = Tensor([-1.0, 1.0], requires_grad=True)
    with pytest.raises(ValueError, match=r"WritesIntoGradient.bprop writes into dE/dY"):
        (WritesIntoGradient()(x) + x).backward([1.0, 1.0])
    by_hand = WritesIntoGradient()
    by_hand.fprop(np.array([-1.0, 1.0]))
    with pytest.raises(ValueError, match="read-only"):
        by_hand.bprop(np.ones(2))


@pytest.mark.parametrize("call", [lambda m, X: m(X), lambda m, X: m.fprop(X)])
def test_an_fprop_that_writes_into_its_input_is_found_out(call):
    X = np.array([-1.0, 2.0])
    with pytest.raises(ValueError, match=r"WritesIntoInput.fprop writes into X"):
        call(WritesIntoInput(), X)
    assert X.tolist() == [-1, 2]
    nn.Sequential(nn.Flatten(0)).fprop(X)
    X[0] = 5  # the caller's own array stays writable


class Bias(nn.Module):
    def __init__(self):
        self.b = Parameter(np.zeros(2))

    def fprop(self, X):
        return X + self.b.data

    def bprop(self, g):
        self.b.accumulate_grad(g)
        return g


@pytest.mark.parametrize("by_hand", [False, True])
def test_two_parameters_never_share_a_gradient(by_hand):
    net = nn.Sequential(Bias(), Bias())
    if by_hand:
        net.fprop(np.ones(2))
        net.bprop(np.ones(2))
    else:
        net(np.ones(2)).backward(np.ones(2))
    first, second = net.parameters()
    first.grad *= 0.5
    assert first.grad.tolist() == [0.5, 0.5] and second.grad.tolist() == [1, 1]


class Both(nn.Module):
    """Its inputs get one array, which is nobody else's."""

    def fprop(self, X1, X2):
        return X1 + X2

    def bprop(self, dE_dY):
        g = 1 * dE_dY
        return g, g


def test_two_leaves_never_share_a_gradient():
    a, b = (Tensor(np.ones(2), requires_grad=True) for _ in range(2))
    Both()(a, b).backward(np.ones(2))
    a.grad *= 2
    assert b.grad.tolist() == [1, 1]


class TwoBiases(nn.Module):
    """Both get one array, which nobody else has."""

    def __init__(self):
        self.a, self.b = Parameter(np.zeros(2)), Parameter(np.zeros(2))

    def fprop(self, X):
        return X + self.a.data + self.b.data

    def bprop(self, dE_dY):
        g = 1 * dE_dY
        self.a.accumulate_grad(g)
        self.b.accumulate_grad(g)
        return dE_dY


def test_gradcheck_finds_two_parameters_with_one_gradient():
    with pytest.raises(dlcore.GradcheckError, match="'a' and 'b' share a gradient"):
        dlcore.gradcheck(TwoBiases(), np.ones(2))


def test_a_gradient_is_not_the_array_that_a_module_keeps():
    p, kept = Parameter(np.zeros(4)), np.arange(8.0)
    p.accumulate_grad(kept[:4])
    kept[0] = 7
    assert p.grad.tolist() == [0, 1, 2, 3]


def test_backward_asks_each_waiting_tensor_once(monkeypatch):
    """A sum of n Tensors costs n steps, and not n^2 questions for when one was made."""
    asked = []

    def get(self):
        asked.append(self)
        return self.made

    def keep(self, time):
        self.made = time

    monkeypatch.setattr(Tensor, "time", property(get, keep), raising=False)
    counts = []
    for n in (100, 400):
        terms = [Tensor([1.0], requires_grad=True) for _ in range(n)]
        total = sum(terms)
        asked.clear()
        total.backward()
        assert all(t.grad == 1 for t in terms)
        counts.append(len(asked))
    assert counts[1] < 5 * counts[0]


class Net(nn.Module):
    def __init__(self):
        self.hidden, self.output = nn.Linear(2, 3), nn.Linear(3, 1)
        self.inputs = [nn.Tanh()]

    def forward(self, x):
        return self.output(self.inputs[0](self.hidden(x)))


def test_a_composite_may_call_its_parts_as_it_likes():
    net, X = Net(), np.ones((4, 2), np.float32)
    for _ in range(2):
        net.fprop(X)
        assert net.bprop(np.ones((4, 1), np.float32)).shape == (4, 2)
    names = [name for name, _ in net.named_parameters()]
    assert names == ["hidden.weight", "hidden.bias", "output.weight", "output.bias"]
    assert dlcore.gradcheck(net, X)


class Deep(nn.Module):
    def __init__(self):
        self.act = nn.Tanh()

    def forward(self, x):
        for _ in range(800):
            x = self.act(x)
        self.h = x
        return x


def test_a_net_can_be_copied_and_saved_after_a_long_way_forward():
    net = Deep()
    net.fprop(np.ones(2))
    with pytest.raises(RuntimeError, match=r"a Tensor with a tape behind it cannot be copied"):
        copy.deepcopy(net)
    del net.h
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert not any(isinstance(value, Tensor) for value in vars(twin).values())
    assert net.bprop(np.ones(2)).shape == (2,)
    gc.collect()  # the tape of 800 steps goes without a recursion


class TestNoGrad:
    def test_a_thread_has_its_own(self):
        net, inside, left = nn.Linear(2, 2), threading.Event(), threading.Event()
        X, seen = np.ones((1, 2), np.float32), []

        def other():
            with dlcore.no_grad():
                inside.set()
                left.wait()
                seen.append(net(X).requires_grad)
            seen.append(net(X).requires_grad)

        thread = threading.Thread(target=other)
        with dlcore.no_grad():
            thread.start()
            inside.wait()
        assert net(X).requires_grad
        left.set()
        thread.join()
        assert seen == [False, True]
        assert net(X).requires_grad

    def test_one_object_twice_and_one_inside_of_another(self):
        off = dlcore.no_grad()
        for _ in range(2):
            with off, off:
                assert not dlcore.relu(Tensor([1.0], requires_grad=True)).requires_grad
        assert dlcore.relu(Tensor([1.0], requires_grad=True)).requires_grad

    def test_a_generator_is_refused(self):
        with pytest.raises(TypeError, match=r"no_grad: steps runs in pieces; write `with no_grad"):

            @dlcore.no_grad()
            def steps():
                yield 1

    def test_an_error_inside_ends_it(self):
        with pytest.raises(KeyError), dlcore.no_grad():
            raise KeyError
        assert dlcore.relu(Tensor([1.0], requires_grad=True)).requires_grad
