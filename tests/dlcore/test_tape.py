"""The tape: what `module(x)` remembers, and the recurrence that runs it back."""

import gc

import numpy as np
import pytest
from catalog import properties
from hypothesis import given
from hypothesis import strategies as st

import dlcore
from dlcore import Parameter, Tensor, nn
from dlcore.nn import functional as F


def leaf(*numbers, dtype=np.float64):
    return Tensor(np.array(numbers, dtype), requires_grad=True)


class TestFanOut:
    def test_a_diamond(self):
        x = leaf(0.5, -1.0)
        y = dlcore.tanh(x)
        (dlcore.sigmoid(y) + dlcore.relu(y)).backward(np.ones(2))
        t, s = np.tanh(x.data), 1 / (1 + np.exp(-np.tanh(x.data)))
        np.testing.assert_allclose(x.grad, (s * (1 - s) + (t > 0)) * (1 - t**2))

    def test_twenty_diamonds_call_each_bprop_once(self, monkeypatch):
        calls = []
        for module in (nn.Add, nn.ReLU):
            bprop = module.bprop

            def counted(self, dE_dY, bprop=bprop):
                calls.append(type(self).__name__)
                return bprop(self, dE_dY)

            monkeypatch.setattr(module, "bprop", counted)
        x = leaf(1.0)
        y = x
        for _ in range(20):
            y = y + dlcore.relu(y)
        y.backward()
        assert len(calls) == 40 and calls.count("ReLU") == 20
        assert y.item() == x.grad == 2**20

    def test_one_module_twice_in_a_cascade(self):
        squash = nn.Tanh()
        x = leaf(0.5)
        nn.Sequential(squash, squash)(x).backward()
        t = np.tanh(0.5)
        np.testing.assert_allclose(x.grad, (1 - np.tanh(t) ** 2) * (1 - t**2))

    def test_the_same_tensor_twice_in_one_module(self):
        x = leaf(3.0)
        (x + x).backward()
        assert x.grad == 2
        nn.Max()(x, x).backward()
        assert x.grad == 3

    def test_add_hands_the_same_array_to_both(self):
        """Nobody may then write into it: not the leaves, not the caller."""
        a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
        dE_dY = np.ones(2)
        (a + b).backward(dE_dY)
        arrays = [dE_dY, a.grad, b.grad]
        for i in range(3):
            assert not any(np.shares_memory(arrays[i], other) for other in arrays[:i])

    def test_many_leaves(self):
        """The order of making, not of using, decides: leaves are the oldest, and come last."""
        leaves = [leaf(float(n)) for n in range(500)]
        sum(dlcore.relu(x) for x in leaves).backward()
        assert [x.grad.item() for x in leaves] == [0.0] + [1.0] * 499

    @properties
    @given(st.data())
    def test_any_graph_as_torch_does_it(self, torch, data):
        """Steps chosen at random, each on Tensors made before, some used often, some never."""
        rng = np.random.default_rng(0)
        start = [rng.standard_normal(3) for _ in range(2)]
        ours = [leaf(*X) for X in start]
        theirs = [torch.tensor(X, requires_grad=True) for X in start]
        for _ in range(data.draw(st.integers(1, 12), label="steps")):
            name = data.draw(st.sampled_from(["tanh", "sigmoid", "relu", "add"]), label="step")
            before = st.integers(0, len(ours) - 1)
            if name == "add":
                i, j = data.draw(st.tuples(before, before), label="of")
                ours.append(ours[i] + ours[j])
                theirs.append(theirs[i] + theirs[j])
            else:
                i = data.draw(before, label="of")
                ours.append(getattr(dlcore, name)(ours[i]))
                theirs.append(getattr(torch, name)(theirs[i]))
        ours[-1].backward(np.ones(3))
        theirs[-1].backward(torch.ones(3, dtype=torch.float64))
        for X, T in zip(ours[:2], theirs[:2], strict=True):
            assert (X.grad is None) == (T.grad is None)
            if X.grad is not None:
                np.testing.assert_allclose(X.grad, T.grad.numpy(), rtol=1e-10, atol=1e-12)


