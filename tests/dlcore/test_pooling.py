"""The pools: their formulas and limits, ties, every option against torch, space and features."""

import itertools

import numpy as np
import pytest
from catalog import properties
from hypothesis import assume, given
from hypothesis import strategies as st
from referee import assert_agrees

import dlcore
from dlcore import nn
from dlcore.nn import functional as F

sizes = st.integers(1, 3)
pairs = st.one_of(sizes, st.tuples(sizes, sizes))
steps = st.one_of(st.none(), pairs)
borders = st.one_of(st.integers(0, 1), st.tuples(st.integers(0, 1), st.integers(0, 1)))
OPTIONS = {
    "MaxPool2d": {"kernel_size": pairs, "stride": steps, "padding": borders, "dilation": pairs},
    "AvgPool2d": {
        "kernel_size": pairs,
        "stride": steps,
        "padding": borders,
        "count_include_pad": st.booleans(),
        "divisor_override": st.sampled_from([None, 1, 5]),
    },
    "LPPool2d": {
        "norm_type": st.sampled_from([1, 2, 3, 4.0, 2.5]),
        "kernel_size": pairs,
        "stride": steps,
    },
}
EVERY = [
    nn.MaxPool2d(2),
    nn.AvgPool2d(2),
    nn.LPPool2d(3, 2),
    nn.LogProbPool2d(2.0, 2),
    nn.LogProbPool2d(2.0, 2, mean=True),
]
COLUMN_POOLS = [
    nn.MaxPool2d((3, 1)),
    nn.AvgPool2d((3, 1)),
    nn.LPPool2d(2, (3, 1)),
    nn.LogProbPool2d(2.0, (3, 1), stride=(1, 1)),
    nn.MaxPool2d((3, 1), stride=(2, 1), padding=(1, 0)),
]
every_pool = pytest.mark.parametrize("pool", EVERY, ids=str)


@pytest.mark.parametrize("name", OPTIONS)
@properties
@given(data=st.data())
def test_every_option_as_torch_does_it(torch, name, data):
    options = {o: data.draw(values, label=o) for o, values in OPTIONS[name].items()}
    span = np.multiply(options.get("dilation", 1), np.subtract(options["kernel_size"], 1)) + 1
    assume(np.all(2 * np.array(options.get("padding", 0)) <= span))
    image = [data.draw(st.integers(7, 9), label=side) for side in ("height", "width")]
    batch = data.draw(st.sampled_from([(), (1,), (3,), (0,)]), label="batch")
    dtype = data.draw(st.sampled_from([np.float32, np.float64]), label="dtype")
    ours, theirs = getattr(nn, name)(**options), getattr(torch.nn, name)(**options)
    assert repr(ours) == repr(theirs)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((*batch, 2, *image))
    if name == "LPPool2d" and options["norm_type"] % 2:  # no root of a negative sum
        X = np.abs(X)
    assert_agrees(torch, torch.device("cpu"), ours, theirs, [X.astype(dtype)])


