// Python in the background of a page: started by the first press of Run, ended by Stop.

import { loadPyodide } from "./pyodide/pyodide.mjs";

const SITE = "/lib/python3.12/site-packages";

let python;
let kernel;
let interrupt;

const say = (kind, text) => postMessage({ kind, text });

// Whatever is loaded passes here, so that the page can say how far it is.
const load = self.fetch;
let bytes = 0;
let said = 0;
const count = (more) => {
  bytes += more;
  if (performance.now() < said + 100) return;
  said = performance.now();
  say("loaded", bytes);
};
self.fetch = async (...request) => {
  const answer = await load(...request);
  if (answer.url.endsWith(".wasm")) {
    count(Number(answer.headers.get("content-length")));
    return answer; // as it came: a browser keeps what it has compiled from such a one
  }
  const counted = new TransformStream({
    transform(part, controller) {
      count(part.byteLength);
      controller.enqueue(part);
    },
  });
  return new Response(answer.body?.pipeThrough(counted), answer);
};

async function arrived(name) {
  const answer = await fetch(new URL(`pyodide/${name}`, import.meta.url));
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
  return answer;
}

async function unzipped(name) {
  const { body } = await arrived(name);
  return new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

const orders = {
  // libraries: what packages are linked with, by name. packages: files, which come while Python
  // starts. states: of exercises, as the browser remembers them.
  // buffer: where the page can ask for an interrupt, if the browser lets the two share memory.
  async start({ libraries, packages, buffer, states }) {
    const options = { packages: libraries, _loadSnapshot: unzipped("snapshot.gz") };
    const arriving = packages.map(async (name) => (await arrived(name)).arrayBuffer());
    const [started, ...archives] = await Promise.all([loadPyodide(options), ...arriving]);
    python = started;
    // What is compiled in them is opened when it is imported: a page needs a part of it.
    for (const archive of archives) python.unpackArchive(archive, "zip", { extractDir: SITE });
    if (buffer) {
      interrupt = new Uint8Array(buffer);
      python.setInterruptBuffer(interrupt);
    }
    kernel = python.pyimport("in_page.kernel").Kernel(say, JSON.stringify(states));
  },
  run({ source, name, sizes, asserts }) {
    if (interrupt) interrupt[0] = 0;
    return kernel.run(source, name, python.toPy(sizes), asserts);
  },
};

onmessage = async ({ data: { order, ...rest } }) => {
  try {
    say("settled", await orders[order](rest));
  } catch (error) {
    say("broken", String(error.message ?? error));
  }
};
