// Compiles the loops for NumPy in the browser: node compile.mjs MODULES FILE
//
// MODULES: the node_modules with AssemblyScript, as npm fills it. FILE: a library for Pyodide's
// dynamic linker ("Dynamic Linking" in WebAssembly's tool conventions).

import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [modules, file] = process.argv.slice(2);
const { default: asc } = await import(pathToFileURL(`${modules}/assemblyscript/dist/asc.js`));
const { default: binaryen } = await import(pathToFileURL(`${modules}/binaryen/index.js`));

const sources = {};
for (const name of ["products.ts", "elementwise.ts"])
  sources[name] = await readFile(new URL(name, import.meta.url), "utf8");
const { error, stderr, text } = await asc.compileString(sources, {
  optimizeLevel: 3,
  runtime: "stub", // nothing is allocated
  importMemory: true,
  importTable: true,
  noExportMemory: true,
  enable: ["simd"],
});
if (error) throw new Error(stderr.toString());

// The linker has another name for the table of functions.
const TABLE = '(import "env" "table"';
if (!text.includes(TABLE)) throw new Error("the compiler does not import a table");
const module = binaryen.parseText(text.replace(TABLE, '(import "env" "__indirect_function_table"'));
module.setFeatures(binaryen.Features.All);
if (!module.validate()) throw new Error("the module is not valid");
const binary = module.emitBinary();

// The linker reads from the first section how much memory the library wants.
function wanting(bytes) {
  const number = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...number(n >> 7)]); // LEB128
  const needs = [...number(bytes), 4, 0, 0]; // aligned to 2 ** 4; no places in the table
  const content = [8, ...Buffer.from("dylink.0"), 1, needs.length, ...needs];
  return Buffer.from([0, content.length, ...content]);
}

const { instance } = await WebAssembly.instantiate(binary, {
  env: {
    memory: new WebAssembly.Memory({ initial: 0 }),
    __indirect_function_table: new WebAssembly.Table({ initial: 1, element: "anyfunc" }),
    __memory_base: 0,
  },
});
const start = wanting(instance.exports.memory_size.value);
await writeFile(file, Buffer.concat([binary.subarray(0, 8), start, binary.subarray(8)]));
