// A cloud of points that the reader turns. Each point has an image and a place on a grid of factors.

const WIDTH = 480, HEIGHT = 440, UNIT = 185, DISTANCE = 5, BANDS = 4, LARGE = 4;

// Where a point is seen, in pixels of the drawing, and how near it is: as `project` in dlcore/viz/manifold.py.
export function project([x, y, z], turn, tilt) {
  const a = (turn * Math.PI) / 180;
  const t = (tilt * Math.PI) / 180;
  const right = Math.cos(a) * x - Math.sin(a) * y;
  const back = Math.sin(a) * x + Math.cos(a) * y;
  const up = Math.cos(t) * z + Math.sin(t) * back;
  const near = Math.sin(t) * z - Math.cos(t) * back;
  const scale = (UNIT * DISTANCE) / (DISTANCE - near);
  return [WIDTH / 2 + scale * right, HEIGHT / 2 - scale * up, near];
}

// The place of point n on the grid, and the point at a place.
const place = (n, [, J, K]) => [Math.floor(n / (J * K)), Math.floor(n / K) % J, n % K];
const number = ([i, j, k], [, J, K]) => (i * J + j) * K + k;

// Around the circle for what goes around; from dark blue to yellow for what rises.
function colorOf(value, count, rises) {
  const share = value / count;
  if (!rises) return `hsl(${Math.round(360 * share)} 62% 48%)`;
  return `hsl(${Math.round(265 - 215 * share)} 65% ${Math.round(40 + 12 * share)}%)`;
}

const distance = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
const mean = (points) => [0, 1, 2].map((i) => points.reduce((sum, p) => sum + p[i], 0) / points.length);

