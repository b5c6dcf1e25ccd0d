// Runs checks.py in Pyodide: node run.mjs FOLDER [LOOPS]
//
// FOLDER: the site's, with Pyodide and its packages. LOOPS: a file instead of NumPy's loops.wasm.
// Prints, as JSON, what the console said, and for each check its traceback, or null.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, loops] = process.argv.slice(2);
const said = [];
console.log = console.warn = (text) => said.push(text);

const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: folder });
const numpy = readdirSync(folder).find((name) => name.startsWith("numpy-"));
const site = "/lib/python3.12/site-packages";
const archive = new Uint8Array(readFileSync(`${folder}/${numpy}`));
python.unpackArchive(archive, "zip", { extractDir: site });
if (loops) python.FS.writeFile(`${site}/numpy/loops.wasm`, readFileSync(loops));
python.mountNodeFS("/simd", fileURLToPath(new URL(".", import.meta.url)));
const found = python.runPython(`
import sys

sys.dont_write_bytecode = True
sys.path.append("/simd")
import checks

checks.run(${loops ? "['check_numpy_works']" : ""})
`);
process.stdout.write(JSON.stringify({ said, checks: JSON.parse(found) }));
process.exit();
