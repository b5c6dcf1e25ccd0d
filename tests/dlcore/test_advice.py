"""Whoever writes what dlcore leaves out is told what to write."""

import numpy as np
import pytest

import dlcore
from dlcore import Parameter, nn, optim
from dlcore.nn import functional as F


def made():
    """A Tensor with a gradient wanted, as it stands in a net."""
    return dlcore.relu(dlcore.tensor([[1.0, 2.0]], requires_grad=True))


CUTS = {
    "reshape": lambda x: np.reshape(x, (2, 1)),
    "concatenate": lambda x: np.concatenate([x, x]),
    "clip": lambda x: np.clip(x, 0, 1),
    "mean": lambda x: np.mean(x),
    "where": lambda x: np.where([True, False], x, 0),
    "norm": lambda x: np.linalg.norm(x),
    "float32": lambda x: np.float32(x),
    "asarray": lambda x: np.asarray(x),
}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_numpy_does_not_end_a_gradient_unnoticed(cut):
    x = made()
    with pytest.raises(RuntimeError, match=r"the gradient would end here.*x.view.*x.detach\(\)"):
        cut(x)
    with dlcore.no_grad():
        cut(x)
    cut(x.detach())
    cut(x.data)


OPERATIONS = {
    "*": [lambda x: x * x, lambda x: 2 * x, lambda x: np.ones((1, 2), np.float32) * x],
    "-": [lambda x: x - x, lambda x: 1 - x, lambda x: -x],
    "/": [lambda x: x / 2, lambda x: 1 / x],
    "@": [lambda x: x @ x, lambda x: np.ones((1, 1), np.float32) @ x],
    "**": [lambda x: x**2],
    "abs": [abs],
    "[]": [lambda x: x[0], lambda x: x.__setitem__(0, 1)],
    "<": [lambda x: x < 1, lambda x: x >= x, lambda x: min(x, x)],
    "float": [float, int, lambda x: round(x, 3)],
    "a format": [lambda x: f"{x:.3f}"],
}


@pytest.mark.parametrize("symbol", OPERATIONS)
def test_an_operator_says_what_to_write(symbol):
    for operate in OPERATIONS[symbol]:
        with pytest.raises(TypeError) as error:
            operate(made())
        text = str(error.value)
        assert text.startswith(f"a Tensor does not take {symbol}") and ": " in text


@pytest.mark.parametrize(
    "name, advice",
    [
        ("sum", "x.data.sum()"),
        ("mean", "x.data.mean()"),
        ("T", "x.data.T"),
        ("reshape", "x.view(...)"),
        ("cumsum", "x.data.cumsum"),
        ("grad_fn", "x.module"),
        ("requires_grad_", "x.requires_grad = True"),
    ],
)
def test_an_attribute_that_torch_has(name, advice):
    with pytest.raises(AttributeError) as error:
        getattr(made(), name)
    assert str(error.value).startswith(f"a Tensor has no attribute {name!r}: ")
    assert advice in str(error.value)
    assert not hasattr(made(), name)


@pytest.mark.parametrize(
    "package, name, advice",
    [
        (nn, "Dropout", "dlcore.gradcheck|dl.gradcheck"),
        (nn, "BatchNorm1d", "a Module with fprop and bprop"),
        (nn, "ModuleList", "a plain list will do"),
        (optim, "AdamW", "optim.Adam"),
        (optim, "RMSprop", "an Optimizer with its own update"),
        (optim, "lr_scheduler", "set optimizer.lr"),
        (F, "linear", "an nn.Linear"),
    ],
)
def test_a_name_that_torch_has(package, name, advice):
    with pytest.raises(AttributeError, match=advice):
        getattr(package, name)
    assert not hasattr(package, "__path_of_nothing__")


def test_a_truth_value_is_that_of_one_number():
    assert not dlcore.tensor([0.0]) and not dlcore.tensor(0.0) and dlcore.tensor([[3.0]])
    with pytest.raises(ValueError, match="expected one number"):
        bool(dlcore.tensor([0.0, 0.0]))


