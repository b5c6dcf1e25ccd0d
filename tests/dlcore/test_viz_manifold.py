"""Points in space, drawn: nothing but turned, and seen from where one stands."""

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from dlcore.viz.manifold import draw_manifold, project, upright

GRID = (8, 3, 2)


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.fixture
def cylinder():
    """Points (48, 3) once around, three levels, two of each."""
    first, second, third = np.indices(GRID).reshape(3, -1)
    angle = 2 * np.pi * first / 8
    return np.c_[np.cos(angle), np.sin(angle), second - 1 + 0.01 * third]


def distances(points):
    return np.linalg.norm(points[:, None] - points, axis=2)


@pytest.mark.parametrize("mirrored", [False, True])
def test_upright_turns_a_cylinder_back_and_changes_no_distance(cylinder, mirrored):
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))
    if (np.linalg.det(turn) < 0) != mirrored:
        turn[:, 0] *= -1
    Z = cylinder @ turn + 5
    found = upright(Z, GRID)
    np.testing.assert_allclose(distances(found), distances(Z), atol=1e-12)
    np.testing.assert_allclose(found, cylinder - cylinder.mean(axis=0), atol=1e-12)
    assert upright(Z.astype(np.float32), GRID).dtype == np.float32


@pytest.mark.parametrize(
    ("turn", "tilt", "right", "up", "near"),
    [
        (0, 0, [1, 0, 0], [0, 0, 1], [0, -1, 0]),
        (90, 0, [0, -1, 0], [0, 0, 1], [-1, 0, 0]),
        (0, 90, [1, 0, 0], [0, 1, 0], [0, 0, 1]),
    ],
)
def test_project_looks_from_where_it_stands(turn, tilt, right, up, near):
    seen = project(np.array([right, up, near], float), turn, tilt)
    np.testing.assert_allclose(seen, [[1, 0, 0], [0, 1, 0], [0, 0, 1]], atol=1e-12)


def test_what_is_near_is_seen_larger():
    near, far = project(np.array([[0.5, -0.8, 0.5], [0.5, 0.8, 0.5]]), 0, 0)
    assert (np.abs(near[:2]) > np.abs(far[:2])).all()


def test_draw_manifold_draws_every_point_the_mesh_and_near_images(cylinder):
    _, ax = plt.subplots()
    images = np.random.default_rng(0).random((*GRID, 4, 4))
    draw_manifold(ax, cylinder, GRID, images=images)
    (cloud,) = ax.collections
    assert len(cloud.get_offsets()) == 48
    assert len(ax.lines) == 3 + 9  # a ring for each level; a line for each angle, first and last
    shown = [image.get_array() for image in ax.images]
    assert 4 <= len(shown) < 3 * 4
    assert all(any((image == one).all() for one in images.reshape(-1, 4, 4)) for image in shown)


@pytest.mark.parametrize(("factor", "count"), list(enumerate(GRID)))
def test_a_factor_gives_a_color_to_each_value(cylinder, factor, count):
    _, ax = plt.subplots()
    draw_manifold(ax, cylinder, GRID, color=factor)
    colors = ax.collections[0].get_facecolors()[:, :3]
    assert len(np.unique(colors.round(6), axis=0)) == count
