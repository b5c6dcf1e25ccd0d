"""Normalization: what is constant, what is flat, where the border is; whitening and its data."""

import numpy as np
import pytest
from catalog import gaussian_mean
from scipy import ndimage

import dlcore
from dlcore import nn

LOCAL = [nn.SubtractiveNorm, nn.DivisiveNorm, nn.LocalContrastNorm]
every_norm = pytest.mark.parametrize("norm", LOCAL, ids=lambda norm: norm.__name__)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


class TestLocalMean:
    @pytest.mark.parametrize("size, sigma", [(1, 1), (3, 0.5), (5, None), (9, 2), (21, 3)])
    def test_as_defined_pixel_by_pixel(self, size, sigma, torch, rng):
        """Also where the window is larger than the image."""
        X, norm = rng.standard_normal((2, 3, 7, 6)), nn.SubtractiveNorm(size, sigma)
        expected = gaussian_mean(torch, torch.tensor(X), size, size / 4 if sigma is None else sigma)
        np.testing.assert_allclose(norm.local_mean(X), expected)

    def test_inside_it_is_scipys_gaussian_filter(self, rng):
        X, norm = rng.standard_normal((1, 20, 20)), nn.SubtractiveNorm(9, 2)
        inside = np.s_[4:-4, 4:-4]
        expected = ndimage.gaussian_filter(X[0], 2, radius=4)
        np.testing.assert_allclose(norm.local_mean(X)[0][inside], expected[inside])

    @pytest.mark.parametrize("n", [1, 3, 30])
    def test_each_window_sums_to_one(self, n):
        windows = nn.SubtractiveNorm(9).windows(n, np.float64)
        np.testing.assert_allclose(windows.sum(axis=1), np.ones(n))
        assert (windows[np.abs(np.subtract.outer(range(n), range(n))) > 4] == 0).all()


class TestSubtractive:
    @both_dtypes
    @pytest.mark.parametrize("constant", [0.1, -7.3, 1e-30, 1e30])
    def test_a_constant_image_gives_exactly_zero(self, constant, dtype):
        X = np.full((2, 3, 12, 11), constant, dtype)
        np.testing.assert_array_equal(nn.SubtractiveNorm().fprop(X), np.zeros_like(X))

    def test_an_offset_changes_nothing(self, rng):
        X, norm = rng.standard_normal((3, 9, 8)), nn.SubtractiveNorm(5)
        np.testing.assert_allclose(norm.fprop(X + 100), norm.fprop(X), atol=1e-12)

    def test_it_is_linear_and_its_jacobian_says_so(self, rng):
        """dY/dX = I - M, the same at every X, and the rows of it sum to 0."""
        norm = nn.SubtractiveNorm(3)
        J = dlcore.jacobians(norm, rng.standard_normal((2, 3, 4)))[0]
        np.testing.assert_allclose(J, dlcore.jacobians(norm, rng.standard_normal((2, 3, 4)))[0])
        np.testing.assert_allclose(J.sum(axis=1), np.zeros(24), atol=1e-12)


class TestDivisive:
    def test_the_formula(self, torch, rng):
        X = rng.standard_normal((2, 3, 8, 7))
        S = np.sqrt(gaussian_mean(torch, torch.tensor(X**2), 5, 1.25).numpy())
        c = S.mean(axis=(2, 3), keepdims=True)
        np.testing.assert_allclose(nn.DivisiveNorm(5).fprop(X), X / np.maximum(c, S))

    def test_where_the_contrast_is_low_the_mean_contrast_divides(self, rng):
        """Noise in a flat half stays small, instead of being blown up to the size of the rest."""
        X = rng.standard_normal((1, 16, 32))
        X[..., 16:] *= 1e-3
        Y = nn.DivisiveNorm(5).fprop(X)
        assert 0.5 < Y[..., :12].std() < 2
        assert Y[..., 20:].std() < 5e-3

    @both_dtypes
    @pytest.mark.parametrize("size", [1e-30, 1e-10, 1e10, 1e30])
    def test_contrast_of_any_size_is_the_same(self, size, dtype, rng):
        X = rng.standard_normal((2, 3, 8, 7)).astype(dtype)
        norm = nn.DivisiveNorm(5)
        Y = norm.fprop(X)
        dE_dX = norm.bprop(Y)
        np.testing.assert_allclose(norm.fprop(X * dtype(size)), Y, rtol=1e-5)
        np.testing.assert_allclose(
            norm.bprop(Y) * dtype(size),
            dE_dX,
            rtol=1e-3,
            atol=1e-5 if dtype == np.float32 else 1e-12,
        )

    def test_no_gradient_along_the_size(self, rng):
        """Y does not change when X is scaled, so dE/dX is orthogonal to X."""
        X, norm = rng.standard_normal((1, 2, 6, 5)), nn.DivisiveNorm(3)
        norm.fprop(X)
        dE_dX = norm.bprop(rng.standard_normal(X.shape))
        assert np.abs(dE_dX).max() > 0.1
        assert np.vdot(X, dE_dX) == pytest.approx(0, abs=1e-12)

    def test_a_flat_window_in_an_image(self, rng):
        """S = 0 there: no division by it, forward or back."""
        X, norm = np.zeros((1, 12, 12)), nn.DivisiveNorm(3)
        X[0, :4, :4] = rng.standard_normal((4, 4))
        Y = norm.fprop(X)
        assert np.isfinite(Y).all() and np.isfinite(norm.bprop(np.ones_like(X))).all()
        np.testing.assert_array_equal(Y[0, 8:, 8:], 0)

    def test_jacobian_with_flat_windows(self, rng):
        """Zeros that stay zeros: the numerical Jacobian only of the pixels that are not."""
        window, norm = rng.standard_normal((1, 3, 3)), nn.DivisiveNorm(3)

        def fprop(pixels):
            X = np.zeros((1, 8, 8))
            X[:, :3, :3] = pixels
            return norm.fprop(X)

        J = dlcore.numerical_jacobian(fprop, window)
        fprop(window)
        dE_dY = rng.standard_normal((1, 8, 8))
        np.testing.assert_allclose(
            norm.bprop(dE_dY)[:, :3, :3].ravel(), dE_dY.ravel() @ J, rtol=1e-6, atol=1e-8
        )