function render({ model, el }) {
  const factors = model.get("factors");
  const grid = factors.map(({ values }) => values.length);
  const side = model.get("side");
  const sprite = model.get("sprite");
  const flat = model.get("points");
  const points = Array.from({ length: flat.length / 3 }, (_, n) =>
    [0, 1, 2].map((i) => flat[3 * n + i] / 1000));
  const across = grid[1] * grid[2];
  const pose = (i, j) => Array.from({ length: grid[2] }, (_, k) => points[number([i, j, k], grid)]);
  const means = Array.from({ length: grid[0] }, (_, i) =>
    Array.from({ length: grid[1] }, (_, j) => mean(pose(i, j))));
  const last = factors[2].name;

  el.classList.add("dl-picture", "dl-embedding");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", "A cloud of images to be turned by hand");
  el.innerHTML = `
    ${model.get("drawing")}
    <div>
      <div class="dl-view">
        <div class="dl-image" role="img"></div>
        <p role="status"></p>
      </div>
      <label>Turn: <span></span> <input type="range" name="turn" min="0" max="359"></label>
      <label>Tilt: <span></span> <input type="range" name="tilt" min="-90" max="90"></label>
      <div class="dl-controls" role="group" aria-label="Color by">Color by</div>
      <div class="dl-factors"></div>
    </div>`;
  const svg = el.querySelector("svg");
  svg.insertAdjacentHTML("beforeend", '<g class="thumbs"></g><g class="chosen"></g>');
  const [mesh, cloud, thumbs, chosen] =
    [".mesh", ".cloud", ".thumbs", ".chosen"].map((name) => svg.querySelector(name));
  const image = el.querySelector(".dl-image");
  image.style.backgroundImage = `url(${sprite})`;
  image.style.backgroundSize = `${LARGE * side * across}px auto`;
  image.style.width = image.style.height = `${LARGE * side}px`;

  const set = (values) => {
    model.set(values);
    model.save_changes();
  };
  const turned = (degrees) => ((Math.round(degrees) % 360) + 360) % 360;
  const tilted = (degrees) => Math.min(Math.max(Math.round(degrees), -90), 90);

  factors.forEach(({ name, values }, axis) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => set({ color: axis }));
    el.querySelector(".dl-controls").append(button);
    const label = document.createElement("label");
    label.innerHTML = `Show ${name}: <span></span> <input type="range" min="0" max="${values.length - 1}">`;
    label.lastChild.addEventListener("input", (event) => {
      const at = place(model.get("selected"), grid);
      at[axis] = Number(event.target.value);
      set({ selected: number(at, grid) });
    });
    el.querySelector(".dl-factors").append(label);
  });

  // One image for every third value of the first factor, at the ends and the middle of the second.
  const shown = [];
  for (let i = 0; i < grid[0]; i += 3) {
    for (const j of [0, Math.floor(grid[1] / 2), grid[1] - 1]) {
      const [column, row] = [j * grid[2] + (i % grid[2]), i];
      thumbs.insertAdjacentHTML("beforeend", `<svg width="34" height="34"
        viewBox="${side * column} ${side * row} ${side} ${side}"><image href="${sprite}"
        width="${side * across}" height="${side * grid[0]}"/></svg>`);
      shown.push({ at: means[i][j], element: thumbs.lastChild });
    }
  }

  let seen = [];

  function turn() {
    const [by, up] = [model.get("turn"), model.get("tilt")];
    const see = (point) => project(point, by, up);
    const path = (line) => "M" + line.map((p) => see(p).slice(0, 2).map(Math.round).join()).join("L");
    const rings = means[0].map((_, j) => path([...means, means[0]].map((row) => row[j])));
    mesh.setAttribute("d", [...rings, ...means.map(path)].join(""));
    seen = points.map(see);

    const axis = model.get("color");
    const groups = Array.from({ length: BANDS * grid[axis] }, () => "");
    seen.forEach(([x, y, near], n) => {
      const band = Math.min(Math.max(Math.floor(((near + 1) * BANDS) / 2), 0), BANDS - 1);
      groups[band * grid[axis] + place(n, grid)[axis]] += `M${x.toFixed(1)},${y.toFixed(1)}h0`;
    });
    cloud.innerHTML = groups.map((d, group) => {
      const band = Math.floor(group / grid[axis]);
      const color = colorOf(group % grid[axis], grid[axis], axis === 1);
      return d && `<path d="${d}" stroke="${color}" stroke-width="${5 + band}" opacity="${0.45 + 0.18 * band}"/>`;
    }).join("");

    for (const { at, element } of shown) {
      const [x, y, near] = see(at);
      element.setAttribute("x", x - 17);
      element.setAttribute("y", y - 17);
      element.style.display = near > 0 ? "" : "none";
    }
    for (const name of ["turn", "tilt"]) {
      const slider = el.querySelector(`[name=${name}]`);
      slider.value = model.get(name);
      slider.setAttribute("aria-valuetext", `${slider.value} degrees`);
      slider.previousElementSibling.textContent = `${slider.value}°`;
    }
    el.querySelectorAll(".dl-controls button").forEach((button, i) =>
      button.setAttribute("aria-pressed", i === axis));
    choose();
  }

  function choose() {
    const n = model.get("selected");
    const at = place(n, grid);
    const [i, j, k] = at;
    const named = factors.map(({ name, values }, axis) => `${name} ${values[at[axis]]}`).join(", ");
    image.style.backgroundPosition = `${-LARGE * side * (n % across)}px ${-LARGE * side * i}px`;
    image.setAttribute("aria-label", `The image at ${named}`);
    el.querySelectorAll(".dl-factors input").forEach((slider, axis) => {
      const value = factors[axis].values[at[axis]];
      slider.value = at[axis];
      slider.setAttribute("aria-valuetext", value);
      slider.previousElementSibling.textContent = value;
    });
    const circles = pose(i, j).map((_, other) => {
      const [x, y] = seen[number([i, j, other], grid)];
      const size = other === k ? 'r="9" class="here"' : 'r="5"';
      return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" ${size}/>`;
    });
    chosen.innerHTML = circles.join("");
    const spread = Math.max(...pose(i, j).map((p) => distance(p, means[i][j])));
    const step = distance(means[(i + 1) % grid[0]][j], means[i][j]);
    el.querySelector("[role=status]").textContent =
      `${named}. The ${grid[2]} points with this ${factors[0].name} and ${factors[1].name}, one for each ` +
      `${last}, lie within ${spread.toFixed(2)} of their mean; the next ${factors[0].name} is ${step.toFixed(2)} away.`;
  }

  // The mouse: what is under it is shown; dragged, it turns the cloud.
  const inDrawing = (event) => {
    const box = svg.getBoundingClientRect();
    return [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
  };
  let drag = null;
  svg.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, turn: model.get("turn"), tilt: model.get("tilt") };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (drag) {
      set({
        turn: turned(drag.turn + (event.clientX - drag.x) / 2),
        tilt: tilted(drag.tilt + (event.clientY - drag.y) / 2),
      });
      return;
    }
    const [x, y] = inDrawing(event);
    let best = -1;
    let least = 144; // within 12 pixels, the nearest to the eye by a little
    seen.forEach(([a, b, near], n) => {
      const far = (a - x) ** 2 + (b - y) ** 2 - 20 * near;
      if ((a - x) ** 2 + (b - y) ** 2 < 144 && far < least) [best, least] = [n, far];
    });
    if (best >= 0 && best !== model.get("selected")) set({ selected: best });
  });
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => (drag = null));
  for (const name of ["turn", "tilt"]) {
    el.querySelector(`[name=${name}]`).addEventListener("input", (event) =>
      set({ [name]: Number(event.target.value) }));
  }
  el.addEventListener("keydown", (event) => event.stopPropagation()); // Lab would take the arrow keys
  model.on("change:turn change:tilt change:color", turn);
  model.on("change:selected", choose);
  turn();
}

export default { render };
