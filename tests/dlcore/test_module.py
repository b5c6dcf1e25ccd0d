"""Module and Sequential: parameters, state, modes, names, reprs, by hand and recorded."""

import copy
import pickle

import numpy as np
import pytest

import dlcore
from dlcore import Parameter, nn


class Net(nn.Module):
    """Parameters of its own, modules as attributes, in a list, one of them twice, one frozen."""

    def __init__(self):
        self.scale = Parameter(np.ones(3, np.float32))
        self.first = nn.Linear(3, 3)
        self.layers = [nn.Linear(3, 3, bias=False), nn.ReLU(), self.first]
        self.last = nn.Sequential(nn.Linear(3, 2), nn.LogSoftmax(dim=1))
        self.names = ["not", "modules"]
        self.first.bias.requires_grad = False

    def forward(self, X):
        X = self.first(X)
        for layer in self.layers:
            X = layer(X)
        return self.last(X)


PARAMETERS = ["scale", "first.weight", "first.bias", "layers.0.weight"]
PARAMETERS += ["last.0.weight", "last.0.bias"]


class TestParameters:
    def test_each_once_under_its_first_name(self):
        net = Net()
        assert [name for name, _ in net.named_parameters()] == PARAMETERS
        assert len(set(map(id, net.parameters()))) == len(PARAMETERS)

    def test_modules_each_once_under_their_first_name(self):
        names = [name for name, _ in Net().named_modules()]
        assert names == ["", "first", "layers.0", "layers.1", "last", "last.0", "last.1"]

    def test_one_parameter_in_two_modules(self):
        tied = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
        tied[1].weight = tied[0].weight
        names = [name for name, _ in tied.named_parameters()]
        assert names == ["0.weight", "0.bias", "1.bias"]
        assert "1.weight" in tied.state_dict()

    def test_zero_grad_gives_none(self):
        net = nn.Linear(3, 2)
        net(dlcore.randn(4, 3)).backward(np.ones((4, 2)))
        assert all(p.grad is not None for p in net.parameters())
        net.zero_grad()
        assert all(p.grad is None for p in net.parameters())

    def test_a_tensor_is_no_parameter(self):
        net = nn.Linear(3, 2)
        net.mask = dlcore.tensor([1.0], requires_grad=True)
        assert len(list(net.parameters())) == 2


def torch_net(torch):
    tnn = torch.nn

    class TorchNet(tnn.Module):
        def __init__(self):
            super().__init__()
            self.scale = tnn.Parameter(torch.ones(3))
            self.first = tnn.Linear(3, 3)
            self.layers = tnn.ModuleList([tnn.Linear(3, 3, bias=False), tnn.ReLU(), self.first])
            self.last = tnn.Sequential(tnn.Linear(3, 2), tnn.LogSoftmax(dim=1))

        forward = Net.forward

    return TorchNet()


class TestState:
    def test_torch_has_the_same_keys_and_the_numbers_go_both_ways(self, torch):
        ours, theirs = Net(), torch_net(torch)
        assert list(ours.state_dict()) == list(theirs.state_dict())
        X = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)

        ours.load_state_dict(theirs.state_dict())
        expected = theirs(torch.tensor(X)).detach().numpy()
        np.testing.assert_allclose(ours(X).data, expected, rtol=1e-5)

        again = torch_net(torch)
        again.load_state_dict({name: torch.tensor(a) for name, a in ours.state_dict().items()})
        for name, value in again.state_dict().items():
            np.testing.assert_array_equal(value, theirs.state_dict()[name])

    def test_a_shared_module_stands_under_both_names(self):
        state = Net().state_dict()
        assert {"first.weight", "layers.2.weight"} <= state.keys()
        np.testing.assert_array_equal(state["first.weight"], state["layers.2.weight"])

    def test_the_arrays_are_copies(self):
        net = Net()
        state = net.state_dict()
        state["scale"][:] = 7
        assert net.scale.data[0] == 1
        net.load_state_dict(state)
        state["scale"][:] = 9
        assert net.scale.data[0] == 7

    def test_the_parameters_stay_the_same_objects(self):
        """An optimizer that was given them goes on with them."""
        net = Net()
        before = list(net.parameters())
        net.load_state_dict(Net().state_dict())
        assert all(p is q for p, q in zip(before, net.parameters(), strict=True))
        assert net.layers[2] is net.first

    def test_they_keep_their_dtype(self):
        net = nn.Linear(2, 1)
        net.load_state_dict({"weight": [[1, 2]], "bias": np.float64([3])})
        assert {p.dtype for p in net.parameters()} == {np.dtype(np.float32)}
        np.testing.assert_array_equal(net(np.float32([[1, 1]])).data, [[6]])

    def test_buffers_are_saved_and_not_trained(self, torch):
        for name in ("NLLLoss", "CrossEntropyLoss"):
            ours = getattr(nn, name)([1.0, 2.0])
            theirs = getattr(torch.nn, name)(torch.tensor([3.0, 4.0]))
            assert list(ours.state_dict()) == list(theirs.state_dict()) == ["weight"]
            assert not list(ours.parameters())
            ours.load_state_dict(theirs.state_dict())
            np.testing.assert_array_equal(ours.weight, [3, 4])
            assert ours.weight.dtype == np.float32 and ours.double().weight.dtype == np.float64
        assert nn.NLLLoss().state_dict() == {}

    @pytest.mark.parametrize(
        "change, error, text",
        [
            (
                lambda state: state.pop("scale"),
                KeyError,
                "load_state_dict: missing keys ['scale'], unknown keys []",
            ),
            (
                lambda state: state.update(more=1, again=2),
                KeyError,
                "load_state_dict: missing keys [], unknown keys ['again', 'more']",
            ),
            (
                lambda state: state.update({"last.0.bias": np.zeros((2, 1))}),
                ValueError,
                "load_state_dict: last.0.bias expected shape (2,), got (2, 1)",
            ),
            (
                lambda state: state.update({"last.0.bias": ["a", "b"]}),
                ValueError,
                "could not convert string to float: np.str_('a')",
            ),
        ],
        ids=["missing", "unknown", "shape", "text"],
    )
    def test_what_does_not_fit_changes_nothing(self, change, error, text):
        net, other = Net(), Net().state_dict()
        before = net.state_dict()
        change(other)
        with pytest.raises(error) as raised:
            net.load_state_dict(other)
        assert raised.value.args == (text,)
        for name, array in net.state_dict().items():
            np.testing.assert_array_equal(array, before[name])