class TestMax:
    @properties
    @given(data=st.data())
    def test_ties_as_torch_breaks_them(self, torch, data):
        """Images of few different numbers, so that most windows have a tie."""
        size = data.draw(st.integers(1, 3), label="kernel")
        stride = data.draw(st.integers(1, 3), label="stride")
        padding = data.draw(st.integers(0, size // 2), label="padding")
        X = np.random.default_rng(data.draw(st.integers(0, 99))).integers(0, 3, (2, 1, 6, 6))
        ours, theirs = (n.MaxPool2d(size, stride, padding) for n in (nn, torch.nn))
        assert_agrees(torch, torch.device("cpu"), ours, theirs, [X.astype(np.float64)])

    def test_a_tie_goes_to_the_first_row_by_row(self):
        pool = nn.MaxPool2d(2)
        pool.fprop(np.float32([[[0, 1], [1, 1]]]))
        np.testing.assert_array_equal(pool.bprop(np.float32([[[5]]])), [[[0, 5], [0, 0]]])

    def test_the_border_never_wins(self):
        pool = nn.MaxPool2d(3, stride=2, padding=1)
        X = np.full((1, 3, 3), -7, np.float32)
        np.testing.assert_array_equal(pool.fprop(X), np.full((1, 2, 2), -7))
        assert pool.bprop(np.ones((1, 2, 2), np.float32)).sum() == 4

    def test_one_pixel_may_win_in_several_windows(self):
        pool = nn.MaxPool2d(2, stride=1)
        X = np.zeros((1, 3, 3))
        X[0, 1, 1] = 1
        pool.fprop(X)
        assert pool.bprop(np.ones((1, 2, 2)))[0, 1, 1] == 4

    def test_the_gradient_of_a_nan_goes_nowhere(self, torch):
        """A departure from torch, which gives it to the last nan of the window."""
        X = np.array([[[1.0, np.nan], [3.0, 4.0]]])
        pool, T = nn.MaxPool2d(2), torch.tensor(X, requires_grad=True)
        Y = torch.nn.MaxPool2d(2)(T)
        Y.sum().backward()
        assert np.isnan(pool.fprop(X)) and np.isnan(Y.item())
        np.testing.assert_array_equal(pool.bprop(np.ones((1, 1, 1))), np.zeros((1, 2, 2)))
        np.testing.assert_array_equal(T.grad, [[[0, 1], [0, 0]]])


class TestAverage:
    def test_the_border_counts_or_not(self):
        X = np.ones((1, 2, 2))
        with_border, without = (
            nn.AvgPool2d(2, 2, padding=1, count_include_pad=counts).fprop(X)
            for counts in (True, False)
        )
        np.testing.assert_array_equal(with_border, np.full((1, 2, 2), 0.25))
        np.testing.assert_array_equal(without, np.ones((1, 2, 2)))

    def test_the_divisor_is_what_it_was_told(self):
        assert nn.AvgPool2d(2, divisor_override=1).fprop(np.ones((1, 2, 2))) == 4


class TestLp:
    def test_the_formula(self, rng):
        X = rng.uniform(0, 1, (1, 2, 2))
        for p in (0.5, 1, 2, 3):
            np.testing.assert_allclose(nn.LPPool2d(p, 2).fprop(X), (X**p).sum() ** (1 / p))

    def test_it_tends_to_the_maximum(self, rng):
        X = np.abs(rng.standard_normal((3, 8, 8))) * 10
        largest = nn.MaxPool2d(2).fprop(X)
        gaps = [
            np.abs(nn.LPPool2d(p, 2).fprop(X) - largest).max() for p in (2, 8, 32, 128, 512, 2048)
        ]
        assert all(later < earlier / 2 for earlier, later in itertools.pairwise(gaps))
        assert gaps[-1] < 0.01
        signed = rng.standard_normal((3, 8, 8))
        np.testing.assert_allclose(
            nn.LPPool2d(2048, 2).fprop(signed), nn.MaxPool2d(2).fprop(np.abs(signed)), rtol=1e-3
        )

    @pytest.mark.parametrize("size", [1e-30, 1e30])
    def test_a_departure_huge_and_tiny_numbers_keep_their_norm(self, size, torch):
        """Where the squares do not fit into float32, torch gives 0 or infinity."""
        X = np.float32([[[3, 0], [0, 4]]]) * np.float32(size)
        pool = nn.LPPool2d(2, 2)
        np.testing.assert_allclose(pool.fprop(X), [[[5 * size]]], rtol=1e-6)
        dE_dX = pool.bprop(np.ones((1, 1, 1), np.float32))
        np.testing.assert_allclose(dE_dX, [[[0.6, 0], [0, 0.8]]], rtol=1e-6)
        assert torch.nn.LPPool2d(2, 2)(torch.tensor(X)).item() in (0, np.inf)

    @pytest.mark.parametrize("p", [1, 2, 3, 1.5])
    @pytest.mark.parametrize(
        "window",
        [[0, 0, 0, 0], [1, -1, 0, 0], [-1, -2, 0, 3], [-1, -2, 0, -3], [0, 1, 2, 0]],
        ids=str,
    )
    def test_zeros_and_negative_numbers_as_in_torch(self, p, window, torch):
        """Gradient 0 where Y is 0; nan where the root is not real."""
        X = np.reshape(window, (1, 2, 2)).astype(float)
        ours, theirs = (n.LPPool2d(p, 2) for n in (nn, torch.nn))
        assert_agrees(torch, torch.device("cpu"), ours, theirs, [X])

    def test_a_departure_below_one_the_gradient_at_zero_is_zero(self, torch):
        X, pool = np.zeros((1, 2, 2)), nn.LPPool2d(0.5, 2)
        T = torch.tensor(X, requires_grad=True)
        torch.nn.LPPool2d(0.5, 2)(T).sum().backward()
        assert pool.fprop(X) == 0
        np.testing.assert_array_equal(pool.bprop(np.ones((1, 1, 1))), X)
        assert T.grad.isnan().all()


class TestLogProb:
    def test_the_formula(self, rng):
        X = rng.standard_normal((1, 2, 2))
        for b in (0.5, 1, 3):
            E = np.exp(b * X)
            np.testing.assert_allclose(nn.LogProbPool2d(b, 2).fprop(X), np.log(E.sum()) / b)
            np.testing.assert_allclose(
                nn.LogProbPool2d(b, 2, mean=True).fprop(X), np.log(E.mean()) / b
            )

    @pytest.mark.parametrize("mean", [True, False])
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_it_tends_to_the_maximum(self, mean, dtype, rng):
        X = rng.standard_normal((3, 8, 8)).astype(dtype)
        largest = nn.MaxPool2d(2).fprop(X)
        for b in (1e2, 1e4, 1e6, 1e12, 1e30):
            gap = np.abs(nn.LogProbPool2d(b, 2, mean=mean).fprop(X) - largest)
            assert gap.max() <= np.log(4) / b * (1 + 1e-6) + np.finfo(dtype).eps * 4
        pool = nn.LogProbPool2d(1e30, 2, mean=mean)
        maximum = nn.MaxPool2d(2)
        pool.fprop(X), maximum.fprop(X)
        dE_dY = rng.standard_normal((3, 4, 4)).astype(dtype)
        np.testing.assert_array_equal(pool.bprop(dE_dY), maximum.bprop(dE_dY))

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_the_mean_tends_to_the_mean(self, dtype, rng):
        X = rng.standard_normal((3, 8, 8)).astype(dtype)
        average = nn.AvgPool2d(2)
        expected = average.fprop(X)
        for b in (1e-1, 1e-2, 1e-4, 1e-8, 1e-20, 1e-30):
            pool = nn.LogProbPool2d(b, 2, mean=True)
            gap = np.abs(pool.fprop(X) - expected).max()
            assert gap <= b * X.var() * 2 + np.finfo(dtype).eps * 8
        dE_dY = np.ones((3, 4, 4), dtype)
        np.testing.assert_allclose(pool.bprop(dE_dY), average.bprop(dE_dY), rtol=1e-6)

    def test_the_sum_is_more_by_log_n_over_b(self, rng):
        X = rng.standard_normal((1, 6, 6))
        gap = nn.LogProbPool2d(0.1, 3).fprop(X) - nn.LogProbPool2d(0.1, 3, mean=True).fprop(X)
        np.testing.assert_allclose(gap, np.log(9) / 0.1)

    @pytest.mark.parametrize("offset", [-1e30, -1e4, 1e4, 1e30])
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_no_overflow(self, offset, dtype):
        X = np.array([[[0, 1], [2, 3]]], dtype) + dtype(offset)
        pool = nn.LogProbPool2d(10.0, 2)
        np.testing.assert_allclose(pool.fprop(X), [[[X.max()]]], rtol=1e-4)
        assert pool.bprop(np.ones((1, 1, 1), dtype)).sum() == pytest.approx(1)

    @pytest.mark.parametrize("mean", [True, False])
    def test_infinite_pixels(self, mean):
        pool = nn.LogProbPool2d(2.0, 2, mean=mean)
        assert pool.fprop(np.array([[[np.inf, 1], [2, 3]]])) == np.inf
        assert np.isfinite(pool.fprop(np.array([[[-np.inf, 1], [2, 3]]])))

    @pytest.mark.parametrize(
        "b, text",
        [(0, "b should be finite and greater than 0, got 0"), (np.inf, "got inf"), (-1, "got -1")],
    )
    def test_its_limits_are_other_modules(self, b, text):
        with pytest.raises(ValueError, match=text):
            nn.LogProbPool2d(b, 2)


class TestOverFeatures:
    @pytest.mark.parametrize("pool", COLUMN_POOLS, ids=str)
    @pytest.mark.parametrize("shape", [(2, 7, 3, 4), (7, 3, 4), (2, 7), (7,), (0, 7, 3, 4)])
    def test_features_are_pooled_at_each_place_by_itself(self, pool, shape, rng):
        X = rng.standard_normal(shape)
        over = nn.FeaturePool(pool)
        Y = over.fprop(X)
        axis = -1 if len(shape) < 3 else -3
        vectors = np.moveaxis(X, axis, -1)
        expected = np.empty((*vectors.shape[:-1], Y.shape[axis]))
        for place in np.ndindex(vectors.shape[:-1]):  # (1, C, 1): an image with one column
            expected[place] = pool.fprop(vectors[place][None, :, None])[0, :, 0]
        np.testing.assert_allclose(Y, np.moveaxis(expected, -1, axis))
        assert over.bprop(np.ones_like(Y)).shape == shape

    @pytest.mark.parametrize("pool", COLUMN_POOLS, ids=str)
    def test_jacobians(self, pool, rng):
        assert dlcore.gradcheck(nn.FeaturePool(pool), rng.standard_normal((2, 5, 2, 2)))

    def test_a_composite_net_with_both(self, rng):
        net = nn.Sequential(
            nn.Conv2d(1, 6, 3), nn.FeaturePool(nn.LPPool2d(2, (3, 1))), nn.LPPool2d(2, 2)
        )
        assert net.fprop(rng.standard_normal((2, 1, 6, 6), dtype=np.float32)).shape == (2, 2, 2, 2)

    @pytest.mark.parametrize("pool", [nn.MaxPool2d(2), nn.MaxPool2d((2, 1), 2)], ids=str)
    def test_a_window_over_places_is_refused(self, pool):
        with pytest.raises(ValueError, match=r"FeaturePool: expected a window \(n, 1\)"):
            nn.FeaturePool(pool)

    @pytest.mark.parametrize("pool", [nn.ReLU(), 4, nn.MaxPool2d], ids=str)
    def test_only_a_pool_is_a_pool(self, pool):
        with pytest.raises(TypeError, match="FeaturePool: expected a pool such as"):
            nn.FeaturePool(pool)

    def test_too_few_features(self):
        with pytest.raises(dlcore.InputError) as error:
            nn.FeaturePool(nn.MaxPool2d((4, 1)))(np.zeros((2, 3, 5, 5), np.float32))
        text = str(error.value)
        assert "at 'pool' in FeaturePool: expected images of at least 4 x 1" in text

    @pytest.mark.parametrize("shape", [(), (1, 2, 3, 4, 5)])
    def test_other_ranks(self, shape):
        with pytest.raises(
            dlcore.InputError, match=r"\(N, C, H, W\), \(C, H, W\), \(N, C\) or \(C,\)"
        ):
            nn.FeaturePool(nn.MaxPool2d((2, 1)))(np.zeros(shape, np.float32))


@every_pool
def test_one_image_is_a_batch_of_one(pool, rng):
    X = rng.uniform(1, 2, (3, 4, 6))
    Y = pool.fprop(X)
    dE_dX = pool.bprop(Y)
    np.testing.assert_array_equal(pool.fprop(X[None])[0], Y)
    np.testing.assert_array_equal(pool.bprop(Y[None])[0], dE_dX)


@every_pool
def test_a_nan_stays_in_its_window(pool, rng):
    X = rng.uniform(1, 2, (2, 2, 4, 4))
    X[1, 0, 2, 3] = np.nan
    expected = np.zeros((2, 2, 2, 2), bool)
    expected[1, 0, 1, 1] = True
    np.testing.assert_array_equal(np.isnan(pool.fprop(X)), expected)
    outside = ~np.kron(expected, np.ones((2, 2), bool))
    assert np.isfinite(pool.bprop(np.ones((2, 2, 2, 2)))[outside]).all()


@every_pool
def test_layout_of_memory_does_not_matter(pool, rng):
    X = rng.uniform(1, 2, (2, 3, 4, 4))
    Y = pool.fprop(X)
    dE_dX = pool.bprop(Y)
    for axes in ((1, 2, 3, 0), (0, 2, 3, 1), (3, 2, 1, 0)):
        other = X.transpose(axes).copy().transpose(np.argsort(axes))
        np.testing.assert_allclose(pool.fprop(other), Y)
        np.testing.assert_allclose(pool.bprop(Y), dE_dX)


@pytest.mark.parametrize("name", ["max", "avg", "lp"])
def test_the_function_is_the_module(name, torch, rng):
    X = rng.uniform(1, 2, (2, 3, 6, 7))
    options = {"max": (2, 3, 1, 2), "avg": (3, 2, 1, False, False), "lp": (3, 2, 1)}[name]
    got = getattr(F, f"{name}_pool2d")(X, *options)
    expected = getattr(torch.nn.functional, f"{name}_pool2d")(torch.tensor(X), *options)
    np.testing.assert_allclose(got, expected)


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: nn.MaxPool2d(2, ceil_mode=True), NotImplementedError, "ceil_mode=True"),
        (lambda: nn.MaxPool2d(2, return_indices=True), NotImplementedError, "return_indices=True"),
        (lambda: nn.AvgPool2d(2, ceil_mode=True), NotImplementedError, "ceil_mode=True"),
        (lambda: nn.LPPool2d(2, 2, ceil_mode=True), NotImplementedError, "ceil_mode=True"),
        (lambda: nn.MaxPool2d(0), ValueError, "kernel_size should be at least 1, got 0"),
        (lambda: nn.MaxPool2d(2, 0), ValueError, "stride should be at least 1, got 0"),
        (lambda: nn.MaxPool2d(2.0), TypeError, "kernel_size should be an int or a pair of ints"),
        (lambda: nn.MaxPool2d("2"), TypeError, "kernel_size should be an int or a pair of ints"),
        (lambda: nn.MaxPool2d(2, padding=2), ValueError, "at most half of what the window"),
        (lambda: nn.AvgPool2d(3, padding=(1, 2)), ValueError, "at most half of what the window"),
        (lambda: nn.AvgPool2d(3, padding=-1), ValueError, "padding should be at least 0, got -1"),
        (lambda: nn.AvgPool2d(2, divisor_override=0), ValueError, "should be at least 1, got 0"),
        (lambda: nn.LPPool2d(0, 2), ValueError, "norm_type should be finite and greater than 0"),
        (lambda: nn.LPPool2d(np.inf, 2), ValueError, "norm_type should be finite and greater"),
        (lambda: nn.LPPool2d("2", 2), TypeError, "norm_type should be a number, got '2'"),
        (lambda: nn.LogProbPool2d(None, 2), TypeError, "b should be a number, got None"),
    ],
)
def test_options_that_they_do_not_take(make, error, text):
    with pytest.raises(error) as raised:
        make()
    assert text in str(raised.value)


@every_pool
@pytest.mark.parametrize(
    "X, text",
    [
        (np.zeros((8, 8), np.float32), "expected shape (N, C, H, W) or (C, H, W), only N may be 0"),
        (np.zeros((1, 0, 8, 8)), "only N may be 0, got (1, 0, 8, 8)"),
        (np.zeros((2, 3, 1, 5)), "expected images of at least 2 x 2 with their padding, got 1 x 5"),
        (np.zeros((2, 3, 8, 8), np.uint8), "got uint8: convert it, e.g. X.astype(np.float32)"),
        ([[[0.0]]], "expected a NumPy array, got list"),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(np.shape(value)),
)
def test_images_that_they_cannot_take(pool, X, text):
    with pytest.raises(dlcore.InputError) as error:
        pool.fprop(X)
    assert text in str(error.value)
