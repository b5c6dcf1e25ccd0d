// Runs precompile.py in Pyodide: node precompile.mjs PYODIDE FROM TO

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [pyodide, from, to] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: pyodide });
python.mountNodeFS("/from", from);
python.mountNodeFS("/to", to);
python.runPython(await readFile(new URL("precompile.py", import.meta.url), "utf8"));
process.exit();