class TestModes:
    def test_train_and_eval_reach_every_module(self):
        net = Net()
        assert all(m.training for _, m in net.named_modules())
        assert net.eval() is net
        assert not any(m.training for _, m in net.named_modules())
        assert net.train() is net
        assert all(m.training for _, m in net.named_modules())
        assert not net.train(False).layers[1].training
        assert nn.Module.training  # of the others: unchanged

    def test_double_and_float(self):
        net = Net()
        net.scale.grad = np.ones(3, np.float32)
        assert net.double() is net
        assert {p.dtype for p in net.parameters()} == {net.scale.grad.dtype} == {np.dtype("f8")}
        assert net(np.zeros((1, 3))).dtype == np.float64
        assert net.float()(np.zeros((1, 3), np.float32)).dtype == np.float32
        assert not net.first.bias.requires_grad


class TestCopies:
    @pytest.mark.parametrize("way", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
    @pytest.mark.parametrize("used", [False, True])
    def test_what_was_shared_is_shared_in_the_copy(self, way, used):
        net, X = Net(), np.float32([[1, 2, 3]])
        if used:
            net(X).backward(np.ones((1, 2)))
        other = way(net)
        assert other.layers[2] is other.first
        np.testing.assert_array_equal(other(X).data, net(X).data)
        for p in other.parameters():
            p.data = p.data + 1
        assert not np.array_equal(other(X), net(X))

    def test_a_copied_net_trains_on_its_own(self):
        net = nn.Linear(2, 1)
        other = copy.deepcopy(net)
        other(np.ones((1, 2), np.float32)).backward()
        assert net.weight.grad is None and other.weight.grad is not None


class TestByHand:
    def test_a_composite_goes_through_the_tape(self):
        net, X = Net().double(), np.random.default_rng(0).standard_normal((4, 3))
        x = dlcore.tensor(X, requires_grad=True)
        y = net(x)
        np.testing.assert_array_equal(net.fprop(X), y.data)
        dE_dY = np.arange(8.0).reshape(4, 2)
        by_hand = net.bprop(dE_dY)
        grads = [p.grad for p in net.parameters()]
        net.zero_grad()
        y.backward(dE_dY)
        np.testing.assert_array_equal(by_hand, x.grad)
        for p, g in zip(net.parameters(), grads, strict=True):
            np.testing.assert_array_equal(p.grad, g)

    def test_a_composite_of_two_inputs_gives_two_gradients(self):
        class Distance(nn.Module):
            def __init__(self):
                self.net, self.cost = nn.Linear(3, 2), nn.SquaredDistance()

            def forward(self, X1, X2):
                return self.cost(self.net(X1), self.net(X2))

        assert dlcore.gradcheck(Distance(), np.eye(2, 3), np.ones((2, 3)))

    def test_by_hand_between_recorded_calls_does_no_harm(self):
        net, x = nn.Sequential(nn.Linear(3, 3), nn.Tanh()), dlcore.randn(2, 3, requires_grad=True)
        y = net(x)
        net.fprop(np.ones((5, 3), np.float32))
        y.backward(np.ones((2, 3)))
        expected = (1 - y.data**2) @ net[0].weight.data
        np.testing.assert_allclose(x.grad, expected, rtol=1e-5)

    def test_the_output_stays_on_the_module(self):
        """L27: each module keeps its output."""
        net = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
        Y = net.fprop(np.ones((1, 3), np.float32))
        assert net[1].Y is Y and net[0].Y.shape == (1, 2)

    @pytest.mark.parametrize("call", [lambda m: m(np.zeros(1)), lambda m: m.fprop(np.zeros(1))])
    def test_a_module_that_defines_nothing(self, call):
        class Nothing(nn.Module):
            pass

        with pytest.raises(NotImplementedError) as error:
            call(Nothing())
        assert str(error.value) == "Nothing defines neither fprop nor forward"

    def test_a_module_without_bprop(self):
        class Forward(nn.Module):
            def fprop(self, X):
                return 2 * X

        with pytest.raises(NotImplementedError, match="Forward does not define bprop"):
            Forward()(dlcore.randn(1, requires_grad=True)).backward()


class TestSequential:
    def test_it_is_a_list_of_modules(self):
        net = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))
        assert len(net) == 3 and [type(m).__name__ for m in net] == ["Linear", "ReLU", "Linear"]
        assert net[-1] is net[2]
        with pytest.raises(IndexError):
            net[3]

    def test_a_slice_keeps_modules_and_names_as_torch_does(self, torch):
        ours, theirs = (
            n.Sequential(n.Linear(3, 2), n.ReLU(), n.Linear(2, 1)) for n in (nn, torch.nn)
        )
        assert list(ours[1:].state_dict()) == list(theirs[1:].state_dict())
        assert repr(ours[1:]) == repr(theirs[1:])
        assert ours[1:][1] is ours[2]

    def test_named_modules_in_their_order(self):
        net = nn.Sequential({"hidden": nn.Linear(3, 2), "out": nn.Linear(2, 1)})
        assert list(net.state_dict()) == ["hidden.weight", "hidden.bias", "out.weight", "out.bias"]
        assert net.hidden is net[0]
        assert net(np.zeros((5, 3), np.float32)).shape == (5, 1)

    def test_more_than_ten_stay_in_order(self):
        net = nn.Sequential(*[nn.Linear(n, n + 1) for n in range(1, 14)])
        assert net.fprop(np.zeros((2, 1), np.float32)).shape == (2, 14)

    def test_an_empty_one_hands_on(self):
        x = dlcore.randn(2, requires_grad=True)
        assert nn.Sequential()(x) is x
        assert np.shares_memory(nn.Sequential().fprop(x.data), x.data)
        assert np.shares_memory(nn.Sequential().bprop(x.data), x.data)

    @pytest.mark.parametrize("wrong", [3, nn.ReLU, None, [nn.ReLU()]])
    def test_it_takes_modules_only(self, wrong):
        with pytest.raises(TypeError) as error:
            nn.Sequential(nn.ReLU(), wrong)
        assert str(error.value) == f"Sequential: expected a Module at 1, got {wrong!r}"

    @pytest.mark.parametrize("name", ["a.b", "fprop", "training"])
    def test_a_name_hides_nothing(self, name):
        with pytest.raises(KeyError, match=f"a module cannot be called '{name}'"):
            nn.Sequential({"first": nn.ReLU(), name: nn.ReLU()})


