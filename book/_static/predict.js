// Predictions: a question takes a guess, and what would answer it stays folded until then.
// Loaded in the head, so that nothing is seen before it is folded.

(() => {
  const FOLDED = ".predict-answer[hidden]";

  function make(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function button(text, press, name = text) {
    const made = make("button", { type: "button", textContent: text });
    made.setAttribute("aria-label", name);
    made.addEventListener("click", press);
    return made;
  }

  // --- A field for each kind of question: its element, `guess()` (empty if there is none),
  // `wrong()` (what to tell the reader) and `focus()`.

  let fields = 0;

  const FIELDS = {
    number({ label, unit = "" }) {
      const id = `predict-${++fields}`;
      const input = make("input", { id, type: "text", autocomplete: "off" });
      const after = make("span", { id: `${id}-unit`, textContent: unit });
      input.setAttribute("aria-describedby", after.id);
      return {
        element: make("p", {}, make("label", { htmlFor: id, textContent: label }), input, after),
        guess: () => input.value.trim(),
        wrong() {
          const bad = input.value.trim() !== "" && Number.isNaN(Guess.number(input.value));
          input.setAttribute("aria-invalid", bad);
          return bad ? `Expected a number such as 3, 0.02, 1e-4 or 1/6, not “${input.value}”.` : "";
        },
        focus: () => input.focus(),
      };
    },

    choice({ label, options }) {
      const name = `predict-${++fields}`;
      const element = make("fieldset", {}, make("legend", { textContent: label }));
      for (const value of options) {
        element.append(make("label", {}, make("input", { type: "radio", name, value }), value));
      }
      return {
        element,
        guess: () => element.querySelector(":checked")?.value ?? "",
        wrong: () => "",
        focus: () => element.querySelector("input").focus(),
      };
    },

    order({ label, items }) {
      const rows = make("ol");
      const said = make("p", { className: "visually-hidden" });
      said.setAttribute("role", "status");
      const guess = () => [...rows.children].map((row) => row.dataset.item);
      const mark = () => {
        for (const row of rows.children) {
          const [up, down] = row.querySelectorAll("button");
          up.disabled = row === rows.firstElementChild;
          down.disabled = row === rows.lastElementChild;
        }
      };
      const move = (row, pressed, by) => {
        if (by < 0) row.previousElementSibling.before(row);
        else row.nextElementSibling.after(row);
        mark();
        (pressed.disabled ? row.querySelector("button:enabled") : pressed).focus();
        const { item } = row.dataset;
        said.textContent = `${item}: ${guess().indexOf(item) + 1} of ${items.length}`;
      };
      for (const item of items) {
        const row = make("li", {}, make("span", { textContent: item }));
        const up = button("↑", () => move(row, up, -1), `Move ${item} up`);
        const down = button("↓", () => move(row, down, 1), `Move ${item} down`);
        row.dataset.item = item;
        row.append(up, " ", down);
        rows.append(row);
      }
      mark();
      return {
        element: make("fieldset", {}, make("legend", { textContent: label }), rows, said),
        guess,
        wrong: () => "",
        focus: () => rows.querySelector("button:enabled").focus(),
      };
    },
  };

  // --- One question on the page.

  class Box {
    #form;
    #error;
    #result;
    #look;
    #notes;

    constructor(element) {
      const { id, asks } = JSON.parse(element.querySelector(":scope > script").textContent);
      Object.assign(this, { element, id, asks, page: DOCUMENTATION_OPTIONS.pagename });
      this.opened = false; // for this visit, by a link or a search
      this.answers = [...document.querySelectorAll(`.${CSS.escape(`answers-${id}`)}`)];
      this.#notes = this.answers.map((answer) => this.#note(answer));
      this.#furnish();
      this.show();
      // After a run, or a reset, a cell has another output, which is folded as this one is.
      const watch = new MutationObserver(() => this.#fold());
      for (const { parentElement } of this.answers.filter((each) => each.matches(".cell > *"))) {
        watch.observe(parentElement, { childList: true });
      }
    }

    get state() {
      return Guess.of(this.page, this.id);
    }

    get folded() {
      return Guess.folding() && !this.opened && !this.state;
    }

    // What it hides, as it is on the page now.
    #now() {
      return this.answers.map((answer, k) => {
        const cell = this.#notes[k].closest(".cell");
        return cell ? cell.querySelector(":scope > .cell_output") : answer;
      });
    }

    hides(element) {
      return this.#now().some((answer) => answer?.contains(element));
    }

    #fold() {
      for (const answer of this.#now()) {
        if (!answer) continue;
        answer.classList.add("predict-answer");
        if (this.folded) answer.setAttribute("hidden", "until-found");
        else answer.removeAttribute("hidden");
      }
    }

    // In the place of what is folded.
    #note(answer) {
      const there = make("a", { href: `#${this.element.id}`, textContent: "the question" });
      const look = button("Show me", () => {
        const shown = this.#now()[this.answers.indexOf(answer)];
        this.look();
        shown.tabIndex = -1;
        shown.focus();
      });
      const note = make("p", { className: "predict-note" });
      note.append("Folded until you have guessed: ", there, " ", look);
      answer.before(note);
      return note;
    }

    #furnish() {
      this.fields = this.asks.map((ask) => FIELDS[ask.kind](ask));
      this.#error = make("p", { className: "predict-error" });
      this.#error.setAttribute("role", "alert");
      this.#look = button("Show me", () => {
        this.look();
        this.#result.focus();
      });
      const commit = make("button", { type: "submit", textContent: "This is my guess" });
      const href = new URL("book/progress.html#your-guesses", Guess.ROOT);
      const all = make("a", { href, textContent: "Your guesses" });
      const buttons = make("p", { className: "predict-buttons" }, commit, this.#look, all);
      const elements = this.fields.map((field) => field.element);
      this.#form = make("form", { noValidate: true }, ...elements, this.#error, buttons);
      this.#form.className = "predict-form";
      this.#form.setAttribute("aria-label", "Your guess");
      this.#form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#commit();
      });
      this.#result = make("div", { className: "predict-result", tabIndex: -1 });
      this.element.append(this.#form, this.#result);
    }

    #commit() {
      const wrong = this.fields.map((field) => field.wrong());
      const guess = this.fields.map((field) => field.guess());
      const bad = wrong.findIndex(Boolean);
      const empty = guess.every((each) => !each.length);
      this.#error.textContent = empty ? "Put in a guess, or press “Show me”." : (wrong[bad] ?? "");
      if (bad >= 0 || empty) {
        this.fields[Math.max(bad, 0)].focus();
        return;
      }
      Guess.keep(this.page, this.id, { guess });
      this.show();
      this.#result.focus();
    }

    // To see what came out, without a guess.
    look() {
      if (!this.state) Guess.keep(this.page, this.id, { looked: true });
      this.show();
    }

    open() {
      this.opened = true;
      this.show();
    }

    #forget() {
      Guess.forget(this.page, this.id);
      this.opened = false;
      this.show();
      this.fields[0].focus();
    }

    show() {
      const { state, folded } = this;
      this.#fold();
      for (const note of this.#notes) note.hidden = !folded;
      this.#look.hidden = !folded;
      this.#form.hidden = Boolean(state);
      this.#result.replaceChildren();
      if (!state) return;
      const lines = this.asks.map((ask, k) => Guess.line(ask, state.guess?.[k], `#cell-${ask.cell}`));
      const back = state.guess ? "Forget my guess" : "Fold it again";
      const buttons = make("p", { className: "predict-buttons" }, button(back, () => this.#forget()));
      this.#result.append(make("ul", {}, ...lines), buttons);
    }
  }

  // --- The page.

  document.addEventListener("DOMContentLoaded", () => {
    const page = document.documentElement;
    page.classList.toggle("predict-findable", "onbeforematch" in page);
    const boxes = [...document.querySelectorAll(".admonition.predict")].map((box) => new Box(box));
    page.classList.remove("predict-early");

    const boxOf = (element) => boxes.find((box) => box.hides(element));

    // A link into what is folded, or to a cell whose output is, opens it; so does a search.
    const follow = () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const answer = target?.closest(FOLDED) ?? target?.querySelector(`:scope > ${FOLDED}`);
      if (!answer) return;
      boxOf(answer)?.open();
      target.scrollIntoView();
    };
    follow();
    addEventListener("hashchange", follow);
    document.addEventListener("beforematch", ({ target }) => boxOf(target)?.open());

    // Who runs a cell wants to see what comes out.
    const ran = (element) => {
      const answer = element.closest(".cell")?.querySelector(FOLDED);
      if (answer) boxOf(answer)?.look();
    };
    document.addEventListener("click", ({ target }) => target.closest(".run-go") && ran(target));
    document.addEventListener("keydown", ({ key, shiftKey, target }) => {
      if (key === "Enter" && shiftKey && target.closest(".run-editor")) ran(target);
    });

    const refresh = () => boxes.forEach((box) => box.show());
    addEventListener("storage", refresh); // another tab
    addEventListener("pageshow", ({ persisted }) => persisted && refresh());
  });

  if (Guess.folding()) document.documentElement.classList.add("predict-early");
})();
