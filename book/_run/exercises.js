// A page of exercises: answers and progress are kept, and can be taken along.

import { ROOT, download, note, notesOf, solved } from "./notes.js";

export class Exercises {
  #said;

  // page: what the page says of itself. cells: those of run.js.
  constructor({ set, source, tasks }, cells) {
    Object.assign(this, { set, source, tasks, cells });
    const { code } = notesOf(set);
    for (const cell of cells) if (cell.editor && cell.id in code) cell.editor.put(code[cell.id]);
    this.#furnish();
  }

  get states() {
    return notesOf(this.set).states;
  }

  // Keep the code of every cell that differs from what is stored in the book.
  keepCode() {
    const edited = this.cells.filter((cell) => cell.editor?.edited);
    this.#note({ code: Object.fromEntries(edited.map((cell) => [cell.id, cell.code])) });
  }

  // states: of tasks by set, as Python has them.
  keepStates(states) {
    this.#note({ states: states[this.set] ?? {} });
  }

  #note(values) {
    const kept = note(this.set, { total: this.tasks.length, ...values });
    this.#said.textContent = kept
      ? `${solved(notesOf(this.set))} of ${this.tasks.length} solved.`
      : "This browser keeps nothing: download your notebook before you leave.";
  }

  #furnish() {
    const bar = document.createElement("p");
    bar.className = "exercise-bar";
    bar.innerHTML = `<span></span> Your answers stay in this browser.
      <a href="${new URL("book/progress.html", ROOT)}">Your progress</a>
      <button type="button">Download your notebook</button>`;
    this.#said = bar.querySelector("span");
    this.#said.textContent = `${solved(notesOf(this.set))} of ${this.tasks.length} solved.`;
    bar.querySelector("button").addEventListener("click", () => download(this.set, this.source));
    document.querySelector("article h1").after(bar);
  }
}