SAME_REPR = {
    "linear": lambda n: n.Linear(3, 2),
    "linear-without-bias": lambda n: n.Linear(3, 2, bias=False),
    "relu": lambda n: n.ReLU(),
    "tanh": lambda n: n.Tanh(),
    "sigmoid": lambda n: n.Sigmoid(),
    "flatten": lambda n: n.Flatten(),
    "flatten-some": lambda n: n.Flatten(0, 2),
    "softmax": lambda n: n.Softmax(dim=-1),
    "log-softmax": lambda n: n.LogSoftmax(dim=1),
    "mse": lambda n: n.MSELoss(reduction="sum"),
    "nll": lambda n: n.NLLLoss(ignore_index=3),
    "cross-entropy": lambda n: n.CrossEntropyLoss(),
    "empty": lambda n: n.Sequential(),
    "nested": lambda n: n.Sequential(n.Sequential(n.Linear(3, 2), n.ReLU()), n.Sequential()),
}


@pytest.mark.parametrize("make", SAME_REPR.values(), ids=SAME_REPR)
def test_repr_is_torchs(make, torch):
    assert repr(make(nn)) == repr(make(torch.nn))


def test_repr_of_what_torch_does_not_have():
    assert repr(nn.View(2, -1)) == "View(2, -1)"
    assert repr(nn.Duplicate(3)) == "Duplicate(n=3)"
    assert repr(Net()).splitlines()[:3] == [
        "Net(",
        "  (first): Linear(in_features=3, out_features=3, bias=True)",
        "  (layers.0): Linear(in_features=3, out_features=3, bias=False)",
    ]
