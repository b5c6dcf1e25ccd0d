"""Products of Jacobians: what is drawn is what was given, every matrix to the same scale."""

from itertools import pairwise

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from dlcore.viz.jacobians import draw_product


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def cells(image):
    """Width and height of one cell."""
    left, right, bottom, top = image.get_extent()
    rows, columns = image.get_array().shape
    return (right - left) / columns, (top - bottom) / rows


@pytest.mark.parametrize("sizes", [(1, 2, 3, 3, 2), (1, 10, 32, 64), (1, 1, 500)])
def test_every_matrix_has_its_numbers_and_the_same_square_cells(sizes):
    rng = np.random.default_rng(0)
    factors = [rng.standard_normal(shape) for shape in pairwise(sizes)]
    parts = [part for i, J in enumerate(factors) for part in ("·", (f"J{i}", J))][1:]
    ax = draw_product(*parts)
    size = cells(ax.images[0])[0]
    for image, J in zip(ax.images, factors, strict=True):
        np.testing.assert_array_equal(image.get_array(), J)
        np.testing.assert_allclose(cells(image), size)
        assert image.get_clim() == (-np.abs(J).max(), np.abs(J).max())
    edges = [edge for image in ax.images for edge in image.get_extent()[:2]]
    assert edges == sorted(edges)  # none overlaps its neighbor
    assert ax.get_xlim()[0] < edges[0] and edges[-1] < ax.get_xlim()[1] < 7.1


def test_labels_signs_sizes_and_numbers_are_written():
    row, J = np.array([[0.5, -2.0]]), np.array([[0.0, 1.25, -0.004], [3, 0, 1]])
    ax = draw_product(("g", row), "·", ("J", J), numbers=True)
    written = [text.get_text() for text in ax.texts]
    for text in ("g", "J", "·", "1 × 2", "2 × 3", "0.50", "−2", "1.25", "0.00", "3"):
        assert text in written
    assert written.count("0") == 2
    assert [t.get_text() for t in draw_product(("g", row)).texts] == ["g", "1 × 2"]


def test_a_matrix_of_zeros_is_white():
    assert draw_product(("0", np.zeros((2, 2)))).images[0].get_clim() == (-1, 1)


@pytest.mark.parametrize("array", [np.ones(3), np.ones((2, 2, 2)), 1.0])
def test_what_is_no_matrix_is_refused(array):
    with pytest.raises(ValueError, match=r"expected matrices, got an array of \("):
        draw_product(("J", array))


def test_no_minus_before_a_zero():
    ax = draw_product(("J", np.array([[-0.0, -0.001, -2.0, 0.5]])), numbers=True)
    assert [t.get_text() for t in ax.texts[2:]] == ["0", "0.00", "−2", "0.50"]
