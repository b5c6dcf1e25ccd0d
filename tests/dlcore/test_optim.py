"""SGD and Adam against torch, with every combination of options, and steps that are not regular."""

import copy
import pickle

import numpy as np
import pytest
from catalog import OPTIMIZERS
from referee import TOLERANCE

import dlcore
from dlcore import Parameter, nn, optim

ALL = [(name, options) for name, all_options in OPTIMIZERS.items() for options in all_options]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "name, options",
    ALL,
    ids=[f"{name}-{'-'.join(map(str, options.values()))}" for name, options in ALL],
)
def test_twenty_steps_as_torch_makes_them(name, options, dtype, torch, device):
    """The second parameter misses gradients now and then; the rate changes on the way."""
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in ((3, 2), (4,), ())]
    ours = [Parameter(X) for X in map(np.array, arrays)]
    theirs = [torch.tensor(X, device=device, requires_grad=True) for X in arrays]
    mine = getattr(optim, name)(ours, lr=0.05, **options)
    reference = getattr(torch.optim, name)(theirs, lr=0.05, **options)
    for step in range(20):
        if step == 10:
            mine.lr = np.float64(0.02)  # does not make float64 of float32 parameters
            reference.param_groups[0]["lr"] = 0.02
        mine.zero_grad()
        reference.zero_grad()
        for i, (p, T) in enumerate(zip(ours, theirs, strict=True)):
            if i == 1 and step in (0, 5, 6, 13):
                continue
            g = rng.standard_normal(p.shape).astype(dtype)
            p.grad, T.grad = g, torch.tensor(g, device=device)
        mine.step()
        reference.step()
        for p, T in zip(ours, theirs, strict=True):
            assert type(p.data) is np.ndarray and p.dtype == dtype
            np.testing.assert_allclose(p.data, T.detach().cpu().numpy(), **TOLERANCE[p.dtype])


@pytest.fixture
def net():
    dlcore.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))


each_optimizer = pytest.mark.parametrize(
    "make",
    [
        lambda params: optim.SGD(params, lr=0.1),
        lambda params: optim.SGD(params, lr=0.1, momentum=0.9),
        lambda params: optim.Adam(params, lr=0.1, amsgrad=True),
    ],
    ids=["SGD", "momentum", "Adam"],
)


def train(net, optimizer, steps=3):
    X = np.random.default_rng(0).standard_normal((5, 3)).astype(net[0].weight.dtype)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.SquaredDistance()(net(X), np.ones((5, 1), X.dtype))
        loss.backward()
        optimizer.step()
    return loss.item()


@each_optimizer
def test_a_step_writes_into_no_array(make, net):
    optimizer = make(net.parameters())
    train(net, optimizer, 1)
    held = [(p.data, p.grad) for p in net.parameters()]
    before = copy.deepcopy(held)
    train(net, optimizer, 2)
    for arrays, copies in zip(held, before, strict=True):
        np.testing.assert_array_equal(arrays[0], copies[0])
        np.testing.assert_array_equal(arrays[1], copies[1])
    for p, (data, _) in zip(net.parameters(), held, strict=True):
        assert not np.array_equal(p.data, data)


def test_what_update_returns_is_not_written_into():
    class Kept(optim.Optimizer):
        def update(self, theta, g, state):
            state["v"] = -g
            return state["v"]

    p = Parameter(np.zeros(2**18, np.float32))  # so large that NumPy would reuse a temporary
    optimizer = Kept([p])
    p.grad = np.ones_like(p.data)
    for _ in range(2):
        optimizer.step()
    np.testing.assert_array_equal(optimizer.state[p]["v"], -1)
    np.testing.assert_array_equal(p.data, -2)


def test_an_optimizer_without_update():
    p = Parameter([1.0])
    p.grad = np.ones(1)
    with pytest.raises(NotImplementedError, match="Optimizer does not define update"):
        optim.Optimizer([p]).step()
    assert p.item() == 1


@each_optimizer
def test_the_loss_falls(make, net):
    optimizer = make(net.parameters())
    first = train(net, optimizer, 1)
    assert train(net, optimizer, 30) < 0.1 * first


@each_optimizer
def test_a_frozen_parameter_stays(make, net):
    net[0].weight.requires_grad = False
    before = net[0].weight.data.copy()
    train(net, make(net.parameters()))
    np.testing.assert_array_equal(net[0].weight.data, before)
    assert net[0].weight.grad is None


