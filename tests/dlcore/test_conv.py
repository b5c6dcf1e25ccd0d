"""Conv2d: its formula, every option against torch, what it says about images that do not fit."""

import warnings
from contextlib import contextmanager

import numpy as np
import pytest
from catalog import properties
from hypothesis import assume, given
from hypothesis import strategies as st
from referee import assert_agrees, assert_close

import dlcore
from dlcore import nn, optim
from dlcore.nn import functional as F

sizes = st.integers(1, 3)
pairs = st.one_of(sizes, st.tuples(sizes, sizes))
borders = st.one_of(
    st.integers(0, 2),
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
    st.sampled_from(["same", "valid"]),
)


@contextmanager
def torch_may_copy():
    """Without torch's warning that padding="same" of an even kernel takes it a copy."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Using padding='same' with even kernel")
        yield


@properties
@given(data=st.data())
def test_every_option_as_torch_does_it(torch, data):
    groups = data.draw(st.integers(1, 2), label="groups")
    channels = [groups * data.draw(st.integers(1, 2), label=name) for name in ("in", "out")]
    options = {
        "kernel_size": data.draw(pairs, label="kernel"),
        "stride": data.draw(pairs, label="stride"),
        "padding": data.draw(borders, label="padding"),
        "dilation": data.draw(pairs, label="dilation"),
        "groups": groups,
        "bias": data.draw(st.booleans(), label="bias"),
    }
    assume(options["padding"] != "same" or options["stride"] in (1, (1, 1)))
    image = [data.draw(st.integers(5, 8), label=name) for name in ("height", "width")]
    batch = data.draw(st.sampled_from([(), (1,), (3,), (0,)]), label="batch")
    dtype = data.draw(st.sampled_from([np.float32, np.float64]), label="dtype")
    padded = 0 if options["padding"] in ("same", "valid") else options["padding"]
    reach = np.multiply(options["dilation"], np.subtract(options["kernel_size"], 1)) + 1
    assume(options["padding"] == "same" or np.all(image + 2 * np.array(padded) >= reach))

    ours, theirs = nn.Conv2d(*channels, **options), torch.nn.Conv2d(*channels, **options)
    ours = ours.double() if dtype == np.float64 else ours
    assert repr(ours) == repr(theirs)
    X = np.random.default_rng(0).standard_normal((*batch, channels[0], *image)).astype(dtype)
    with torch_may_copy():
        assert_agrees(torch, torch.device("cpu"), ours, theirs, [X])


@pytest.mark.parametrize("kernel", [1, 2, 3, (4, 3), (3, 4)], ids=str)
@pytest.mark.parametrize("dilation", [1, 2, (1, 3)], ids=str)
def test_same_keeps_the_size_and_pads_more_at_the_end(kernel, dilation, torch, rng):
    ours, theirs = (
        n.Conv2d(1, 2, kernel, padding="same", dilation=dilation) for n in (nn, torch.nn)
    )
    X = rng.standard_normal((2, 1, 5, 6), dtype=np.float32)
    assert ours.fprop(X).shape == (2, 2, 5, 6)
    with torch_may_copy():
        assert_agrees(torch, torch.device("cpu"), ours, theirs, [X])


def test_the_formula(rng):
    """Y[o, h, w] = B[o] + sum_{c, i, j} W[o, c, i, j] X[c, h + i, w + j], one number at a time."""
    conv = nn.Conv2d(2, 3, (2, 3)).double()
    X, W, B = rng.standard_normal((2, 4, 5)), conv.weight.data, conv.bias.data
    Y = np.empty((3, 3, 3))
    for o, h, w in np.ndindex(Y.shape):
        Y[o, h, w] = B[o] + sum(
            W[o, c, i, j] * X[c, h + i, w + j] for c, i, j in np.ndindex(2, 2, 3)
        )
    np.testing.assert_allclose(conv.fprop(X), Y)
    np.testing.assert_allclose(conv.fprop(X[None])[0], Y)


def test_a_shifted_image_gives_a_shifted_output(rng):
    """The point of sharing the weights (L05), up to the border."""
    conv = nn.Conv2d(1, 4, 3)
    X = rng.standard_normal((1, 1, 9, 9), dtype=np.float32)
    shifted = np.roll(X, (2, 1), axis=(2, 3))
    Y = conv.fprop(X)[..., :-2, :-1]
    np.testing.assert_allclose(conv.fprop(shifted)[..., 2:, 1:], Y, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_pixel_reaches_the_windows_that_see_it(bad, rng):
    conv = nn.Conv2d(1, 2, 3)
    X = rng.standard_normal((2, 1, 6, 6), dtype=np.float32)
    X[1, 0, 5, 2] = bad
    reached = np.zeros((2, 2, 4, 4), bool)
    reached[1, :, 3, :3] = True
    np.testing.assert_array_equal(~np.isfinite(conv.fprop(X)), reached)


@pytest.mark.parametrize("layout", ["channels last", "every other row", "broadcast"])
def test_any_memory_layout(layout, torch, rng):
    conv = nn.Conv2d(3, 4, 3, padding=1)
    X = {
        "channels last": rng.standard_normal((2, 6, 5, 3), dtype=np.float32).transpose(0, 3, 1, 2),
        "every other row": rng.standard_normal((2, 3, 12, 5), dtype=np.float32)[:, :, ::-2],
        "broadcast": np.broadcast_to(np.float32(2), (2, 3, 6, 5)),
    }[layout]
    assert_agrees(torch, torch.device("cpu"), conv, torch.nn.Conv2d(3, 4, 3, padding=1), [X.copy()])
    expected = conv.fprop(X.copy())
    np.testing.assert_allclose(conv.fprop(X), expected, rtol=1e-6)


def test_no_gradient_for_raw_data():
    conv = nn.Conv2d(1, 2, 3)
    X = np.ones((1, 1, 4, 4), np.float32)
    Y = conv(dlcore.tensor(X))
    assert Y.module.bprop(np.ones_like(Y.data)) is None
    conv.fprop(X)
    assert conv.bprop(np.ones_like(Y.data)).shape == X.shape


def test_it_starts_as_torchs_does(torch):
    dlcore.manual_seed(0)
    ours, theirs = nn.Conv2d(8, 64, 5, groups=2), torch.nn.Conv2d(8, 64, 5, groups=2)
    assert {k: v.shape for k, v in ours.state_dict().items()} == {
        k: tuple(v.shape) for k, v in theirs.state_dict().items()
    }
    bound = (4 * 5 * 5) ** -0.5
    for name, parameter in ours.named_parameters():
        assert parameter.dtype == np.float32
        assert np.abs(parameter.data).max() <= bound
        assert np.abs(theirs.get_parameter(name).detach().numpy()).max() <= bound
    assert ours.weight.data.std() == pytest.approx(bound / 3**0.5, rel=0.02)
    assert ours.weight.data.std() == pytest.approx(theirs.weight.std().item(), rel=0.02)


def test_a_convnet_learns_as_torchs_does(torch, rng):
    """Three steps of momentum through conv, ReLU and max-pooling: the same losses."""

    def net(nn):
        return nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, padding=1), nn.Tanh(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(54, 3),
        )  # fmt: skip

    ours, theirs = net(nn), net(torch.nn)
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    X, t = rng.standard_normal((8, 1, 14, 14), dtype=np.float32), rng.integers(0, 3, 8)
    steps = optim.SGD(ours.parameters(), lr=0.1, momentum=0.9)
    their_steps = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    for _ in range(3):
        loss = F.cross_entropy(ours(X), t)
        their_loss = torch.nn.functional.cross_entropy(theirs(torch.tensor(X)), torch.tensor(t))
        for optimizer, E in ((steps, loss), (their_steps, their_loss)):
            optimizer.zero_grad()
            E.backward()
            optimizer.step()
        assert_close(loss, their_loss)


@pytest.mark.parametrize(
    "X, text",
    [
        (
            np.zeros((28, 28), np.float32),
            "expected shape (N, 3, H, W) or (3, H, W), only N may be 0, got (28, 28)",
        ),
        (
            np.zeros((2, 1, 9, 9), np.float32),
            "expected shape (N, 3, H, W) or (3, H, W), only N may be 0, got (2, 1, 9, 9)",
        ),
        (
            np.zeros((2, 3, 0, 9), np.float32),
            "expected shape (N, 3, H, W) or (3, H, W), only N may be 0, got (2, 3, 0, 9)",
        ),
        (
            np.zeros((2, 3, 4, 2), np.float32),
            "expected images of at least 5 x 5 with their padding, got 6 x 4, shape (2, 3, 4, 2)",
        ),
        (
            np.zeros((2, 3, 9, 9), np.uint8),
            "expected float32 numbers, got uint8: convert it, e.g. X.astype(np.float32)",
        ),
        (
            np.zeros((2, 3, 9, 9)),
            "expected float32 numbers, got float64: convert it, e.g. X.astype(np.float32), "
            "or its parameters, which are float32: net.double()",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else f"{value.dtype}{value.shape}",
)
def test_images_that_it_cannot_take(X, text):
    conv = nn.Conv2d(3, 2, 5, padding=1)
    net = nn.Sequential(nn.ReLU(), conv) if X.dtype.kind == "f" else nn.Sequential(conv)
    with pytest.raises(dlcore.InputError) as error:
        net(X)
    assert str(error.value).endswith(f"in Sequential: {text}")


@pytest.mark.parametrize(
    "options, error, text",
    [
        ({"padding_mode": "reflect"}, NotImplementedError, "padding_mode='reflect'"),
        ({"device": "cuda"}, NotImplementedError, "device='cuda'"),
        ({"in_channels": 0}, ValueError, "in_channels should be at least 1, got 0"),
        ({"out_channels": 2.0}, TypeError, "out_channels should be an int, got 2.0"),
        ({"groups": 2}, ValueError, "groups should divide 3 in_channels and 2 out_channels, got 2"),
        ({"kernel_size": 0}, ValueError, "kernel_size should be at least 1, got 0"),
        (
            {"kernel_size": 2.5},
            TypeError,
            "kernel_size should be an int or a pair of ints, got 2.5",
        ),
        (
            {"kernel_size": (1, 2, 3)},
            TypeError,
            "should be an int or a pair of ints, got (1, 2, 3)",
        ),
        ({"stride": (1, 0)}, ValueError, "stride should be at least 1, got (1, 0)"),
        ({"dilation": True}, TypeError, "dilation should be an int or a pair of ints, got True"),
        ({"padding": -1}, ValueError, "padding should be at least 0, got -1"),
        ({"padding": "full"}, ValueError, "padding is 'same', 'valid' or sizes, got 'full'"),
        ({"padding": "same", "stride": 2}, ValueError, "padding='same' needs stride 1, got (2, 2)"),
    ],
    ids=str,
)
def test_options_that_it_does_not_take(options, error, text):
    options = {"in_channels": 3, "out_channels": 2, "kernel_size": 3} | options
    with pytest.raises(error) as raised:
        nn.Conv2d(**options)
    assert str(raised.value).startswith("Conv2d: ") and text in str(raised.value)
