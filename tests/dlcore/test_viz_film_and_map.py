"""Film strips and maps of images: every frame in its place, no image on another."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from dlcore import viz

pytestmark = pytest.mark.usefixtures("style")


def test_the_frames_of_a_film_follow_one_another_from_black_to_white():
    strips = np.linspace(0, 1, 2 * 3 * 8 * 8).reshape(2, 3, 8, 8)
    figure = viz.show_film(strips, labels=["first", "second"])
    assert [ax.get_title("left") for ax in figure.axes] == ["first", "second"]
    for ax, strip in zip(figure.axes, strips, strict=True):
        lefts = [image.get_extent()[0] for image in ax.images]
        assert lefts == sorted(lefts) and len(set(lefts)) == 3
        for image, array in zip(ax.images, strip, strict=True):
            np.testing.assert_array_equal(image.get_array(), array)
            assert image.get_clim() == (0, 1)


def test_frames_that_are_not_square_keep_their_shape():
    (ax,) = viz.show_film([np.zeros((2, 16, 8))]).axes
    left, right, bottom, top = ax.images[1].get_extent()
    assert (right - left, top - bottom) == (8, 16) and ax.get_aspect() == 1


def test_an_image_is_placed_where_it_has_room():
    _, ax = plt.subplots(figsize=(2, 2), layout="none")
    ax.set_position([0, 0, 1, 1])  # 144 typographic points wide
    points = np.array([[0.5, 0.5], [0.55, 0.5], [0.5, 0.2], [0.9, 0.5]])
    images = np.arange(4 * 5 * 5.0).reshape(4, 5, 5)
    assert viz.place_images(ax, points, images, width=30) == [0, 2, 3]
    placed = {box.xy: box.offsetbox.get_children()[0] for box in ax.artists}
    assert set(placed) == {(0.5, 0.5), (0.5, 0.2), (0.9, 0.5)}
    np.testing.assert_array_equal(placed[0.5, 0.2].get_array(), images[2])
    assert placed[0.5, 0.2].get_clim() == (0, 99)
