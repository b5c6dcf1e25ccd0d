// The page's end of the line to Python: one worker, which does one thing at a time.

export class Stopped extends Error {}

const NO_SHARING = "What the cells had computed is gone: the next run begins at the top.";

export class Python {
  #worker;
  #settle;
  #hear;
  #interrupt;
  #running = false;
  #installed = new Set();

  get started() {
    return Boolean(this.#worker);
  }

  // Of these packages, those that are not there yet.
  lacks(packages) {
    return packages.filter((each) => !this.#installed.has(each));
  }

  // Load packages, and Python itself before them. hear("loaded", bytes) is told how far it is.
  // states: of exercises, as this browser remembers them.
  async load(packages, hear, states) {
    if (this.started) await this.#ask({ order: "install", packages }, hear);
    else await this.#start(packages, hear, states);
    for (const each of packages) this.#installed.add(each);
  }

  async #start(packages, hear, states) {
    this.#worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => this.#end(new Error(event.message || "it cannot be loaded"));
    const buffer = self.crossOriginIsolated ? new SharedArrayBuffer(1) : null;
    await this.#ask({ order: "start", packages, buffer, states }, hear);
    this.#interrupt = buffer && new Uint8Array(buffer);
  }

  // Run code; hear(kind, text) is told what it shows. Whether it came to its end.
  async run(cell, hear) {
    this.#running = true;
    const well = await this.#ask({ order: "run", ...cell }, hear);
    this.#running = false;
    return well;
  }

  // End what runs. Gently where that is possible, and at the second call in any case.
  stop() {
    if (this.#running && this.#interrupt?.[0] === 0)
      this.#interrupt[0] = 2; // as Ctrl-C
    else this.#end(new Stopped(NO_SHARING));
  }

  #ask(message, hear) {
    this.#hear = hear;
    this.#worker.postMessage(message);
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  #receive({ kind, text }) {
    if (kind === "settled") this.#settle.resolve(text);
    else if (kind === "broken") this.#end(new Error(text));
    else this.#hear(kind, text);
  }

  #end(reason) {
    this.#worker?.terminate();
    this.#worker = this.#interrupt = null;
    this.#running = false;
    this.#installed.clear();
    this.#settle.reject(reason);
  }
}