class TestUsedOnce:
    def test_a_second_backward_raises(self):
        x = leaf(1.0)
        y = dlcore.relu(x)
        y.backward()
        with pytest.raises(RuntimeError) as error:
            y.backward()
        assert str(error.value) == (
            "backward: this tape was used before; go forward again, or detach what is kept"
        )
        assert x.grad == 1

    def test_so_does_one_through_a_part_that_two_outputs_share(self):
        y = dlcore.tanh(leaf(1.0))
        first, second = dlcore.relu(y), dlcore.sigmoid(y)
        first.backward()
        with pytest.raises(RuntimeError, match="used before"):
            second.backward()

    def test_and_one_from_a_step_on_top_of_it(self):
        y = dlcore.tanh(leaf(1.0))
        y.backward()
        with pytest.raises(RuntimeError, match="used before"):
            dlcore.relu(y).backward()

    def test_a_leaf_can_be_used_again_and_adds(self):
        x = leaf(2.0)
        for _ in range(3):
            dlcore.relu(x).backward()
        assert x.grad == 3

    def test_what_was_remembered_is_let_go(self):
        x = leaf(1.0)
        y = dlcore.relu(x)
        z = dlcore.tanh(y)
        z.backward()
        assert (y.module, y.inputs, z.module, z.inputs) == (None, None, None, None)
        assert y.grad is None and z.grad is None  # only leaves keep a gradient


class TestLongChains:
    N = 20_000

    def chain(self, x):
        step = nn.ReLU()
        for _ in range(self.N):
            x = step(x)
        return x

    def test_backward_does_not_recurse(self):
        x = leaf(2.0)
        self.chain(x).backward()
        assert x.grad == 1

    def test_a_chain_is_let_go_without_a_backward(self):
        y = self.chain(leaf(2.0))
        del y
        gc.collect()

    def test_a_summary_does_not_recurse(self):
        chain = nn.Sequential(*[nn.ReLU() for _ in range(5000)])
        assert len(dlcore.summary(chain, leaf(1.0)).splitlines()) == 5003


class TestFirstGradient:
    @pytest.mark.parametrize(
        "gradient", [[1.0, 2.0], np.float32([1, 2]), dlcore.tensor([1, 2]), (1, 2)]
    )
    def test_what_has_the_shape(self, gradient):
        x = leaf(3.0, 4.0)
        dlcore.relu(x).backward(gradient)
        np.testing.assert_array_equal(x.grad, [1, 2])
        assert x.grad.dtype == np.float64

    @pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
    def test_a_single_number_needs_none(self, shape):
        x = Tensor(np.ones(shape), requires_grad=True)
        dlcore.relu(x).backward()
        np.testing.assert_array_equal(x.grad, np.ones(shape))
        assert x.grad.shape == shape

    def test_a_0d_tensor_takes_one_too(self):
        x = Tensor(np.float64(2), requires_grad=True)
        dlcore.relu(x).backward(np.array(5.0))
        dlcore.relu(x).backward(5)
        assert type(x.grad) is np.ndarray and x.grad == 10

    def test_several_numbers_need_one(self):
        with pytest.raises(RuntimeError) as error:
            dlcore.relu(leaf(1.0, 2.0)).backward()
        assert str(error.value) == (
            "backward: a Tensor of shape (2,) is no single number; "
            "give backward an array of its shape"
        )

    @pytest.mark.parametrize("gradient", [1.0, np.ones(1), np.ones((2, 1))])
    def test_of_its_shape(self, gradient):
        with pytest.raises(ValueError) as error:
            dlcore.relu(leaf(1.0, 2.0)).backward(gradient)
        shape = np.shape(gradient)
        assert str(error.value) == f"backward: expected a gradient of shape (2,), got {shape}"

    def test_where_no_gradient_is_wanted(self):
        with pytest.raises(RuntimeError) as error:
            dlcore.relu(dlcore.tensor([1.0])).backward()
        assert str(error.value) == (
            "backward: nothing that this Tensor was made from requires a gradient"
        )

    def test_backward_from_a_leaf(self):
        x = leaf(1.0)
        x.backward()
        assert x.grad == 1

    def test_the_callers_array_is_not_kept(self):
        x, dE_dY = leaf(1.0, 2.0), np.ones(2)
        x.backward(dE_dY)
        dE_dY[:] = 7
        np.testing.assert_array_equal(x.grad, [1, 1])


