// The page "Your progress": each guess beside what was measured, by chapter.

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector(".predict-progress");
  const chapters = JSON.parse(place.querySelector("script").textContent);

  // All that was asked in a chapter, with what the reader said.
  function asked({ name, page, boxes }) {
    return boxes.flatMap(({ id, asks }) => {
      const state = Guess.of(name, id);
      return asks.map((ask, k) => {
        const guess = state?.guess?.[k];
        const link = `${page}#guess-${id}`;
        return { ask, state, guess, link, ...(guess?.length ? Guess.judged(ask, guess) : {}) };
      });
    });
  }

  function summary(all) {
    const guesses = all.filter(({ guess }) => guess?.length);
    if (!guesses.length) return "You have not guessed yet.";
    const good = guesses.filter((each) => each.good).length;
    const factors = guesses.map(({ factor }) => factor).filter(Boolean);
    const middle = factors.sort((a, b) => a - b)[Math.floor((factors.length - 1) / 2)];
    return (
      `Good guesses: ${good} of ${guesses.length}.` +
      (factors.length > 2 ? ` Half of your numbers are within a factor of ${Guess.briefly(middle)}.` : "")
    );
  }

  function counts(all) {
    const guesses = all.filter(({ guess }) => guess?.length);
    const good = guesses.filter((each) => each.good).length;
    const looked = all.filter(({ state }) => state?.looked).length;
    const said = [`${guesses.length} of ${all.length} guessed`];
    if (guesses.length) said.push(`${good} good`);
    if (looked) said.push(`${looked} looked at first`);
    return said.join(", ");
  }

  function row({ ask, state, guess, link }) {
    if (state) return Guess.line(ask, guess, link);
    const item = document.createElement("li");
    const there = document.createElement("a");
    there.href = link;
    there.textContent = ask.label;
    item.append(there);
    return item;
  }

  function part(chapter) {
    const all = asked(chapter);
    const details = document.createElement("details");
    details.innerHTML = "<summary><b></b><span></span></summary><ul></ul>";
    details.querySelector("b").textContent = chapter.title;
    details.querySelector("span").textContent = `: ${counts(all)}`;
    details.querySelector("ul").append(...all.map(row));
    const forget = document.createElement("button");
    forget.type = "button";
    forget.textContent = "Forget these guesses";
    forget.disabled = !all.some(({ state }) => state);
    forget.addEventListener("click", () => {
      if (!confirm(`Forget your guesses in “${chapter.title}”?`)) return;
      for (const { id } of chapter.boxes) Guess.forget(chapter.name, id);
      show();
    });
    details.append(forget);
    return details;
  }

  function show() {
    const open = [...place.querySelectorAll("details")].map((details) => details.open);
    place.innerHTML = `<p><label><input type="checkbox">
      Fold results until I have guessed</label></p><p></p>`;
    const fold = place.querySelector("input");
    fold.checked = Guess.folding();
    fold.addEventListener("change", () => Guess.setFolding(fold.checked));
    place.lastElementChild.textContent = summary(chapters.flatMap(asked));
    place.append(...chapters.map(part));
    place.querySelectorAll("details").forEach((details, k) => (details.open = open[k] ?? false));
  }

  show();
  addEventListener("storage", show); // another tab
  addEventListener("pageshow", ({ persisted }) => persisted && show());
});
