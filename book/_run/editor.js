// The code of a cell, to be edited where it stands: a transparent textarea over colored text.

const KEYWORDS =
  "and as assert async await break class continue def del elif else except finally for from " +
  "global if import in is lambda nonlocal not or pass raise return try while with yield";

const QUOTED = [
  /"""[^]*?(?:"""|$)/,
  /'''[^]*?(?:'''|$)/,
  /"(?:\\.|[^"\\\n])*"?/,
  /'(?:\\.|[^'\\\n])*'?/,
].map((each) => each.source);

// By the classes that color them. What comes first, wins: in a comment there is no keyword.
const TOKENS = [
  ["c1", /#[^\n]*/],
  ["s2", RegExp(`(?:\\b[fFrRbBuU]{1,2})?(?:${QUOTED.join("|")})`)],
  ["mi", /\b\d[\d_.]*(?:[eE][-+]?\d+)?\b/],
  ["kc", /\b(?:True|False|None)\b/],
  ["k", RegExp(`\\b(?:${KEYWORDS.replaceAll(" ", "|")})\\b`)],
  ["n", /\w+/],
  ["o", /[-+*/%@&|^~<>=!]+/],
];
const PATTERN = new RegExp(TOKENS.map(([, each]) => `(${each.source})`).join("|"), "g");

// Nodes that show Python code in the colors of the book.
function colored(code) {
  const nodes = [];
  let end = 0;
  for (const found of code.matchAll(PATTERN)) {
    nodes.push(code.slice(end, found.index));
    const span = document.createElement("span");
    span.className = TOKENS[found.slice(1).findIndex((part) => part !== undefined)][0];
    span.textContent = found[0];
    nodes.push(span);
    end = found.index + found[0].length;
  }
  return [...nodes, code.slice(end)];
}

export class Editor {
  #pre;
  #area = null;
  #stored;
  #code;

  // input: the element .cell_input. stored: its code. name: for a screen reader.
  // changed() is called after each change, run() by Shift+Enter, left() by Escape.
  constructor(input, stored, name, { changed, run, left }) {
    Object.assign(this, { name, changed, run, left });
    this.#pre = input.querySelector("pre");
    this.#stored = { code: stored, nodes: [...this.#pre.childNodes] };
    this.#code = stored;
  }

  get code() {
    return this.#code;
  }

  get edited() {
    return this.#code !== this.#stored.code;
  }

  get open() {
    return Boolean(this.#area);
  }

  edit() {
    const area = (this.#area = document.createElement("textarea"));
    const { font, padding } = getComputedStyle(this.#pre);
    Object.assign(area.style, { font, padding });
    area.value = this.#code;
    area.className = "run-editor";
    area.spellcheck = false;
    area.autocapitalize = "off";
    area.setAttribute("autocorrect", "off");
    area.setAttribute("aria-label", this.name);
    area.setAttribute("aria-description", "Shift+Enter runs it. Tab indents. Escape leaves.");
    area.addEventListener("input", () => this.#take(area.value));
    area.addEventListener("keydown", (event) => this.#key(event));
    this.#pre.parentElement.classList.add("run-editing");
    this.#pre.parentElement.append(area);
    this.#paint();
    area.setSelectionRange(0, 0);
    area.focus({ preventScroll: true });
  }

  close() {
    this.#area?.remove();
    this.#area = null;
    this.#pre.parentElement.classList.remove("run-editing");
    this.#paint();
  }

  // Other code in place of what is there.
  put(code) {
    if (this.#area) this.#area.value = code;
    this.#take(code);
  }

  reset() {
    this.put(this.#stored.code);
  }

  #take(code) {
    this.#code = code;
    this.#paint();
    this.changed();
  }

  #paint() {
    const { nodes } = this.#stored;
    // In the editor a last empty line needs something to stand on.
    if (this.edited || this.open) this.#pre.replaceChildren(...colored(this.#code), "\n");
    else this.#pre.replaceChildren(...nodes);
  }

  #key(event) {
    if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) this.run();
    else if (event.key === "Enter") this.#type(`\n${this.#indentation()}`);
    else if (event.key === "Tab") this.#indent(event.shiftKey);
    else if (event.key === "Escape") this.left();
    else return;
    event.preventDefault();
  }

  // Replace the selection so that the browser can undo it.
  #type(text) {
    document.execCommand("insertText", false, text);
  }

  #lineStart() {
    return this.#code.lastIndexOf("\n", this.#area.selectionStart - 1) + 1;
  }

  // Of the line after this one.
  #indentation() {
    const line = this.#code.slice(this.#lineStart(), this.#area.selectionStart);
    return line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
  }

  // Move the selected lines by four spaces; without a selection, type them.
  #indent(back) {
    const { selectionStart: start, selectionEnd: end } = this.#area;
    if (start === end && !back) return this.#type("    ");
    const first = this.#lineStart();
    const lines = this.#code.slice(first, end);
    const moved = back ? lines.replace(/^ {1,4}/gm, "") : lines.replace(/^(?=.)/gm, "    ");
    if (moved === lines) return;
    this.#area.setSelectionRange(first, end);
    this.#type(moved);
    const after = first + moved.length;
    this.#area.setSelectionRange(start === end ? after : first, after);
  }
}