@every_norm
@both_dtypes
@pytest.mark.parametrize("constant", [0, 0.1, -1e30])
def test_a_constant_image_is_finite_forward_and_back(norm, dtype, constant):
    X = np.full((2, 3, 12, 11), constant, dtype)
    norm = norm()
    Y = norm.fprop(X)
    assert np.isfinite(Y).all() and Y.dtype == dtype
    if not isinstance(norm, nn.DivisiveNorm) or constant == 0:
        np.testing.assert_array_equal(Y, np.zeros_like(X))
    dE_dX = norm.bprop(np.ones_like(X))
    assert np.isfinite(dE_dX).all() and dE_dX.dtype == dtype


@every_norm
def test_jacobians_of_one_image(norm, rng):
    assert dlcore.gradcheck(norm(3, sigma=1.5), rng.standard_normal((2, 4, 5)))


@every_norm
def test_a_nan_stays_in_its_image(norm, rng):
    X = rng.standard_normal((3, 2, 6, 7))
    X[1, 0, 2, 3] = np.nan
    norm = norm(3)
    Y = norm.fprop(X)
    assert np.isfinite(Y[[0, 2]]).all() and np.isnan(Y[1, 0, 2, 3])
    assert np.isfinite(norm.bprop(np.ones_like(X))[[0, 2]]).all()


def test_local_contrast_is_subtract_then_divide(rng):
    X = rng.standard_normal((2, 3, 9, 8))
    both = nn.Sequential(nn.SubtractiveNorm(5, 1), nn.DivisiveNorm(5, 1))
    np.testing.assert_array_equal(nn.LocalContrastNorm(5, 1).fprop(X), both.fprop(X))


def test_contrast_and_brightness_are_gone(rng):
    """What it is for (L22): an image under another light comes out the same."""
    X, norm = rng.standard_normal((1, 20, 20)), nn.LocalContrastNorm()
    np.testing.assert_allclose(norm.fprop(0.2 * X + 3), norm.fprop(X), atol=1e-10)


@every_norm
@pytest.mark.parametrize(
    "options, error, text",
    [
        ({"size": 4}, ValueError, "size should be odd, got 4"),
        ({"size": 0}, ValueError, "size should be at least 1, got 0"),
        ({"size": 3.0}, TypeError, "size should be an int, got 3.0"),
        ({"sigma": 0}, ValueError, "sigma should be finite and greater than 0, got 0"),
        ({"sigma": "1"}, TypeError, "sigma should be a number, got '1'"),
    ],
)
def test_options_that_they_do_not_take(norm, options, error, text):
    with pytest.raises(error, match=text):
        norm(**options)


@every_norm
@pytest.mark.parametrize(
    "X, text",
    [
        (np.zeros((8, 8)), "expected shape (N, C, H, W) or (C, H, W), only N may be 0, got (8, 8)"),
        (np.zeros((2, 0, 8, 8)), "only N may be 0, got (2, 0, 8, 8)"),
        (np.zeros((2, 3, 8, 8), np.uint8), "got uint8: convert it, e.g. X.astype(np.float32)"),
    ],
    ids=["rank", "no features", "integers"],
)
def test_images_that_they_cannot_take(norm, X, text):
    with pytest.raises(dlcore.InputError) as error:
        norm().fprop(X)
    assert text in str(error.value)


