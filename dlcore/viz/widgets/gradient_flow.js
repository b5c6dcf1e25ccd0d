// Steps through a sweep forward and back. All numbers and texts come from Python, in the state.

function render({ model, el }) {
  const steps = model.get("steps");
  el.classList.add("dl-picture", "dl-flow");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", "The gradient flowing back through a net, step by step");
  el.innerHTML = `
    ${model.get("drawing")}
    <div>
      <div class="dl-controls">
        <button type="button" data-by="-1">Back</button>
        <input type="range" min="0" max="${steps.length - 1}" aria-label="Step">
        <button type="button" data-by="1">Next</button>
      </div>
      <div aria-live="polite">
        <p class="dl-title"></p>
        <p class="dl-text"></p>
      </div>
      <div class="dl-formula" tabindex="0" role="region" aria-label="Formula of this step"></div>
    </div>`;
  const slider = el.querySelector("input");

  function go(to) {
    model.set("step", Math.min(Math.max(to, 0), steps.length - 1));
    model.save_changes();
  }

  function show() {
    const step = model.get("step");
    const { title, text, formula } = steps[step];
    slider.value = step;
    slider.setAttribute("aria-valuetext", title);
    for (const button of el.querySelectorAll("button")) {
      const end = button.dataset.by < 0 ? 0 : steps.length - 1;
      button.setAttribute("aria-disabled", step === end);
    }
    el.querySelector(".dl-title").textContent = title;
    el.querySelector(".dl-text").textContent = text;
    el.querySelector(".dl-formula").innerHTML = formula;
    for (const number of el.querySelectorAll("[data-from]")) {
      number.classList.toggle("later", Number(number.dataset.from) > step);
    }
    for (const part of el.querySelectorAll("[data-forward]")) {
      const forward = Number(part.dataset.forward) === step;
      const backward = Number(part.dataset.backward) === step && !forward;
      part.classList.toggle("now", forward || backward);
      part.classList.toggle("going-forward", forward);
      part.classList.toggle("going-backward", backward);
    }
  }

  for (const button of el.querySelectorAll("button")) {
    button.addEventListener("click", () => go(model.get("step") + Number(button.dataset.by)));
  }
  slider.addEventListener("input", () => go(Number(slider.value)));
  el.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by && event.target.tagName === "BUTTON") {
      go(model.get("step") + by);
      event.preventDefault();
    }
    event.stopPropagation(); // a notebook would take the arrow keys for itself
  });
  model.on("change:step", show);
  show();
}

export default { render };