def test_equality_is_refused_and_tensors_are_keys():
    a, b = dlcore.tensor([1.0]), dlcore.tensor([1.0])
    for compare in (lambda: a == b, lambda: a != b, lambda: np.mean(a == [1.0])):
        with pytest.raises(TypeError, match=r"`a.data == b.data`"):
            compare()
    assert a == a and {a: 1, b: 2}[b] == 2


@pytest.mark.parametrize("make, count", [(nn.MSELoss, 2), (nn.CrossEntropyLoss, 2), (nn.ReLU, 1)])
def test_a_module_is_made_before_it_is_called(make, count):
    with pytest.raises(TypeError, match=rf"{make.__name__}\(\)\(x\)"):
        make(*[np.ones((2, 3), np.float32)] * count)


class Forgets(nn.Module):
    def forward(self, x):
        dlcore.relu(x)


class ForgetsByHand(nn.Module):
    def fprop(self, X):
        self.Y = X


@pytest.mark.parametrize("module, method", [(Forgets, "forward"), (ForgetsByHand, "fprop")])
def test_a_forgotten_return(module, method):
    text = rf"{module.__name__}.{method} gave None: does it end in `return`\?"
    with pytest.raises(TypeError, match=text):
        module()(np.ones(2))


@pytest.mark.parametrize("wrong", [None, False, "mode"])
def test_what_is_no_array_is_given_by_its_name(wrong):
    with pytest.raises(TypeError, match="give an option by its name"):
        nn.ReLU()(np.ones(2), wrong)


@pytest.mark.parametrize("shape", [(2, -2), (-1, -1)])
def test_a_view_of_no_shape(shape):
    with pytest.raises(ValueError, match=r"one may be -1"):
        dlcore.tensor(np.ones(4)).view(*shape)


def test_a_dtype_that_comes_from_the_parameters():
    net = nn.Linear(2, 1).double()
    with pytest.raises(dlcore.InputError, match=r"parameters, which are float64: net.float\(\)"):
        net(np.ones((1, 2), np.float32))


def test_a_list_makes_a_float32_parameter():
    assert Parameter([1.0, 2.0]).dtype == np.float32
    assert Parameter(np.ones(2)).dtype == np.float64


@pytest.mark.parametrize("given", [np.zeros((2, 3), np.float32), dlcore.randn(2, 3)])
def test_a_parameter_is_not_written_over(given):
    linear = nn.Linear(3, 2)
    with pytest.raises(TypeError, match=r"Linear.weight is a Parameter: .*in .weight.data"):
        linear.weight = given
    linear.weight.data = np.zeros((2, 3), np.float32)
    linear.weight = Parameter(np.zeros((2, 3), np.float32))
    linear.bias = None


@pytest.mark.parametrize("name", ["training", "forward"])
def test_a_module_under_a_name_of_its_own(name):
    holder = nn.Sequential(nn.Tanh())
    setattr(holder, name, nn.Tanh())
    with pytest.raises(TypeError, match=f"'{name}' means something in every Module"):
        list(holder.parameters())


class Holder(nn.Module):
    def __init__(self, held):
        self.held = held


@pytest.mark.parametrize(
    "hold, name",
    [
        (lambda m: {"a": m}, "held.a"),
        (lambda m: [[nn.Tanh()], [m]], "held.1.0"),
        (lambda m: [("first", m)], "held.0.1"),
        (lambda m: {"a": [m]}, "held.a.0"),
    ],
)
def test_modules_are_found_in_lists_and_dicts(hold, name):
    holder = Holder(hold(nn.Linear(1, 1)))
    assert [key for key, _ in holder.named_parameters()] == [f"{name}.weight", f"{name}.bias"]
    other = Holder(hold(nn.Linear(1, 1)))
    other.load_state_dict(holder.state_dict())
    assert all(
        np.array_equal(a.data, b.data)
        for a, b in zip(holder.parameters(), other.parameters(), strict=True)
    )


def test_what_has_no_order_holds_no_modules():
    with pytest.raises(TypeError, match=r"'held' is a set: modules are found in lists, tuples and"):
        list(Holder({nn.Tanh()}).parameters())
    assert list(Holder({1, 2}).parameters()) == []


