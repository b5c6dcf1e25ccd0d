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

// Python as it was when the site was built, or, where the browser numbers functions in another way
// than the one it was built with (WebKit does), Python from its beginning.
async function started() {
  try {
    return await loadPyodide({ _loadSnapshot: unzipped("snapshot.gz") });
  } catch {
    return loadPyodide({ env: { PYTHONHASHSEED: "0" } });
  }
}

// packages: see run_in_page.py. They arrive while Python starts.
async function install(packages, starting) {
  const files = packages.filter(({ library }) => !library);
  const arriving = files.map(async ({ file }) => (await arrived(file)).arrayBuffer());
  const [, ...archives] = await Promise.all([starting, ...arriving]);
  for (const { name, library } of packages) if (library) await python.loadPackage(name);
  // What is compiled in them is opened only when it is imported.
  for (const archive of archives) python.unpackArchive(archive, "zip", { extractDir: SITE });
}

const orders = {
  // states: of exercises, as the browser remembers them.
  // buffer: where the page can ask for an interrupt, if the browser lets the two share memory.
  async start({ packages, buffer, states }) {
    await install(
      packages,
      started().then((running) => (python = running)),
    );
    if (buffer) {
      interrupt = new Uint8Array(buffer);
      python.setInterruptBuffer(interrupt);
    }
    kernel = python.pyimport("in_page.kernel").Kernel(say, JSON.stringify(states));
  },
  install: ({ packages }) => install(packages),
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
