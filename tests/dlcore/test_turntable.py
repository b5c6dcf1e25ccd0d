"""The rendered airplane: each factor does what it says, and nothing else."""

import numpy as np
import pytest

from dlcore import data


@pytest.fixture(scope="module")
def views():
    return data.turntable()


def test_shapes_dtypes_ranges_and_units(views):
    images, azimuths, elevations, lights = views
    assert images.shape == (18, 9, 6, 32, 32) and images.dtype == np.float32
    assert images.min() == 0 and 0.9 < images.max() <= 1
    assert azimuths.tolist() == list(range(0, 360, 20))
    assert elevations.tolist() == list(range(30, 71, 5))
    assert lights.tolist() == list(range(0, 360, 60))
    assert repr(views).startswith("Views(images: float32 (18, 9, 6, 32, 32), azimuths: ")


def test_each_view_is_what_render_gives_for_its_angles(views):
    for i, j, k in [(0, 0, 0), (5, 8, 3), (17, 2, 5)]:
        alone = data.render(views.azimuths[i], views.elevations[j], views.lights[k])
        np.testing.assert_array_equal(alone, views.images[i, j, k])


def test_no_view_occurs_twice_and_none_is_cut_off(views):
    images = views.images.reshape(-1, 32, 32)
    assert len(np.unique(images, axis=0)) == 972
    edge = np.ones((32, 32), bool)
    edge[1:-1, 1:-1] = False
    assert not images[:, edge].any()


def test_every_call_gives_new_arrays(views):
    for array in data.turntable():
        array[...] = 7
    for before, after in zip(views, data.turntable(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_azimuth_and_light_are_periodic():
    here = data.render([10, 130], 40, 75)
    np.testing.assert_allclose(data.render([370, -230], 40, 75), here, atol=1e-6)
    np.testing.assert_allclose(data.render([10, 130], 40, -285), here, atol=1e-6)


def test_light_changes_the_shading_but_not_the_silhouette(views):
    silhouettes = views.images > 0
    assert (silhouettes == silhouettes[:, :, :1]).all()
    shading = np.abs(np.diff(views.images, axis=2)).mean(axis=(2, 3, 4))
    assert shading.min() > 0.01


@pytest.mark.parametrize("angle, axis, bright", [(0, 1, 1), (180, 1, 0), (90, 0, 0), (270, 0, 1)])
def test_the_light_comes_from_where_its_angle_says(angle, axis, bright):
    """From straight above, the halves of the fuselage are lit like the halves of a tube."""
    azimuth = 0 if axis == 1 else 90  # the fuselage upright in the image, or lying
    image = data.render(azimuth, 90, angle, size=64)
    tube = image[:, 29:35] if axis == 1 else image[29:35]
    halves = [half.mean() for half in np.split(tube, 2, axis=axis)]
    assert np.argmax(halves) == bright


def test_the_airplane_is_its_own_mirror_image():
    left, right = data.render([50, -50], 35, [20, 160])
    np.testing.assert_allclose(left, right[:, ::-1], atol=1e-6)


def test_at_azimuth_0_the_camera_looks_at_the_nose():
    head_on = data.render(0, 0, 90, size=64)
    rows = np.flatnonzero(head_on.any(axis=1))
    columns = np.flatnonzero(head_on.any(axis=0))
    assert np.ptp(columns) > 2.5 * np.ptp(rows)
    from_above = data.render(0, 90, 90, size=64) > 0
    assert from_above[:16].sum() > 1.2 * from_above[-16:].sum(), "the tail is up, the nose down"


def test_it_goes_around_against_the_clock_and_is_no_mirror_image():
    """A quarter on, seen level: the nose points to the left, the fin stands on the right."""
    seen = data.render(90, 0, 90) > 0
    top = np.flatnonzero(seen.any(axis=1))[0]
    assert np.flatnonzero(seen[top]).min() > 20


def test_what_the_light_does_not_reach_has_one_gray():
    image = data.render(0, 90, 0, size=96)
    assert np.isclose(image, 0.15).sum() > 50


def test_more_elevation_shows_more_of_the_wings():
    seen = (data.render(0, np.arange(0, 91, 15), 90) > 0).sum(axis=(1, 2))
    assert (np.diff(seen) > 0).all()


def test_a_pixel_is_the_mean_of_its_rays():
    """So a small image is a large one, averaged: nothing hangs on the size but detail."""
    small, large = data.render(70, 50, 30), data.render(70, 50, 30, size=96)
    np.testing.assert_allclose(large.reshape(32, 3, 32, 3).mean(axis=(1, 3)), small, atol=0.15)
    assert abs(large.mean() - small.mean()) < 0.002


def test_a_small_turn_is_a_small_change():
    """The images of a turning airplane lie on a curve, at a scale of a degree."""
    images = data.render(np.arange(0, 8), 50, 90).reshape(8, -1)
    steps = np.linalg.norm(images - images[0], axis=1)
    assert (np.diff(steps) > 0).all()


def test_angles_broadcast():
    assert data.render(0, 45, 0).shape == (32, 32)
    assert data.render(np.zeros((4, 1)), [30, 60], 0, size=8).shape == (4, 2, 8, 8)
    assert data.render([], 45, 0).shape == (0, 32, 32)
    together = data.render([10, 200, 10], [30, 50, 30], [0, 100, 200], size=8)
    for image, angles in zip(together, [(10, 30, 0), (200, 50, 100), (10, 30, 200)], strict=True):
        np.testing.assert_array_equal(image, data.render(*angles, size=8))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((np.zeros(3), np.zeros(2), 0), "do not broadcast|could not be broadcast|shape mismatch"),
        ((np.nan, 45, 0), "finite angles in degrees"),
        ((0, 45, np.inf), "finite angles in degrees"),
        ((0, 45, 0, 0), "at least 1 pixel, got 0"),
    ],
)
def test_what_cannot_be_rendered_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        data.render(*arguments)
