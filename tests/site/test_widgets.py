"""The pictures that move: the same numbers as dlcore, by keyboard, and still where nothing runs."""

import base64
import io
import re
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image

from dlcore import jacobians, nn, optim, tensor
from dlcore.viz.manifold import project
from dlcore.viz.widgets import Descent, Embedding, GradientFlow, Zoo
from dlcore.viz.widgets.descent import descend
from dlcore.viz.widgets.picture import FOLDER
from dlcore.viz.widgets.zoo import modules
from tools.browser import open_page, visiting


def small_net():
    net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    return net, np.array([1.0, -0.5]), np.array([0.5]), nn.SquaredDistance()


def small_cloud():
    rng = np.random.default_rng(0)
    factors = {"turn": ["a", "b", "c", "d"], "rise": ["low", "high"], "light": ["left", "right"]}
    return rng.standard_normal((16, 3)), rng.random((4, 2, 2, 5, 5)), factors


def numbers(mathml):
    return [
        float(text.replace("−", "-")) for text in re.findall("<mn>([−.0-9]+[.][0-9]+)<", mathml)
    ]


def test_a_widget_prints_no_address():
    assert repr(Descent()) == "Descent()"
    assert repr(GradientFlow(*small_net())) == "GradientFlow()"
    assert repr(Embedding(*small_cloud())) == "Embedding()"
    assert repr(Zoo()) == "Zoo()"


def test_gradient_flow_shows_the_numbers_of_the_tape():
    net, x, y, cost = small_net()
    steps = GradientFlow(net, x, y, cost).steps
    assert all(W.grad is None for W in net.parameters())
    X = tensor(x, requires_grad=True)
    C = cost(net(X), y)
    C.backward()
    assert len(steps) == 1 + 2 * 4
    assert numbers(steps[4]["formula"]) == [round(C.item(), 2)]
    first = net[0]
    shown = numbers(steps[8]["formula"])
    expected = np.concatenate([X.grad, first.bias.grad, x, first.weight.grad.ravel()])
    np.testing.assert_allclose(shown[-len(expected) :], expected, atol=0.0051)


@pytest.mark.parametrize(
    ("net", "size", "says"),
    [
        (nn.Sequential(nn.Linear(5, 1)), 5, "at most 4 numbers"),
        (nn.Sequential(nn.Linear(2, 1), nn.View(1, 1)), 2, "point-wise module, got View"),
    ],
)
def test_gradient_flow_refuses_what_it_cannot_draw(net, size, says):
    with pytest.raises(ValueError, match=says):
        GradientFlow(net, np.ones(size, "f"), np.ones(1, "f"), nn.SquaredDistance())


def test_descent_refuses_a_kappa_below_one():
    with pytest.raises(ValueError, match=r"at least 1, got 0\.5"):
        Descent(kappa=0.5)


@pytest.mark.parametrize(
    ("kappa", "lr", "momentum"),
    [
        (25, 2 / 26, 0.0),
        (25, 4 / 36, (4 / 6) ** 2),
        (25, 0.09, 0.0),  # diverges
        (100, 0.001, 0.99),
        (1, 0.0001, 0.0),  # not there after 2000 steps
    ],
)
def test_the_page_descends_as_sgd_does(chromium, kappa, lr, momentum):
    path = descend(kappa, lr, momentum)
    with visiting(chromium[0]) as (page, _, _):
        found = page.evaluate(
            """async ([source, ...settings]) => {
                const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
                return (await import(url)).descend(...settings).path;
            }""",
            [(FOLDER / "descent.js").read_text(), kappa, lr, momentum],
        )
    assert len(found) == len(path)
    np.testing.assert_allclose(found, path, rtol=1e-9, atol=1e-12)


def test_descend_takes_the_steps_of_sgd():
    theta = tensor(np.ones(2), requires_grad=True)
    sgd = optim.SGD([theta], lr=0.05, momentum=0.5)
    for expected in descend(10, 0.05, 0.5)[1:]:
        theta.grad = np.array([1, 10]) * theta.data
        sgd.step()
        np.testing.assert_array_equal(theta.data, expected)


def test_embedding_keeps_the_points_and_the_images():
    Z, images, factors = small_cloud()
    cloud = Embedding(Z, images, factors)
    centered = Z - Z.mean(axis=0)
    found = np.reshape(cloud.points, (16, 3)) / 1000
    np.testing.assert_allclose(found, centered / np.abs(centered).max(), atol=0.0006)
    sprite = Image.open(io.BytesIO(base64.b64decode(unquote(cloud.sprite.partition(",")[2]))))
    grays = np.asarray(sprite.convert("L")) / 255
    assert grays.shape == (4 * 5, 2 * 2 * 5)  # a row for each value of the first factor
    for i, j, k in np.ndindex(4, 2, 2):
        column = 5 * (2 * j + k)
        tile = grays[5 * i : 5 * i + 5, column : column + 5]
        np.testing.assert_allclose(tile, images[i, j, k], atol=1 / 28)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda Z, images, factors: (Z[:5], images, factors), r"points of shape \(16, 3\)"),
        (lambda Z, images, factors: (Z, images[0], factors), r"grid of three factors, \(4, 2, 2\)"),
        (lambda Z, images, factors: (Z, images, {"turn": ["a"]}), "grid of three factors"),
    ],
)
def test_embedding_refuses_what_does_not_fit(change, says):
    with pytest.raises(ValueError, match=says):
        Embedding(*change(*small_cloud()))


