// What the reader has done with the exercises: kept in this browser, for this copy of the book.

export const ROOT = new URL("../../", import.meta.url);
const KEY = `${ROOT.pathname}exercises`;

// By the name of a set: how many tasks it has, their states ("solved", "tried"), by the id of a
// cell the code that the reader wrote there.
function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // damaged, or this browser keeps nothing
  }
}

// Whether it could be kept.
function write(notes) {
  try {
    localStorage.setItem(KEY, JSON.stringify(notes));
    return true;
  } catch {
    return false;
  } finally {
    document.dispatchEvent(new Event("exercises-noted"));
  }
}

export const notesOf = (set) => ({ total: 0, states: {}, code: {}, ...read()[set] });

export const note = (set, values) => write({ ...read(), [set]: { ...notesOf(set), ...values } });

export function forget(set) {
  const { [set]: _, ...others } = read();
  write(others);
}

export const solved = ({ states }) =>
  Object.values(states).filter((state) => state === "solved").length;

// The notebook of a set with the reader's code in it, as a file to be handed in.
export async function download(set, source) {
  const notebook = await (await fetch(new URL(source, ROOT))).json();
  const { code } = notesOf(set);
  for (const cell of notebook.cells) if (cell.id in code) cell.source = code[cell.id];
  const file = new Blob([`${JSON.stringify(notebook, null, 1)}\n`], {
    type: "application/x-ipynb+json",
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `${set}.ipynb`;
  link.click();
  URL.revokeObjectURL(link.href);
}
