// What some modules of dlcore do to three numbers, and to a row of gradients.

const zeros = (rows) => Array.from({ length: rows }, () => [0, 0, 0]);
const pointwise = (f, slope) => (x) => ({
  y: x.map(f),
  J: zeros(3).map((row, i) => row.map((_, j) => (i === j ? slope(x[i]) : 0))),
});
const first = (x) => x.indexOf(Math.max(...x));
const sigmoid = (v) => 1 / (1 + Math.exp(-v));

function softmax(x) {
  const e = x.map((v) => Math.exp(v - Math.max(...x)));
  const sum = e.reduce((a, b) => a + b);
  return { p: e.map((v) => v / sum), logSum: Math.max(...x) + Math.log(sum) };
}

const MODULES = {
  Linear: (x, W) => ({ y: W.map((w) => w.reduce((sum, v, j) => sum + v * x[j], 0)), J: W }),
  ReLU: pointwise((v) => Math.max(v, 0), (v) => Number(v > 0)),
  Tanh: pointwise(Math.tanh, (v) => 1 - Math.tanh(v) ** 2),
  Sigmoid: pointwise(sigmoid, (v) => sigmoid(v) * (1 - sigmoid(v))),
  Hardshrink: pointwise((v) => (Math.abs(v) > 0.5 ? v : 0), (v) => Number(Math.abs(v) > 0.5)),
  Abs: pointwise(Math.abs, Math.sign),
  Square: pointwise((v) => v * v, (v) => 2 * v),
  "Max of three": (x) => ({ y: [Math.max(...x)], J: [x.map((_, j) => Number(j === first(x)))] }),
  "Mean of three": (x) => ({ y: [(x[0] + x[1] + x[2]) / 3], J: [[1 / 3, 1 / 3, 1 / 3]] }),
  WinnerTakeAll: (x) => {
    const won = zeros(3).map((row, i) => row.map((_, j) => Number(i === j && j === first(x))));
    return { y: x.map((v, i) => v * won[i][i]), J: won };
  },
  Softmax: (x) => {
    const { p } = softmax(x);
    return { y: p, J: p.map((a, i) => p.map((b, j) => a * (Number(i === j) - b))) };
  },
  LogSoftmax: (x) => {
    const { p, logSum } = softmax(x);
    return { y: x.map((v) => v - logSum), J: p.map((_, i) => p.map((b, j) => Number(i === j) - b)) };
  },
};

export function send(name, x, g, weight) {
  const { y, J } = MODULES[name](x, weight);
  const out = [0, 1, 2].map((j) => J.reduce((sum, row, i) => sum + g[i] * row[j], 0));
  return { y, J, out };
}

// What is worth saying: how the row was changed, and whether a convention decided.
export function remark(name, x, g, { J, out }) {
  const edge = { ReLU: 0, Abs: 0, Hardshrink: 0.5 }[name];
  const at = x.findIndex((v) => Math.abs(v) === edge);
  if (at >= 0) {
    return `Input ${at + 1} is exactly at a ${edge ? "jump" : "kink"}: its slope, 0, is a convention.`;
  }
  const largest = Math.max(...x);
  const tied = x.filter((v) => v === largest).length > 1;
  if (tied && ["Max of three", "WinnerTakeAll"].includes(name)) {
    return "A tie: the first of the largest takes the gradient, by convention.";
  }
  const length = (row) => Math.hypot(...row);
  const share = length(out) / length(g.slice(0, J.length));
  if (!Number.isFinite(share)) return "No gradient came in.";
  if (share === 0) return "Nothing of the row comes out.";
  return `The row comes out ${share.toFixed(2)} times as long as it came in.`;
}

const written = (v) => v.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−");

function render({ model, el }) {
  const slider = (name, i) => `<label>${name === "x" ? "X" : "∂E/∂Y"}<sub>${i + 1}</sub>: <span></span>
    <input type="range" data-name="${name}" data-i="${i}" min="-3" max="3" step="0.1"
      aria-label="${name === "x" ? "Input" : "Incoming gradient"} ${i + 1}"></label>`;
  el.classList.add("dl-picture", "dl-zoo");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", "What a module does to a row of gradients");
  el.innerHTML = `
    ${model.get("drawing")}
    <div>
      <div class="dl-controls"></div>
      <div class="dl-columns">
        <div>${[0, 1, 2].map((i) => slider("x", i)).join("")}</div>
        <div>${[0, 1, 2].map((i) => slider("g", i)).join("")}</div>
      </div>
      <p role="status"></p>
    </div>`;

  function cells(name, numbers, colored) {
    const largest = Math.max(1, ...(numbers ?? []).map(Math.abs));
    for (let i = 0; i < 3; i++) {
      const cell = el.querySelector(`[data-cell="${name}-${i}"]`);
      const value = numbers?.[i];
      cell.classList.toggle("gone", value === undefined);
      if (value === undefined) continue;
      cell.querySelector("text").textContent = written(value);
      if (!colored) continue;
      const box = cell.querySelector("rect");
      box.setAttribute("class", value > 0 ? "positive" : value < 0 ? "negative" : "");
      box.style.fillOpacity = value ? 0.15 + (0.45 * Math.abs(value)) / largest : "";
    }
  }

  function show() {
    const [name, x, g] = [model.get("module"), model.get("x"), model.get("g")];
    const found = send(name, x, g, model.get("weight"));
    cells("x", x);
    cells("y", found.y);
    cells("g", g.slice(0, found.J.length));
    cells("out", found.out);
    for (const p of [0, 1, 2]) cells(`J${p}`, found.J[p], true);
    el.querySelector("text.module").textContent = name;
    for (const button of el.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", button.textContent === name);
    }
    for (const input of el.querySelectorAll("input")) {
      const value = model.get(input.dataset.name)[input.dataset.i];
      input.value = value;
      input.setAttribute("aria-valuetext", value.toFixed(1));
      input.parentElement.querySelector("span").textContent = value.toFixed(1).replace("-", "−");
    }
    el.querySelector("[role=status]").textContent = remark(name, x, g, found);
  }

  function set(values) {
    model.set(values);
    model.save_changes();
  }

  for (const input of el.querySelectorAll("input")) {
    input.addEventListener("input", () => {
      const { name, i } = input.dataset;
      set({ [name]: model.get(name).map((v, k) => (k === Number(i) ? Number(input.value) : v)) });
    });
  }
  for (const name of model.get("names")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => set({ module: name }));
    el.querySelector(".dl-controls").append(button);
  }
  el.addEventListener("keydown", (event) => event.stopPropagation()); // Lab would take the arrow keys
  model.on("change:module change:x change:g", show);
  show();
}

export default { render };
