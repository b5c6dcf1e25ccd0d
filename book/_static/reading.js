// A term shows what it means: when the pointer rests on it, with the focus, and on a tap. Without
// this, or where a browser has no popovers, it is a link to the glossary.

document.addEventListener("DOMContentLoaded", () => {
  if (!("popover" in HTMLElement.prototype)) return;
  const card = document.createElement("div");
  card.className = "term-card";
  card.popover = "auto"; // a press elsewhere closes it
  document.body.append(card);
  let timer = 0;
  let shown = null; // the link that it is about

  function show(link) {
    clearTimeout(timer);
    if (shown === link && card.matches(":popover-open")) return;
    shown = link;
    const more = document.createElement("a");
    more.href = link.href;
    more.textContent = link.pathname.endsWith("lecture_map.html") ? "The lecture" : "Glossary";
    card.innerHTML = document.getElementById(link.getAttribute("aria-describedby")).innerHTML;
    card.append(" ", more);
    card.showPopover();
    place();
  }

  // Below the term, or above it where there is no room.
  function place() {
    if (!card.matches(":popover-open")) return;
    const { left, top, bottom } = shown.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) return card.hidePopover();
    const room = document.documentElement.clientWidth - card.offsetWidth - 8;
    const below = bottom + card.offsetHeight + 8 < innerHeight;
    card.style.left = `${Math.max(8, Math.min(left, room))}px`;
    card.style.top = `${below ? bottom + 4 : top - card.offsetHeight - 4}px`;
  }

  const hideSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => card.hidePopover(), 250);
  };

  const showSoon = (link) => {
    clearTimeout(timer);
    timer = setTimeout(() => show(link), 250);
  };

  card.addEventListener("pointerenter", () => clearTimeout(timer));
  card.addEventListener("pointerleave", hideSoon);
  card.addEventListener("focusout", hideSoon);
  addEventListener("scroll", place, { passive: true });
  addEventListener("keydown", ({ key }) => key === "Escape" && card.hidePopover());

  for (const link of document.querySelectorAll("a.term-link")) {
    let touched = false;
    link.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType === "mouse") showSoon(link);
    });
    link.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType === "mouse") hideSoon();
    });
    link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
    link.addEventListener("blur", hideSoon);
    link.addEventListener("pointerdown", ({ pointerType }) => (touched = pointerType !== "mouse"));
    link.addEventListener("click", (event) => {
      if (!touched) return;
      event.preventDefault();
      show(link);
    });
  }
});

// On paper no code is folded.
addEventListener("beforeprint", () => {
  for (const code of document.querySelectorAll(".folded-code")) code.open = true;
});
