// Writes Python's memory as it is after its start: node snapshot.mjs PYODIDE FILE
//
// With it a page starts Python in a tenth of the time.

import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

// Of the standard library, what NumPy, matplotlib and Run import beside what Pyodide does.
const IMPORTS = `csv, ctypes, dataclasses, datetime, decimal, difflib, email.utils, gzip, hashlib,
html, importlib.metadata, json, numbers, pickle, platform, pprint, secrets, shlex, unicodedata,
uuid`;

const [pyodide, file] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({
  indexURL: pyodide,
  env: { PYTHONHASHSEED: "0" }, // as the notebooks were run
  _sysExecutable: "python", // not where this file happens to lie
  _makeSnapshot: true,
});
python.runPython(`import ${IMPORTS.replaceAll("\n", " ")}`);
await writeFile(file, gzipSync(python.makeMemorySnapshot(), { level: 9 }));
process.exit();
