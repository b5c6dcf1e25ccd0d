// Run, edit, reset and stop, for each code cell of the page. Nothing is loaded unasked.

import { Editor } from "./editor.js";
import { Exercises } from "./exercises.js";
import { Output } from "./output.js";
import { Python, Stopped } from "./python.js";

const page = JSON.parse(document.getElementById("run-page").textContent);
const python = new Python();
const queue = [];
let fullSize = false;
let exercises = null; // on a page with a set of them

const live = document.createElement("div");
live.className = "visually-hidden";
live.setAttribute("role", "status");

const button = (text, press, name = text) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", name);
  made.addEventListener("click", press);
  return made;
};

const size = (packages) => packages.reduce((sum, { bytes }) => sum + bytes, 0);

const listed = (names) => names.join(" and ");

// A code cell of the notebook. One that is not on the page has no element, and no bar.
class Cell {
  state = "idle";
  tried = null; // the code that was run last
  ran = false; // whether it came to its end, and nothing above was changed since
  hinted = false; // of a check: it gave a hint, and there is more to be asked for

  // checks: the task that it checks. What it lacks, what it has smaller: see page_cells.py.
  constructor({ id, source, checks = "", hidden = false, lacks = [], sizes = {} }, number) {
    Object.assign(this, { id, source, checks, hidden, lacks, sizes, number });
    this.element = document.getElementById(`cell-${id}`);
    this.output = this.element && new Output(this.element);
    const input = this.element?.querySelector(".cell_input");
    if (input) this.#furnish(input);
  }

  get title() {
    return `cell ${this.number}`;
  }

  // In a traceback.
  get name() {
    return this.hidden ? `hidden cell ${this.id}` : `Cell ${this.number}`;
  }

  get code() {
    return this.editor?.code ?? this.source;
  }

  get changed() {
    return this.tried !== null && this.tried !== this.code;
  }

  // What is put in place of the cell's own numbers; code that the reader wrote runs as it is.
  get smaller() {
    return fullSize || this.editor?.edited ? {} : this.sizes;
  }

  #furnish(input) {
    const bar = document.createElement("div");
    bar.className = "run-bar";
    this.said = document.createElement("span");
    this.said.className = "run-said";
    if (this.lacks.length) {
      const what = `${listed(this.lacks)} is not available here`;
      this.said.textContent = `Not run in the page: ${what}. The result is the stored one.`;
      bar.append(this.said);
    } else {
      this.editor = new Editor(input, this.source, `Code of ${this.title}`, {
        changed: () => {
          this.#mark();
          exercises?.keepCode();
        },
        run: () => run(this),
        left: () => this.#toggle(false),
      });
      this.go = button("Run", () => (this.busy ? stop() : run(this)), `Run ${this.title}`);
      this.go.className = "run-go";
      this.pen = button("Edit", () => this.#toggle(!this.editor.open), `Edit ${this.title}`);
      this.back = button("Reset", () => this.reset(), `Reset ${this.title}`);
      this.full = button("Full size", () => runInFull(this), `Run ${this.title} in full size`);
      this.bar = document.createElement("progress");
      this.bar.setAttribute("aria-label", "Loading Python");
      this.ask = button("More", () => askOn(this), `More about the check in ${this.title}`);
      bar.append(this.go, this.pen, this.back, this.bar, this.said, this.full, this.ask);
      this.bar.hidden = true;
      this.#mark();
    }
    this.fold = input.closest("details"); // code that only draws is folded
    if (this.fold) this.fold.after(bar);
    else input.append(bar);
  }

  #toggle(open) {
    if (open && this.fold) this.fold.open = true;
    if (open) this.editor.edit();
    else this.editor.close();
    this.pen.textContent = open ? "Close" : "Edit";
    const name = open ? `Close the editor of ${this.title}` : `Edit ${this.title}`;
    this.pen.setAttribute("aria-label", name);
    if (!open) this.pen.focus();
    if (this.state === "idle")
      this.said.textContent = open ? "Shift+Enter runs, Escape closes" : "";
  }

  get busy() {
    return this.state === "running" || this.state === "waiting";
  }

  reset() {
    if (this.editor.open) this.#toggle(false);
    this.editor.reset();
    this.output.restore();
    this.hinted = false;
    this.set("idle");
    this.go.focus();
  }

  set(state, text = "") {
    this.state = state;
    if (!this.said) return;
    this.said.textContent = text;
    this.#mark();
  }

  #mark() {
    this.element.dataset.run = this.state;
    this.go.textContent = this.busy ? "Stop" : "Run";
    this.go.setAttribute("aria-label", `${this.go.textContent} ${this.title}`);
    this.back.hidden = this.busy || !(this.editor.edited || this.state !== "idle");
    this.ask.hidden = this.busy || !this.hinted;
    this.full.hidden = this.busy || this.state !== "done" || !this.small;
  }

  // The packages that it may import; code that the reader wrote may import any.
  get packages() {
    const place = cells.indexOf(this);
    return page.packages.filter(({ cell }) => cell <= place || this.editor?.edited);
  }

  // How far loading is.
  loading(bytes, all) {
    if (!this.bar) return;
    const mb = (count) => Math.round(count / 1e6);
    this.bar.hidden = false;
    this.bar.max = all;
    this.bar.value = bytes;
    const there = Math.min(bytes, all); // without the snapshot some files are read twice
    this.said.textContent = `Loading Python, this once: ${mb(there)} of ${mb(all)} MB`;
  }

  loaded() {
    if (!this.bar) return;
    this.bar.hidden = true;
    this.set("waiting", "waiting");
  }
}