class TestAccumulation:
    def test_who_holds_the_old_gradient_keeps_its_numbers(self):
        x, net = leaf(1.0, 2.0), nn.Linear(2, 1).double()
        net(x).backward()
        held = [x.grad, net.weight.grad, net.bias.grad]
        before = [g.copy() for g in held]
        net(x).backward()
        for g, old, new in zip(held, before, (x.grad, net.weight.grad, net.bias.grad), strict=True):
            np.testing.assert_array_equal(g, old)
            np.testing.assert_allclose(new, 2 * old)

    def test_onto_an_assigned_array(self):
        x = leaf(1.0, 2.0)
        mine = np.array([10.0, 20.0])
        x.grad = mine
        dlcore.relu(x).backward(np.ones(2))
        np.testing.assert_array_equal(x.grad, [11, 21])
        np.testing.assert_array_equal(mine, [10, 20])

    def test_of_a_single_number(self):
        x = Tensor(np.float32(1), requires_grad=True)
        x.backward()
        x.backward()
        assert type(x.grad) is np.ndarray and x.grad.dtype == np.float32 and x.grad == 2


class TestParameters:
    def test_shared_by_two_modules(self):
        """dE/dW is the sum over both uses; as torch."""
        first, second = nn.Linear(3, 3).double(), nn.Linear(3, 3).double()
        second.weight = first.weight
        X = np.random.default_rng(0).standard_normal((4, 3))
        second(dlcore.tanh(first(X))).backward(np.ones((4, 3)))
        H = np.tanh(first.fprop(X))
        dE_dH = np.ones((4, 3)) @ second.weight.data * (1 - H**2)
        np.testing.assert_allclose(first.weight.grad, np.ones((3, 4)) @ H + dE_dH.T @ X)

    def test_a_parameter_as_an_input(self):
        w = Parameter(np.float64([1, -2]))
        net = nn.Linear(2, 2).double()
        (net(w) + net.bias).backward(np.ones(2))
        np.testing.assert_allclose(w.grad, net.weight.data.sum(0))
        np.testing.assert_array_equal(net.bias.grad, [2, 2])  # once as bias, once as input

    def test_a_frozen_one_gets_no_gradient(self):
        net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 2))
        net[0].weight.requires_grad = False
        net(dlcore.randn(4, 3)).backward(np.ones((4, 2)))
        grads = {name: p.grad is not None for name, p in net.named_parameters()}
        assert grads == {"0.weight": False, "0.bias": True, "1.weight": True, "1.bias": True}

    def test_nothing_is_recorded_where_all_are_frozen(self):
        net = nn.Linear(3, 2)
        for p in net.parameters():
            p.requires_grad = False
        assert not net(dlcore.randn(4, 3)).requires_grad
        assert net(dlcore.randn(4, 3, requires_grad=True)).requires_grad

    def test_raw_data_get_no_gradient(self):
        net, X = nn.Linear(3, 2), dlcore.randn(4, 3)
        y = net(X)
        assert y.module.needs_input_grad == (False,) and net.needs_input_grad == (True, True)
        y.backward(np.ones((4, 2)))
        assert X.grad is None and net.weight.grad is not None