@pytest.fixture
def data(rng):
    """Correlated, off center, of variances from 0.01 to 100."""
    return rng.standard_normal((500, 5)) @ rng.standard_normal((5, 5)) * [0.1, 1, 1, 3, 10] + 7


def covariance(Y):
    return np.cov(Y, rowvar=False, bias=True)


class TestWhitening:
    @both_dtypes
    @pytest.mark.parametrize("kind", ["pca", "zca"])
    def test_fitted_data_have_the_identity_as_covariance(self, kind, dtype, data):
        Y = nn.Whitening(5, kind, eps=0).fit(data.astype(dtype)).fprop(data.astype(dtype))
        assert Y.dtype == dtype
        atol = 1e-3 if dtype == np.float32 else 1e-10
        np.testing.assert_allclose(covariance(Y), np.eye(5), atol=atol)
        np.testing.assert_allclose(Y.mean(axis=0), np.zeros(5), atol=atol)

    def test_eps_shrinks_the_variances(self, data):
        Y = nn.Whitening(5, "pca", eps=0.5).fit(data).fprop(data)
        v = np.linalg.eigvalsh(covariance(data))[::-1]
        np.testing.assert_allclose(covariance(Y), np.diag(v / (v + 0.5)), atol=1e-10)

    def test_pca_is_scikit_learns(self, data):
        decomposition = pytest.importorskip("sklearn.decomposition")
        theirs = decomposition.PCA(2, whiten=True).fit_transform(data)
        theirs *= np.sqrt(len(data) / (len(data) - 1))  # it divides by N - 1
        ours = nn.Whitening(5, "pca", n_components=2, eps=0).fit(data).fprop(data)
        np.testing.assert_allclose(np.abs(ours), np.abs(theirs), rtol=1e-6, atol=1e-8)

    def test_zca_is_the_symmetric_root(self, data):
        W = nn.Whitening(5, "zca", eps=0).fit(data).weight
        np.testing.assert_allclose(W, W.T, atol=1e-12)
        assert (np.linalg.eigvalsh(W) > 0).all()
        np.testing.assert_allclose(W @ covariance(data) @ W, np.eye(5), atol=1e-10)

    def test_zca_leaves_white_data_as_they_are(self, rng):
        X = rng.standard_normal((50, 3))
        X = nn.Whitening(3, "pca", eps=0).fit(X).fprop(X)
        np.testing.assert_allclose(nn.Whitening(3, "zca", eps=0).fit(X).fprop(X), X, atol=1e-12)

    def test_the_signs_are_fixed(self, data):
        W = nn.Whitening(5, "pca").fit(data).weight
        assert (W[np.arange(5), np.abs(W).argmax(axis=1)] > 0).all()
        np.testing.assert_allclose(nn.Whitening(5, "pca").fit(data[::-1]).weight, W)

    @pytest.mark.parametrize("kind", ["pca", "zca"])
    def test_inverse(self, kind, data):
        module = nn.Whitening(5, kind, eps=0.1).fit(data)
        np.testing.assert_allclose(module.inverse(module.fprop(data)), data)

    def test_inverse_of_fewer_components_is_the_projection(self, data):
        module = nn.Whitening(5, "pca", n_components=4).fit(data)
        X = module.inverse(module.fprop(data))
        lost = np.mean((X - data) ** 2, axis=0).sum()
        assert lost == pytest.approx(np.linalg.eigvalsh(covariance(data))[0])

    def test_data_of_lower_rank(self, rng):
        """Two directions of five: finite with an eps, refused without, fine with two components."""
        X = rng.standard_normal((40, 2)) @ rng.standard_normal((2, 5))
        for kind in ("pca", "zca"):
            Y = nn.Whitening(5, kind).fit(X).fprop(X)
            variances = np.linalg.eigvalsh(covariance(Y))
            np.testing.assert_allclose(variances, [0, 0, 0, 1, 1], atol=1e-4)
            with pytest.raises(
                ValueError, match="the data vary in 2 directions, not in 5: give an"
            ):
                nn.Whitening(5, kind, eps=0).fit(X)
        Y = nn.Whitening(5, "pca", n_components=2, eps=0).fit(X).fprop(X)
        np.testing.assert_allclose(covariance(Y), np.eye(2), atol=1e-10)

    def test_more_features_than_samples(self, rng):
        X = rng.standard_normal((4, 10))
        assert np.isfinite(nn.Whitening(10).fit(X).fprop(X)).all()

    def test_variances_that_rounding_makes_negative(self, rng):
        """Of data this large the 18 that are 0 come out as far from it as 1, to either side."""
        X = 1e8 * rng.standard_normal((40, 2)) @ rng.standard_normal((2, 20))
        Y = nn.Whitening(20).fit(X).fprop(X)
        np.testing.assert_allclose(np.linalg.eigvalsh(covariance(Y))[-2:], [1, 1], rtol=1e-3)

    def test_a_constant_feature(self, rng):
        X = np.column_stack([rng.standard_normal(30), np.full(30, 7.0)])
        Y = nn.Whitening(2).fit(X).fprop(X)
        np.testing.assert_allclose(Y[:, 1], np.zeros(30), atol=1e-10)

    def test_one_sample_as_a_vector(self, data):
        module = nn.Whitening(5).fit(data)
        np.testing.assert_allclose(module.fprop(data[0]), module.fprop(data)[0])

    def test_a_nan_stays_in_its_sample(self, data):
        module = nn.Whitening(5).fit(data)
        X = data[:3].copy()
        X[1, 2] = np.nan
        np.testing.assert_array_equal(np.isnan(module.fprop(X)).all(axis=1), [False, True, False])

    def test_it_has_nothing_to_train_and_something_to_save(self, data):
        fitted, fresh = nn.Whitening(5, "pca", 3).fit(data).float(), nn.Whitening(5, "pca", 3)
        assert list(fitted.parameters()) == [] and fitted.state_dict().keys() == {"mean", "weight"}
        fresh.load_state_dict(fitted.state_dict())
        X = data.astype(np.float32)
        np.testing.assert_array_equal(fresh.fprop(X), fitted.fprop(X))

    def test_fit_gives_it_back_and_leaves_the_data_alone(self, data):
        module, before = nn.Whitening(5), data.copy()
        assert module.fit(data) is module
        np.testing.assert_array_equal(data, before)

    def test_in_a_net_the_gradient_goes_through(self, data):
        net = nn.Sequential(nn.Whitening(5).fit(data), nn.Linear(5, 2).double())
        assert dlcore.gradcheck(net, data[:3])

    @pytest.mark.parametrize("use", ["fprop", "inverse", "__call__"])
    def test_before_fit(self, use):
        with pytest.raises(RuntimeError, match=r"Whitening\(5, .*\): not fitted; call fit\(X\)"):
            getattr(nn.Whitening(5), use)(np.zeros((2, 5), np.float32))

    @pytest.mark.parametrize(
        "X, text",
        [
            (np.zeros((9, 4)), "expected shape (N, 5), got (9, 4)"),
            (np.zeros(5), "expected shape (N, 5), got (5,)"),
            (np.zeros((1, 5)), "expected at least 2 samples of finite numbers, got shape (1, 5)"),
            (np.full((9, 5), np.nan), "expected at least 2 samples of finite numbers"),
            (np.zeros((9, 5), int), "got int64: convert it, e.g. X.astype(np.float32)"),
        ],
        ids=["features", "rank", "samples", "nan", "integers"],
    )
    def test_data_that_it_cannot_fit(self, X, text):
        with pytest.raises(dlcore.InputError) as error:
            nn.Whitening(5).fit(X)
        assert text in str(error.value)

    def test_the_dtype_of_the_data_is_the_dtype_it_takes(self, data):
        with pytest.raises(dlcore.InputError, match="expected float64 numbers, got float32"):
            nn.Whitening(5).fit(data).fprop(data.astype(np.float32))

    @pytest.mark.parametrize(
        "options, error, text",
        [
            ({"kind": "ica"}, ValueError, "kind is 'pca' or 'zca', got 'ica'"),
            ({"n_features": 0}, ValueError, "n_features should be at least 1, got 0"),
            ({"kind": "pca", "n_components": 6}, ValueError, "at most 5, got 6 for 'pca'"),
            ({"n_components": 2}, ValueError, "n_components is for kind='pca'"),
            ({"kind": "pca", "n_components": 2.0}, TypeError, "n_components should be an int"),
            ({"eps": -1}, ValueError, "eps should not be negative, got -1"),
            ({"eps": None}, TypeError, "eps should be a number, got None"),
        ],
    )
    def test_options_that_it_does_not_take(self, options, error, text):
        with pytest.raises(error, match=text):
            nn.Whitening(**({"n_features": 5} | options))


@pytest.mark.parametrize("place", [(0, 0), (3, 5)])
def test_one_bright_pixel_moves_no_pixel_far_away(place):
    """Also where it is the one that is taken off everywhere."""
    X = np.random.default_rng(0).standard_normal((1, 1, 24, 24)).astype(np.float32)
    bright = X.copy()
    bright[0, 0, *place] = 1e8
    norm = nn.SubtractiveNorm(5)
    far = norm.fprop(bright)[..., 12:, 12:], norm.fprop(X)[..., 12:, 12:]
    np.testing.assert_allclose(*far, atol=1e-6)
