"""To torch and back: the same numbers, the same names, and a clear no where that cannot be."""

import numpy as np
import pytest
from catalog import CASES, Residual
from referee import assert_agrees, assert_close

import dlcore
from dlcore import nn

interop = pytest.importorskip("dlcore.interop", reason="no torch: `make test` installs it")

CARRIED = [case for case in CASES if case.name != "residual"]
every_module = pytest.mark.parametrize("case", CARRIED, ids=lambda case: case.name)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@both_dtypes
@every_module
def test_torch_computes_the_same_outputs_and_gradients(case, dtype, torch, device):
    module = case.module(dtype)
    theirs = interop.to_torch(module)
    assert list(theirs.state_dict()) == list(module.state_dict())
    for key, W in module.state_dict().items():
        assert_close(W, theirs.state_dict()[key], key)
    assert_agrees(torch, device, module, theirs.to(device), case.inputs(dtype=dtype))


@both_dtypes
@every_module
def test_there_and_back_again(case, dtype):
    module = case.module(dtype)
    again = interop.from_torch(interop.to_torch(module))
    expected = "Sequential" if isinstance(module, nn.LocalContrastNorm) else type(module).__name__
    assert type(again).__name__ == expected
    assert repr(again).partition("(")[2] == repr(module).partition("(")[2]
    arrays = case.inputs(dtype=dtype)
    np.testing.assert_array_equal(module.fprop(*arrays), again.fprop(*arrays))


BOTH_HAVE = [case for case in CARRIED if type(case.module()).__name__ in interop.OPTIONS]


@pytest.mark.parametrize("case", BOTH_HAVE, ids=lambda case: case.name)
def test_no_option_is_left_behind(case, torch):
    """torch's module keeps every option; dlcore's keeps all but those that it refuses."""
    module, theirs = case.module(), case.make(torch)
    kept = interop._options(module, lambda array: array)
    for option in interop.OPTIONS[type(module).__name__]:
        assert hasattr(theirs, option)
        if option not in kept:
            with pytest.raises(NotImplementedError, match=f"dlcore does not have {option}="):
                type(module)(**kept, **{option: "another"})


def test_the_copies_are_independent(torch):
    net = nn.Linear(3, 2)
    before, theirs = net.state_dict(), interop.to_torch(net)
    with torch.no_grad():
        theirs.weight.zero_()
    np.testing.assert_array_equal(net.weight.data, before["weight"])
    ours = interop.from_torch(theirs)
    ours.weight.data += 1
    assert theirs.weight.abs().sum() == 0


def test_a_module_in_two_places_stays_one(torch):
    f = nn.Linear(3, 3)
    theirs = interop.to_torch(nn.Sequential(f, nn.Tanh(), f))
    assert theirs[0] is theirs[2] and len(list(theirs.parameters())) == 2
    ours = interop.from_torch(theirs)
    assert ours[0] is ours[2] and len(list(ours.parameters())) == 2


def test_frozen_parameters_and_the_mode_go_along():
    net = nn.Sequential(nn.Linear(3, 2), nn.ReLU()).eval()
    net[0].bias.requires_grad = False
    theirs = interop.to_torch(net)
    assert [p.requires_grad for p in theirs.parameters()] == [True, False]
    assert not theirs.training and not theirs[0].training
    ours = interop.from_torch(theirs)
    assert [p.requires_grad for p in ours.parameters()] == [True, False]
    assert not ours.training


def test_nan_wins_the_maximum_as_in_dlcore(torch):
    a, b = np.array([np.nan, 1.0, np.nan]), np.array([1.0, np.nan, np.nan])
    theirs = interop.to_torch(nn.Max())(torch.tensor(a), torch.tensor(b))
    assert_close(nn.Max().fprop(a, b), theirs)


def test_a_class_of_ones_own_is_refused_by_name():
    class Mine(nn.Module):
        def fprop(self, X):
            return X

    class MyLinear(nn.Linear):
        pass

    for module in (Mine(), MyLinear(2, 2), Residual(), nn.Sequential(nn.ReLU(), Mine())):
        name = "Mine" if isinstance(module, nn.Sequential) else type(module).__name__
        with pytest.raises(NotImplementedError, match=f"cannot carry {name}, a class of its own"):
            interop.to_torch(module)


def test_what_dlcore_lacks_is_refused_by_name(torch):
    with pytest.raises(NotImplementedError, match="BatchNorm2d"):
        interop.from_torch(torch.nn.Sequential(torch.nn.ReLU(), torch.nn.BatchNorm2d(3)))
    for module, option in [
        (torch.nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"), "padding_mode='reflect'"),
        (torch.nn.MaxPool2d(2, ceil_mode=True), "ceil_mode=True"),
        (torch.nn.ReLU(inplace=True), "inplace=True"),
        (torch.nn.CrossEntropyLoss(label_smoothing=0.1), "label_smoothing=0.1"),
    ]:
        with pytest.raises(NotImplementedError, match=option):
            interop.from_torch(module)


def test_a_net_trained_by_torch_reads_the_same_in_dlcore(torch):
    """A ConvNet, three steps of torch's SGD, and back."""
    dlcore.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 10)
    )
    theirs = interop.to_torch(net)
    X = torch.randn(8, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(theirs(X), torch.arange(8)).backward()
        optimizer.step()
    trained = interop.from_torch(theirs)
    assert np.abs(trained[0].weight.data - net[0].weight.data).max() > 1e-4
    assert_close(trained.fprop(X.numpy()), theirs(X))
