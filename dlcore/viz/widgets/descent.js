// Gradient descent on E = (a^2 + kappa b^2) / 2, computed here, as dlcore.optim.SGD computes it.

const LIMIT = 2000;

// The path from (1, 1): until E is below a millionth, or above 1e12, of what it was.
export function descend(kappa, lr, momentum) {
  const start = 1 + kappa;
  const energy = ([a, b]) => a * a + kappa * b * b;
  let theta = [1, 1];
  let v = [0, 0];
  const path = [theta];
  while (path.length <= LIMIT && energy(theta) > 1e-6 * start && energy(theta) < 1e12 * start) {
    v = [momentum * v[0] + theta[0], momentum * v[1] + kappa * theta[1]];
    theta = [theta[0] - lr * v[0], theta[1] - lr * v[1]];
    path.push(theta);
  }
  return { path, ratio: energy(theta) / start };
}

function verdict({ path, ratio }) {
  const steps = path.length - 1;
  if (ratio <= 1e-6) return `There in ${steps} steps: the energy is a millionth of what it was.`;
  if (ratio >= 1e12) return `It diverges: after ${steps} steps the energy is a million million times higher.`;
  return `Not there after ${steps} steps: the energy is ${ratio.toPrecision(2)} of what it was.`;
}

// The fastest settings for a quadratic (Polyak 1964).
function best(kappa) {
  const root = Math.sqrt(kappa);
  return [
    ["Best without momentum", 2 / (1 + kappa), 0],
    ["Best with momentum", 4 / (1 + root) ** 2, ((root - 1) / (root + 1)) ** 2],
  ];
}

function render({ model, el }) {
  const kappa = model.get("kappa");
  const largest = 4 / kappa; // beyond it, descent diverges at every momentum
  el.classList.add("dl-picture", "dl-descent");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", "Descent into a ravine");
  el.innerHTML = `
    ${model.get("drawing")}
    <div>
      <label>Learning rate η: <span></span>
        <input type="range" name="lr" min="${largest / 200}" max="${largest}" step="${largest / 200}"></label>
      <label>Momentum μ: <span></span>
        <input type="range" name="momentum" min="0" max="0.99" step="0.01"></label>
      <div class="dl-controls"></div>
      <p role="status"></p>
    </div>`;
  const sliders = [...el.querySelectorAll("input")];
  const svg = el.querySelector("svg");
  const line = el.querySelector("polyline");
  const dots = el.querySelector("path");
  const start = el.querySelector("circle");
  const middle = [svg.viewBox.baseVal.width / 2, svg.viewBox.baseVal.height / 2];
  const unit = [start.cx.baseVal.value - middle[0], start.cy.baseVal.value - middle[1]];
  const onPaper = (x) => Math.min(Math.max(x, -5000), 5000).toFixed(1);

  function show() {
    const found = descend(kappa, model.get("lr"), model.get("momentum"));
    const points = found.path.map((theta) =>
      theta.map((x, i) => onPaper(middle[i] + unit[i] * x)).join());
    line.setAttribute("points", points.join(" "));
    dots.setAttribute("d", points.map((point) => `M${point}h0`).join(""));
    for (const slider of sliders) {
      const value = model.get(slider.name);
      slider.value = value;
      slider.setAttribute("aria-valuetext", value.toPrecision(3));
      slider.previousElementSibling.textContent = value.toPrecision(3);
    }
    el.querySelector("[role=status]").textContent = verdict(found);
  }

  function set(values) {
    model.set(values);
    model.save_changes();
  }

  for (const slider of sliders) {
    slider.addEventListener("input", () => set({ [slider.name]: Number(slider.value) }));
  }
  for (const [name, lr, momentum] of best(kappa)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => set({ lr, momentum }));
    el.querySelector(".dl-controls").append(button);
  }
  el.addEventListener("keydown", (event) => event.stopPropagation()); // Lab would take the arrow keys
  model.on("change:lr change:momentum", show);
  show();
}

export default { render };