def test_a_module_that_knows_its_parent():
    parent = Holder(nn.Tanh())
    parent.held.parent = parent
    with pytest.raises(
        ValueError, match=r"at 'held.parent' stands a module that this one is insid"
    ):
        list(parent.parameters())


class Scale(nn.Module):
    """Its weight is a plain array, or a plain Tensor."""

    def __init__(self, weight):
        self.weight = weight

    def fprop(self, X):
        return X * np.float64(self.weight.item())

    def bprop(self, dE_dY):
        return dE_dY * np.float64(self.weight.item())


@pytest.mark.parametrize("weight", [np.array(2.0), dlcore.tensor(2.0)])
def test_gradcheck_finds_a_weight_that_nobody_trains(weight):
    with pytest.raises(dlcore.GradcheckError, match="nobody trains 'weight': make it a Parameter"):
        dlcore.gradcheck(Scale(weight), np.ones(3))


@pytest.mark.parametrize("shape", [(3,), (5, 1), (1, 3), (), (2, 5, 3)])
@pytest.mark.parametrize(
    "make", [nn.ReLU, nn.Tanh, lambda: nn.Softmax(1), lambda: nn.RBF(3, 3), nn.Flatten]
)
def test_bprop_takes_a_gradient_like_its_output(make, shape):
    module = make()
    module.fprop(np.ones((5, 3), np.float32))
    with pytest.raises(dlcore.InputError, match=r"expected dE/dY of the shape of Y, \(5, 3\), got"):
        module.bprop(np.ones(shape, np.float32))


def test_bprop_says_what_else_is_wrong_with_a_gradient():
    net = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    with pytest.raises(RuntimeError, match=r"ReLU.bprop: call fprop first"):
        net.bprop(np.ones((5, 2), np.float32))
    net.fprop(np.ones((5, 3), np.float32))
    with pytest.raises(dlcore.InputError, match=r"at '1' in Sequential: .* float64: convert it"):
        net.bprop(np.ones((5, 2)))
    with pytest.raises(dlcore.InputError, match="expected dE/dY as a NumPy array, got list"):
        net.bprop([[1.0, 2.0]] * 5)
    with pytest.raises(dlcore.InputError, match="expected 2 gradients dE/dY, got 1"):
        branch = nn.Duplicate()
        branch.fprop(np.ones(3))
        branch.bprop(np.ones(3))


def test_a_composite_by_hand_goes_forward_first():
    class Net(nn.Module):
        def forward(self, x):
            return dlcore.relu(x)

    with pytest.raises(RuntimeError, match=r"Net.bprop: call fprop first"):
        Net().bprop(np.ones(2))


def test_a_composite_by_hand_has_one_output():
    class Two(nn.Module):
        def forward(self, x):
            return x, x

    with pytest.raises(TypeError, match="gave 2 outputs; by hand a composite has one"):
        Two().fprop(np.ones(2))


def test_an_optimizer_is_given_parameters():
    with pytest.raises(TypeError, match=r"expected Tensors such as net.parameters\(\), got Linear"):
        optim.SGD(nn.Linear(1, 1))


def test_a_parameter_that_only_some_modules_have():
    class Shift(nn.Module):
        bias = None

        def __init__(self, *names):
            for name in names:
                setattr(self, name, Parameter([1.0]))

    assert isinstance(Shift("bias").bias, Parameter) and Shift().bias is None
    assert isinstance(Shift("scale").scale, Parameter) and not hasattr(Shift(), "scale")
    scaled = Shift("scale")
    del scaled.scale
    assert not hasattr(scaled, "scale") and list(scaled.parameters()) == []


@pytest.mark.parametrize("numbers", [[[1, 2]], np.ones((1, 2), bool)])
def test_a_parameter_stays_float(numbers):
    linear = nn.Linear(2, 1)
    linear.weight.data = numbers
    assert linear.weight.dtype == np.float32
    assert linear(np.ones((1, 2), np.float32)).dtype == np.float32