def test_the_page_projects_as_python_does(chromium):
    points = np.random.default_rng(0).uniform(-1, 1, (20, 3))
    with visiting(chromium[0]) as (page, _, _):
        found = page.evaluate(
            """async ([source, points, turn, tilt]) => {
                const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
                const { project } = await import(url);
                return points.map((point) => project(point, turn, tilt));
            }""",
            [(FOLDER / "embedding.js").read_text(), points.tolist(), 200, 35],
        )
    expected = [240, 220, 0] + np.array([185, -185, 1]) * project(points, 200, 35)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("name", modules())
def test_the_page_sends_back_as_the_modules_do(chromium, name):
    rng = np.random.default_rng(0)
    inputs = [*rng.uniform(-3, 3, (10, 3)), np.zeros(3), np.full(3, 0.5), np.array([1.0, 2, 2])]
    g = np.array([1.0, -2, 0.5])
    with visiting(chromium[0]) as (page, _, _):
        found = page.evaluate(
            """async ([source, name, inputs, g, weight]) => {
                const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
                const { send } = await import(url);
                return inputs.map((x) => send(name, x, g, weight));
            }""",
            [
                (FOLDER / "zoo.js").read_text(),
                name,
                [x.tolist() for x in inputs],
                g.tolist(),
                Zoo().weight,
            ],
        )
    module = modules()[name]
    for x, shown in zip(inputs, found, strict=True):
        J = jacobians(module, x)[0]
        np.testing.assert_allclose(shown["y"], module.fprop(x), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(shown["J"], J, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(shown["out"], g[: len(J)] @ J, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", modules())
def test_the_zoo_standing_still_shows_the_numbers_of_the_module(name):
    x, g = np.array([1.0, -0.5, 2.0]), np.array([1.0, 2.0, 3.0])
    module = modules()[name]
    J = jacobians(module, x)[0]
    expected = [*x, *module.fprop(x), *g[: len(J)], *J.ravel(), *(g[: len(J)] @ J)]
    cells = re.findall(
        'class="cell".*?<text[^>]*>([−.0-9]+)<', Zoo(name, x=(1.0, -0.5, 2.0)).drawing
    )
    shown = [float(text.replace("−", "-")) for text in cells]
    np.testing.assert_allclose(shown, expected, atol=0.0051)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"module": "Dropout"}, "one of Linear, ReLU, .*got 'Dropout'"),
        ({"x": (1, 2)}, "three numbers x from -3 to 3"),
        ({"g": (1, 2, 4)}, "three numbers g from -3 to 3"),
        ({"x": (1, 2, float("nan"))}, "three numbers x from -3 to 3"),
    ],
)
def test_the_zoo_refuses_what_it_cannot_show(wrong, says):
    with pytest.raises(ValueError, match=says):
        Zoo(**wrong)


@pytest.fixture(scope="module")
def pages_with(site, pages):
    """Pages on which a widget of this name is drawn."""

    def find(name):
        marker = f'aria-label="{name}'.replace('"', '\\"')
        found = [page for page in pages if marker in (site / page).read_text(encoding="utf-8")]
        assert found, f"no page of the site shows {name!r}"
        return found

    return find


def test_gradient_flow_by_keyboard(chromium, mounted, pages_with):
    name = pages_with("A net of")[0]
    with visiting(chromium[0], viewport={"width": 360, "height": 800}) as (page, _, wrong):
        open_page(page, f"{mounted['sub-path']}/{name}")
        flow = page.locator(".dl-flow").first
        shown = flow.locator("text.forward:visible, text.backward:visible")
        before = shown.count()
        flow.get_by_role("button", name="Next").focus()
        page.keyboard.press("Enter")
        assert "Step 1" in flow.locator(".dl-title").inner_text()
        assert shown.count() > before
        page.keyboard.press("ArrowLeft")
        assert "Start" in flow.locator(".dl-title").inner_text()
        assert flow.get_by_role("button", name="Back").get_attribute("aria-disabled") == "true"
        flow.get_by_role("slider").focus()
        page.keyboard.press("End")
        assert "backward" in flow.locator(".dl-title").inner_text()
        assert flow.locator("[data-from].later").count() == 0
        assert flow.locator("math").count() > 0
    assert wrong == []


