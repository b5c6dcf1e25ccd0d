// What stands below a cell: the stored result, or what a run shows in its place.

const make = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
};

const TEXT = {
  stdout: "output stream",
  stderr: "output stderr",
  result: "output text_plain",
  error: "output traceback",
  hint: "output run-hint",
};

export class Output {
  #cell;
  #stored;
  #fresh = null;
  #shown = null;

  constructor(cell) {
    this.#cell = cell;
    this.#stored = cell.querySelector(":scope > .cell_output");
    this.#shown = this.#stored;
  }

  // A run begins: what is there fades until there is something new.
  begin() {
    this.#shown?.classList.add("run-old");
    this.#fresh = make('<div class="cell_output docutils container run-fresh"></div>');
    this.figures = [...(this.#stored?.querySelectorAll("figure") ?? [])];
  }

  add(kind, text) {
    if (this.#shown !== this.#fresh) this.#show(this.#fresh);
    if (kind in TEXT) this.#write(kind, text);
    else if (kind === "figure") this.#fresh.append(this.#figure(text));
    else if (kind === "html")
      this.#fresh.append(make(`<div class="output text_html">${text}</div>`));
    else if (kind === "widget") drawWidget(this.#fresh, JSON.parse(text));
  }

  // Of what this run has shown, leave only this kind.
  leave(kind) {
    for (const text of this.#fresh.querySelectorAll(`:scope > :not([data-kind=${kind}])`)) text.remove();
  }

  end() {
    if (this.#shown !== this.#fresh) this.#show(this.#fresh);
    for (const text of this.#fresh.querySelectorAll("[data-kind]")) {
      const pre = text.querySelector("pre");
      pre.textContent = pre.textContent.replace(/\n+$/, "\n"); // as the stored ones end
      // A progress bar has cleared itself.
      if (text.dataset.kind === "stderr" && !pre.textContent.trim()) text.remove();
    }
  }

  // A run was broken off: leave what it has shown, or what was there before.
  abandon() {
    this.#shown?.classList.remove("run-old");
  }

  restore() {
    this.#show(this.#stored);
  }

  #show(next) {
    this.#shown?.classList.remove("run-old");
    if (this.#shown && next) this.#shown.replaceWith(next);
    else if (next) this.#cell.append(next);
    else this.#shown?.remove();
    this.#shown = next;
  }

  #write(kind, text) {
    let last = this.#fresh.lastElementChild;
    if (last?.dataset.kind !== kind || kind === "result") {
      last = make(`<div class="${TEXT[kind]}" data-kind="${kind}">
        <div class="highlight"><pre tabindex="0"></pre></div></div>`);
      this.#fresh.append(last);
    }
    const pre = last.querySelector("pre");
    pre.textContent = typed(pre.textContent, text);
  }

  // A picture takes the place of the stored one, and keeps its caption.
  #figure(png) {
    const stored = this.figures.shift();
    const figure = stored ? stored.cloneNode(true) : make("<p><img alt='A figure'></p>");
    const image = figure.querySelector("img");
    image.src = `data:image/png;base64,${png}`;
    return figure;
  }
}

// Text after more text, on a terminal: after a carriage return the line is written over.
export function typed(before, text) {
  const start = before.lastIndexOf("\n") + 1;
  const lines = (before.slice(start) + text)
    .split("\n")
    .map((line) => line.split("\r").reduce((under, over) => over + under.slice(over.length)));
  return before.slice(0, start) + lines.join("\n");
}

// A widget's own script draws it; its state is all that it needs.
async function drawWidget(place, { esm, css, state }) {
  const element = make('<div class="widget-subarea"><div></div></div>');
  place.append(element);
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  URL.revokeObjectURL(url);
  element.append(make(`<style>${css}</style>`));
  const heard = [];
  const model = {
    get: (name) => state[name],
    set(name, value) {
      const values = typeof name === "string" ? { [name]: value } : name;
      const changed = Object.keys(values).filter((key) => state[key] !== values[key]);
      Object.assign(state, values);
      for (const [events, call] of heard) {
        if (changed.some((key) => events.includes(`change:${key}`))) call();
      }
    },
    on: (events, call) => heard.push([events.split(" "), call]),
    save_changes() {},
  };
  widget.render({ model, el: element.firstElementChild });
}
