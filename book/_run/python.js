// The page's end of the line to Python: one worker, which does one thing at a time.

export class Stopped extends Error {}

const NO_SHARING = "What the cells had computed is gone: the next run begins at the top.";

export class Python {
  #worker;
  #settle;
  #hear;
  #interrupt;

  // needs: its packages and libraries, see worker.js.
  constructor(needs) {
    this.needs = needs;
  }

  get started() {
    return Boolean(this.#worker);
  }

  // Load it, if that is not done. hear("loaded", bytes) is told how far it is.
  // states: of exercises, as this browser remembers them.
  async start(hear, states) {
    if (this.#worker) return;
    this.#worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => this.#end(new Error(event.message || "it cannot be loaded"));
    const buffer = self.crossOriginIsolated ? new SharedArrayBuffer(1) : null;
    await this.#ask({ order: "start", ...this.needs, buffer, states }, hear);
    this.#interrupt = buffer && new Uint8Array(buffer);
  }

  // Run code; hear(kind, text) is told what it shows. Whether it came to its end.
  run(cell, hear) {
    return this.#ask({ order: "run", ...cell }, hear);
  }

  // End what runs. Gently where that is possible, and at the second call in any case.
  stop() {
    if (this.#interrupt && this.#interrupt[0] === 0)
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
    this.#settle.reject(reason);
  }
}