let number = 0;
const cells = page.cells.map((each) => new Cell(each, each.hidden ? number : ++number));
exercises = page.set ? new Exercises(page, cells) : null;

// Run a cell, and before it those above that have not run, or not after a change above them.
// Checks of other answers wait until they are asked for.
function run(cell) {
  const above = cells
    .slice(0, cells.indexOf(cell))
    .filter((each) => !each.lacks.length && !each.checks);
  const change = above.findIndex((each) => each.changed);
  const wanted = above.filter((each, k) => !each.ran || (change >= 0 && k >= change));
  for (const each of [...wanted, cell]) {
    if (queue.includes(each) || each.state === "running") continue;
    queue.push(each);
    each.set("waiting", "waiting");
  }
  queue.sort((a, b) => cells.indexOf(a) - cells.indexOf(b));
  work(cell);
}

let working = false;

async function work(pressed) {
  if (working) return;
  working = true;
  try {
    while (queue.length) await runOne(queue.shift(), pressed);
  } catch (reason) {
    giveUp(reason, pressed);
  }
  working = false;
}

// Load what a cell needs. The first time it is said where the reader has pressed Run.
async function prepare(cell, pressed) {
  const packages = python.lacks(cell.packages);
  if (python.started && !packages.length) return;
  const shown = python.started ? cell : pressed;
  const absent = size(python.lacks(page.packages));
  const all = page.bytes + size(page.packages) - absent + size(packages);
  announce("Loading Python");
  shown.loading(python.started ? all - size(packages) : 0, all);
  if (!python.started) for (const each of cells) each.ran = false;
  await python.load(
    packages,
    (_, bytes) => shown.loading(bytes, all),
    exercises ? { [page.set]: exercises.states } : {},
  );
  shown.loaded();
}

async function runOne(cell, pressed) {
  await prepare(cell, pressed);
  const before = cells.slice(0, cells.indexOf(cell));
  const reduced = before.some((above) => above.small);
  const code = cell.code;
  if (cell.changed) for (const below of cells.slice(before.length + 1)) below.ran = false;
  cell.tried = code;
  cell.small = Object.keys(cell.smaller).length > 0;
  cell.set("running", "running");
  announce(`${cell.title} runs`);
  cell.output?.begin();
  let hint = "";
  const well = await python.run(
    { source: code, name: cell.name, sizes: cell.smaller, asserts: !cell.hidden && !reduced },
    (kind, text) => {
      if (kind === "hint") hint = text;
      if (kind === "progress") exercises?.keepStates(JSON.parse(text));
      else cell.output?.add(kind, text);
    },
  );
  cell.output?.end();
  cell.ran = well;
  cell.hinted = Boolean(cell.checks && hint);
  const error = hint ? "not right yet" : "stopped by an error";
  cell.set(well ? "done" : "failed", well ? outcome(cell, reduced) : error);
  announce(hint || `${cell.title} ${well ? "has run" : error}`);
  if (!well && !exercises) {
    for (const waiting of queue.splice(0))
      waiting.set("idle", `not run: ${cell.title}, above, has an error`);
  }
}

// What Python has to add to the hint of a check: each time a rung more.
async function askOn(cell) {
  if (working) return;
  working = true;
  let told = "";
  cell.output.leave("hint");
  const source = `check.more(${JSON.stringify(cell.checks)})`;
  try {
    await python.run({ source, name: cell.name, sizes: {}, asserts: true }, (kind, text) => {
      if (kind === "progress") return;
      told += text;
      cell.output.add(kind, text);
    });
    announce(told);
  } catch (reason) {
    giveUp(reason, cell);
  }
  working = false;
  work(cell); // what was asked for meanwhile
}

function outcome(cell, reduced) {
  if (cell.checks) return "right";
  if (cell.small) {
    const sizes = Object.entries(cell.smaller).map(([name, value]) => `${name} = ${value}`);
    return `ran with ${listed(sizes)}, to be quick here`;
  }
  return reduced ? "ran after smaller cells above: numbers can differ" : "ran in this page";
}

function runInFull(cell) {
  fullSize = true;
  const first = cells.findIndex((each) => each.small);
  for (const each of cells.slice(first)) each.ran = false;
  for (const each of cells) each.small = false;
  run(cell);
}

function stop() {
  for (const waiting of queue.splice(0)) waiting.set("idle");
  python.stop();
}

// Python is no more.
function giveUp(reason, pressed) {
  const stopped = reason instanceof Stopped;
  const text = stopped
    ? `Stopped. ${reason.message}`
    : `Python has ended: ${reason.message}. The next run starts it anew.`;
  const loading = cells.find((cell) => cell.bar && !cell.bar.hidden);
  const ended = cells.find((cell) => cell.state === "running" && cell.said) ?? loading ?? pressed;
  for (const cell of cells) {
    cell.ran = cell.hinted = false;
    if (cell.busy) cell.output?.abandon();
    if (cell.busy || cell.state === "done") cell.set("idle");
  }
  queue.length = 0;
  if (ended.bar) ended.bar.hidden = true;
  ended.set("idle", text);
  announce(text);
}

function announce(text) {
  live.textContent = text;
}

document.body.append(live);
