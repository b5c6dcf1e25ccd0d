"""The pictures: what is drawn is what was given."""

import numpy as np
import pytest

from dlcore import nn, viz

pytestmark = pytest.mark.usefixtures("style")


class WithCost(nn.Module):
    def __init__(self, net):
        self.net, self.cost = net, nn.SquaredDistance()

    def forward(self, X, Y):
        return self.cost(self.net(X), Y)


class Residual(nn.Module):
    def forward(self, X):
        return X + nn.ReLU()(X)


class Mean(nn.Module):
    def fprop(self, X):
        return X.mean()

    def bprop(self, dE_dY):
        raise NotImplementedError


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_the_cascade_shows_every_step_with_its_size():
    net = WithCost(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)))
    shown = texts(viz.draw_cascade(net, np.zeros(4, np.float32), np.zeros(2, np.float32)))
    assert [t for t in shown if t.startswith("$X")] == [
        "$X_{0}$\n4",
        "$X_{1}$\n3",
        "$X_{2}$\n3",
        "$X_{3}$\n2",
    ]
    assert [t for t in shown if t[0].isalpha() and len(t) > 1] == [
        "Linear",
        "ReLU",
        "Linear",
        "Squared\nDistance",
    ]
    assert [t for t in shown if "parameters" in t] == ["15\nparameters", "8\nparameters"]
    assert shown.count("$E$") == 1 and shown.count("1") == 1


def test_the_last_state_of_a_net_without_cost_is_a_state():
    shown = texts(viz.draw_cascade(nn.Sequential(nn.Linear(4, 3)), np.zeros((2, 4), np.float32)))
    assert "$X_{1}$\n2 × 3" in shown and "$E$" not in shown


def test_the_cascade_forward_says_what_each_step_computes_from_what():
    net = WithCost(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2, bias=False)))
    X, Y = np.zeros((5, 4), np.float32), np.zeros((5, 2), np.float32)
    ax = viz.draw_cascade(net, X, Y, gradients=False)
    shown = texts(ax)
    assert [t for t in shown if "=" in t] == [
        "$X_{1} = F_{1}(X_{0}, W_{1})$",
        "$X_{2} = F_{2}(X_{1})$",
        "$X_{3} = F_{3}(X_{2}, W_{3})$",
        "$E = C(X_{3}, Y)$",
    ]
    below = {t.get_text(): t.get_position()[0] for t in ax.texts if t.get_text()}
    assert below["$W_{1}$\n3 × 4, 3"] == 0.5
    assert below["$W_{3}$\n2 × 3"] == 2.5
    assert below["$Y$\n5 × 2"] == 3.5
    assert shown.count("$E$") == 1 and not any("partial" in t or "parameters" in t for t in shown)


def test_a_cost_without_target_has_nothing_from_below():
    shown = texts(viz.draw_cascade(Mean(), np.ones(3, np.float32), gradients=False))
    assert "$E = C(X_{0})$" in shown and not any(t.startswith("$Y$") for t in shown)


def test_a_net_that_is_no_cascade_is_refused():
    with pytest.raises(ValueError, match="no cascade"):
        viz.draw_cascade(Residual(), np.ones(3, np.float32))


def test_images_share_one_scale_and_keep_their_order():
    images = np.arange(2 * 3 * 4 * 4, dtype=np.float32).reshape(2, 3, 4, 4)
    figure = viz.show_images(images, titles=["a", "b", "c"], labels=["first", "second"])
    drawn = [ax.images[0] for ax in figure.axes]
    assert len(drawn) == 6
    for image, array in zip(drawn, images.reshape(6, 4, 4), strict=True):
        np.testing.assert_array_equal(image.get_array(), array)
        assert image.get_clim() == (0, 95)
    assert [ax.get_title() for ax in figure.axes[:3]] == ["a", "b", "c"]
    assert figure.axes[3].get_ylabel() == "second"


def test_signed_images_have_zero_in_the_middle_of_each_rows_scale():
    rows = [np.array([[[0.0, -2.0]]]), np.zeros((1, 1, 2))]
    limits = [ax.images[0].get_clim() for ax in viz.show_images(rows, signed=True).axes]
    assert limits == [(-2, 2), (-1, 1)]
