// A guess: where it is kept, what counts as one, and how good it is. A plain script, as all that has
// to do with predictions, so that it also works where the book is opened as files.

const Guess = (() => {
  const ROOT = new URL("../", document.currentScript.src);
  const SWITCH = `${ROOT.pathname}predictions`; // holds "open" where nothing is to be folded
  const unkept = new Map(); // where the browser keeps nothing

  function read(key) {
    try {
      return localStorage.getItem(key) ?? unkept.get(key);
    } catch {
      return unkept.get(key);
    }
  }

  // value: null forgets it.
  function write(key, value) {
    unkept.delete(key);
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      if (value !== null) unkept.set(key, value);
    }
  }

  // An entry of its own for each question, so that two tabs can share.
  const keyOf = (page, id) => `${SWITCH}/${page}/${id}`;

  // {guess: [...]}, a text or an order for each thing asked; or {looked: true}; or null.
  function of(page, id) {
    try {
      return JSON.parse(read(keyOf(page, id)) ?? "null");
    } catch {
      return null; // damaged
    }
  }

  const keep = (page, id, value) => write(keyOf(page, id), JSON.stringify(value));

  const forget = (page, id) => write(keyOf(page, id), null);

  const folding = () => read(SWITCH) !== "open";

  const setFolding = (on) => write(SWITCH, on ? null : "open");

  // The number that a reader has typed: 1,000 or 0.5 or 0,5 or 1e-8 or 10^-8 or 1/6 or 10 %.
  function number(typed) {
    let text = typed.replace(/%\s*$/, "").replace(/\s/g, "").replaceAll("−", "-");
    if (/^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) text = text.replaceAll(",", "");
    text = text.replace(",", ".");
    const plain = "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?";
    const found = text.match(RegExp(`^(${plain})(?:(\\^|\\*\\*|/)\\(?(${plain})\\)?)?$`));
    if (!found) return NaN;
    const [first, second] = [Number(found[1]), Number(found[3])];
    if (!found[2]) return first;
    return found[2] === "/" ? first / second : first ** second;
  }

  // Half a step of the last digit that was printed.
  function precision(printed) {
    const [, decimals = "", exponent = 0] = printed.match(/^[^.e]*(?:\.(\d+))?(?:e(.+))?$/);
    return 0.5 * 10 ** (exponent - decimals.length);
  }

  function briefly(x) {
    if (x >= 1e5) return `about 10^${Math.round(Math.log10(x))}`;
    return Number(x.toPrecision(2)).toLocaleString("en-US");
  }

  // How good a guess is. ask: what the page says of it, see asked.py. Gives `good`; `said`, in
  // words; for numbers that are compared by their ratio `factor`, by which it is off.
  function judged({ kind, value, text, good: rule }, guess) {
    if (kind === "choice") return right(guess === value, "Not so.");
    if (kind === "order") {
      const places = guess.map((item) => value.indexOf(item));
      const pairs = places.flatMap((a, k) => places.slice(k + 1).map((b) => a < b));
      const fit = pairs.filter(Boolean).length;
      return right(fit === pairs.length, `${fit} of ${pairs.length} pairs are in the right order.`);
    }
    const x = number(guess);
    const side = x > value ? "large" : "small";
    if (Math.abs(x - value) <= precision(text) * 1.0001) return { ...right(true), factor: 1 };
    if (rule.within) {
      const off = Math.abs(x - value);
      return near(off <= rule.within * 1.0001, `Too ${side} by ${briefly(off)}`, rule.within);
    }
    const factor = x > 0 ? Math.max(x / value, value / x) : Infinity;
    const said = x > 0 ? `${briefly(factor)} times too ${side}` : `Too ${side}: it is above 0`;
    return { ...near(factor <= rule.factor * 1.0001, said, `a factor of ${rule.factor}`), factor };
  }

  const right = (good, otherwise) => ({ good, said: good ? "Right." : otherwise });

  const near = (good, said, limit) => ({
    good,
    said: good ? `${said}: within ${limit}, which is good.` : `${said} (within ${limit} is good).`,
  });

  const withUnit = (text, unit) => (unit ? `${text} ${unit}` : text);

  // A list item: what was asked, the guess, if any, and what was measured.
  // link: to where that is printed, or to the question.
  function line(ask, guess, link) {
    const item = document.createElement("li");
    const label = document.createElement("b");
    const there = document.createElement("a");
    label.textContent = ask.label;
    there.textContent = ask.kind === "choice" ? ask.value : withUnit(ask.text, ask.unit);
    there.href = link;
    if (guess?.length) {
      const { good, said } = judged(ask, guess);
      const yours = ask.kind === "order" ? guess.join(", ") : withUnit(guess, ask.unit);
      item.className = good ? "predict-good" : "predict-off";
      item.append(label, `: you said ${yours}; measured: `, there, `. ${said}`);
    } else {
      item.append(label, ": measured: ", there, ".");
    }
    return item;
  }

  return { ROOT, of, keep, forget, folding, setFolding, number, briefly, judged, line };
})();