def test_descent_by_keyboard(chromium, mounted, pages_with):
    name = pages_with("A long narrow ravine")[0]
    with visiting(chromium[0], viewport={"width": 360, "height": 800}) as (page, _, wrong):
        open_page(page, f"{mounted['sub-path']}/{name}")
        descent = page.locator(".dl-descent").first
        verdict, path = descent.get_by_role("status"), descent.locator("polyline")
        before, drawn = verdict.inner_text(), path.get_attribute("points")
        assert "There in" in before
        momentum = descent.get_by_role("slider", name="Momentum")
        momentum.focus()
        for _ in range(30):
            page.keyboard.press("ArrowRight")
        assert momentum.get_attribute("aria-valuetext") == "0.300"
        assert verdict.inner_text() != before and path.get_attribute("points") != drawn
        descent.get_by_role("slider", name="Learning rate").focus()
        page.keyboard.press("End")
        assert "diverges" in verdict.inner_text()
        descent.get_by_role("button", name="Best with momentum").focus()
        page.keyboard.press("Enter")
        assert "There in" in verdict.inner_text()
        outline = descent.locator("button:focus-visible").evaluate(
            "e => getComputedStyle(e).outline"
        )
        assert "3px" in outline
    assert wrong == []


def test_embedding_by_keyboard_and_by_hand(chromium, mounted, pages_with):
    name = pages_with("A cloud of points")[0]
    with visiting(chromium[0], viewport={"width": 360, "height": 900}) as (page, _, wrong):
        open_page(page, f"{mounted['sub-path']}/{name}")
        cloud = page.locator(".dl-embedding").first
        status, dots = cloud.get_by_role("status"), cloud.locator(".cloud")
        before, drawn = status.inner_text(), dots.inner_html()
        light = cloud.get_by_role("slider", name="Show light")
        light.focus()
        page.keyboard.press("ArrowRight")
        assert light.get_attribute("aria-valuetext") in status.inner_text() != before
        assert dots.inner_html() == drawn
        cloud.get_by_role("button", name="light").focus()
        page.keyboard.press("Enter")
        assert cloud.get_by_role("button", name="light").get_attribute("aria-pressed") == "true"
        assert dots.inner_html() != drawn
        turn = cloud.get_by_role("slider", name="Turn")
        turn.focus()
        mesh, drawn = cloud.locator(".mesh"), cloud.locator(".mesh").get_attribute("d")
        page.keyboard.press("ArrowRight")
        assert turn.get_attribute("aria-valuetext") == "31 degrees"
        assert mesh.get_attribute("d") != drawn
        picture = cloud.locator("svg.dl-drawing")
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 60, box["y"] + 40)
        page.mouse.up()
        assert turn.get_attribute("aria-valuetext") == "51 degrees"
    assert wrong == []


def test_zoo_by_keyboard(chromium, mounted, pages_with):
    name = pages_with("A module of three numbers")[0]
    with visiting(chromium[0], viewport={"width": 360, "height": 900}) as (page, _, wrong):
        open_page(page, f"{mounted['sub-path']}/{name}")
        zoo = page.locator(".dl-zoo").first
        status, out = zoo.get_by_role("status"), zoo.locator('[data-cell="out-0"] text')
        assert zoo.get_by_role("button", name="ReLU").get_attribute("aria-pressed") == "true"
        assert out.text_content() == "1.00"
        first = zoo.get_by_role("slider", name="Input 1")
        first.focus()
        for _ in range(10):
            page.keyboard.press("ArrowLeft")
        assert first.get_attribute("aria-valuetext") == "0.0"
        assert "exactly at a kink" in status.inner_text() and out.text_content() == "0.00"
        zoo.get_by_role("button", name="Max of three").focus()
        page.keyboard.press("Enter")
        assert not zoo.locator('[data-cell="J1-0"]').is_visible()
        first.focus()
        for _ in range(20):
            page.keyboard.press("ArrowRight")
        assert "A tie" in status.inner_text() and out.text_content() == "1.00"
        gradient = zoo.get_by_role("slider", name="Incoming gradient 1")
        gradient.focus()
        page.keyboard.press("Home")
        assert out.text_content() == "−3.00"
    assert wrong == []


def test_without_scripts_the_pictures_stand_still(chromium, mounted, pages_with):
    for drawing in ("A net of", "A long narrow ravine", "A cloud of points", "A module of three"):
        with visiting(chromium[0], java_script_enabled=False) as (page, _, _):
            page.goto(f"{mounted['root']}/{pages_with(drawing)[0]}")
            assert page.get_by_role("img", name=drawing).first.is_visible()


def test_with_scripts_the_still_makes_room(chromium, mounted, pages_with):
    with visiting(chromium[0]) as (page, _, _):
        open_page(page, f"{mounted['root']}/{pages_with('A net of')[0]}")
        assert page.locator(".widget-still").count() > 0
        assert not page.locator(".cell_output:has(.dl-picture) .widget-still").first.is_visible()
