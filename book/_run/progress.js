// On every page: how much of each set is solved, beside its name in the contents. On the page of
// progress: the state of each task.

import { ROOT, download, forget, notesOf, solved } from "./notes.js";

const SAID = { solved: "solved", tried: "tried" };

function showCounts() {
  for (const link of document.querySelectorAll(".bd-links a")) {
    const set = new URL(link.href).pathname.match(/\/exercises\/([^/]+)\/exercise\.html$/)?.[1];
    if (!set) continue;
    link.querySelector(".exercise-count")?.remove();
    const notes = notesOf(set);
    if (!Object.keys(notes.states).length) continue;
    const count = document.createElement("span");
    count.className = "exercise-count";
    count.textContent = `${solved(notes)} of ${notes.total} solved`;
    link.append(" ", count);
  }
}

function showTasks() {
  for (const part of document.querySelectorAll(".exercise-set")) {
    const notes = notesOf(part.dataset.set);
    for (const place of part.querySelectorAll("[data-task]")) {
      place.textContent = SAID[notes.states[place.dataset.task]] ?? "–";
    }
    part.querySelector("[name=forget]").disabled = notes.total === 0;
  }
}

for (const part of document.querySelectorAll(".exercise-set")) {
  const { set, source, title } = part.dataset;
  part.querySelector("[name=download]").addEventListener("click", () => download(set, source));
  part.querySelector("[name=forget]").addEventListener("click", () => {
    if (confirm(`Forget your answers and what you have solved in “${title}”?`)) forget(set);
  });
}

function show() {
  showCounts();
  showTasks();
}

document.addEventListener("exercises-noted", show);
addEventListener("storage", show); // another page of the book has noted something
addEventListener("pageshow", show); // back from another page