@each_optimizer
def test_a_shared_parameter_moves_once(make):
    tied = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)).double()
    tied[1].weight = tied[0].weight
    alone = Parameter(tied[0].weight.data)
    optimizer, reference = make([tied[0].weight, tied[1].weight]), make([alone])
    for _ in range(2):
        optimizer.zero_grad()
        tied(np.eye(2)).backward(np.ones((2, 2)))
        alone.grad = tied[0].weight.grad
        optimizer.step()
        reference.step()
    np.testing.assert_array_equal(tied[0].weight.data, alone.data)


@each_optimizer
def test_training_goes_on_in_float64(make, net):
    """The state that was kept is float32; the parameters are what the net is now."""
    optimizer = make(net.parameters())
    train(net, optimizer)
    net.double()
    train(net, optimizer)
    assert {p.dtype for p in net.parameters()} == {np.dtype(np.float64)}


@each_optimizer
@pytest.mark.parametrize("way", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
def test_a_copy_of_net_and_optimizer_goes_on_the_same(make, way, net):
    optimizer = make(net.parameters())
    train(net, optimizer)
    other, its = way((net, optimizer))
    assert train(other, its) == train(net, optimizer)


def test_gradients_can_be_lists_and_ints():
    p = Parameter(np.float32([1, 2]))
    p.grad = [1, 2]
    for optimizer in (optim.SGD([p], lr=1.0, momentum=0.5), optim.Adam([p], lr=1.0)):
        optimizer.step()
        assert p.dtype == np.float32


def test_any_tensors_will_do(torch):
    """L35: optim.Adam([var1, var2], lr=0.0001)."""
    var1, var2 = dlcore.tensor([1.0], requires_grad=True), dlcore.tensor([2.0], requires_grad=True)
    optimizer = optim.Adam([var1, var2], lr=0.0001)
    nn.SquaredDistance()(var1, var2).backward()
    optimizer.step()
    np.testing.assert_allclose([var1.item(), var2.item()], [1.0001, 1.9999], rtol=1e-6)


def test_zero_grad_gives_none(net):
    optimizer = optim.SGD(net.parameters())
    train(net, optimizer)
    optimizer.zero_grad()
    assert all(p.grad is None for p in net.parameters())


@pytest.mark.parametrize(
    "make, error, text",
    [
        (
            lambda: optim.SGD([]),
            TypeError,
            "SGD: expected Tensors such as net.parameters(), got []",
        ),
        (
            lambda: optim.Adam(nn.ReLU().parameters()),
            TypeError,
            "Adam: expected Tensors such as net.parameters(), got []",
        ),
        (
            lambda: optim.SGD(dlcore.tensor([1.0])),
            TypeError,
            "SGD: expected Tensors such as net.parameters(), got tensor([1.])",
        ),
        (
            lambda: optim.SGD([{"params": 1}]),
            TypeError,
            "SGD: expected Tensors such as net.parameters(), got [{'params': 1}]",
        ),
        (
            lambda: optim.SGD([Parameter(1.0)], lr=-1),
            ValueError,
            "SGD: lr should not be negative, got -1",
        ),
        (
            lambda: optim.SGD([Parameter(1.0)], lr=np.nan),
            ValueError,
            "SGD: lr should not be negative, got nan",
        ),
        (
            lambda: optim.SGD([Parameter(1.0)], momentum=-0.5),
            ValueError,
            "SGD: momentum should not be negative, got -0.5",
        ),
        (
            lambda: optim.SGD([Parameter(1.0)], weight_decay=-0.5),
            ValueError,
            "SGD: weight_decay should not be negative, got -0.5",
        ),
        (
            lambda: optim.SGD([Parameter(1.0)], nesterov=True),
            ValueError,
            "SGD: nesterov needs a momentum and no dampening",
        ),
        (
            lambda: optim.SGD([dlcore.relu(Parameter(1.0))]),
            ValueError,
            "SGD: expected parameters, got a Tensor that a module made",
        ),
        (
            lambda: optim.SGD([Parameter(1.0)], momentum=0.9, dampening=0.1, nesterov=True),
            ValueError,
            "SGD: nesterov needs a momentum and no dampening",
        ),
        (
            lambda: optim.Adam([Parameter(1.0)], betas=(0.9, 1.0)),
            ValueError,
            "Adam: betas should lie in [0, 1), got (0.9, 1.0)",
        ),
        (
            lambda: optim.Adam([Parameter(1.0)], eps=-1.0),
            ValueError,
            "Adam: eps should not be negative, got -1.0",
        ),
        (
            lambda: optim.SGD([Parameter(1.0)]).step(),
            RuntimeError,
            "SGD.step: no gradient yet; call backward() first",
        ),
    ],
)
def test_errors(make, error, text):
    with pytest.raises(error) as raised:
        make()
    assert str(raised.value) == text