class TestNoGrad:
    def test_nothing_is_recorded(self):
        x = leaf(1.0)
        with dlcore.no_grad():
            y = dlcore.relu(x)
        assert not y.requires_grad and y.module is None
        assert dlcore.relu(x).requires_grad

    def test_nested(self):
        x = leaf(1.0)
        with dlcore.no_grad():
            with dlcore.no_grad():
                pass
            assert not dlcore.relu(x).requires_grad
        assert dlcore.relu(x).requires_grad

    def test_as_a_decorator_each_time(self):
        @dlcore.no_grad()
        def predict(x):
            return dlcore.relu(x)

        for _ in range(2):
            assert not predict(leaf(1.0)).requires_grad
        assert dlcore.relu(leaf(1.0)).requires_grad

    def test_an_exception_ends_it(self):
        with pytest.raises(dlcore.InputError), dlcore.no_grad():
            dlcore.relu(dlcore.tensor([1]))
        assert dlcore.relu(leaf(1.0)).requires_grad

    def test_backward_inside_of_it(self):
        x = leaf(1.0)
        y = dlcore.relu(x)
        with dlcore.no_grad():
            y.backward()
        assert x.grad == 1


def test_detach_stops_the_gradient():
    x = leaf(2.0)
    y = dlcore.relu(x)
    cut = y.detach()
    assert cut.data is y.data and not cut.requires_grad and cut.module is None
    (y + dlcore.tanh(cut)).backward()
    assert x.grad == 1


@pytest.mark.parametrize(
    "target", [[0, 1], (0, 1), np.array([0, 1], np.uint8), dlcore.tensor([0, 1])], ids=type
)
def test_targets_can_be_lists_arrays_or_tensors(target):
    scores = dlcore.tensor([[1.0, 2.0], [3.0, 5.0]], requires_grad=True)
    loss = F.nll_loss(F.log_softmax(scores, dim=1), target)
    assert loss.item() == pytest.approx((np.log1p(np.e) + np.log1p(np.exp(-2))) / 2)
    loss.backward()
    assert nn.CrossEntropyLoss().fprop(scores.data, target) == pytest.approx(loss.item())


class WrongBprop(nn.Module):
    """Gives back whatever it was made with."""

    def __init__(self, given):
        self.given = given

    def fprop(self, X1, X2):
        return X1 + X2

    def bprop(self, dE_dY):
        return self.given


@pytest.mark.parametrize(
    "given, got",
    [
        (np.zeros(2), "[(2,)]"),
        ((np.zeros(2), np.zeros(3)), "[(2,), (3,)]"),
        ((np.zeros(2),) * 3, "[(2,), (2,), (2,)]"),
        ((np.zeros(2), None), "[(2,), None]"),
        (None, "[None]"),
        ([np.zeros(2), np.zeros(2)], "[(2, 2)]"),
    ],
)
def test_a_bprop_that_gives_the_wrong_gradients_is_named(given, got):
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    with pytest.raises(ValueError) as error:
        WrongBprop(given)(a, b).backward(np.ones(2))
    assert str(error.value) == (
        f"WrongBprop().bprop: expected gradients of shapes [(2,), (2,)], got {got}"
    )
    assert a.grad is None and b.grad is None


def test_a_bprop_may_give_none_where_no_gradient_is_wanted():
    a = leaf(1.0, 2.0)
    WrongBprop((np.ones(2), None))(a, np.ones(2)).backward(np.ones(2))
    np.testing.assert_array_equal(a.grad, [1, 1])


def test_a_step_with_two_outputs_cannot_be_recorded():
    class Split(nn.Module):
        def fprop(self, X):
            return X[:1], X[1:]

    with pytest.raises(TypeError) as error:
        Split()(leaf(1.0, 2.0))
    assert str(error.value) == "Split().fprop gave 2 outputs, a recorded step has one"
