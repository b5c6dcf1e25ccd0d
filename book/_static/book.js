// Mends what the themes leave out for readers with a keyboard or a screen reader.
document.addEventListener("DOMContentLoaded", () => {
  // The button's name should be the words that it shows, with the shortcut.
  for (const button of document.querySelectorAll(".search-button-field")) {
    button.removeAttribute("aria-label");
  }
  // What scrolls must be reachable, so that the arrow keys can scroll it. The theme asks once, a
  // while after the window has another size, and may ask too early.
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = target;
      target.tabIndex = scrollWidth > clientWidth || scrollHeight > clientHeight ? 0 : -1;
    }
  });
  for (const pre of document.querySelectorAll("pre")) resized.observe(pre);
  for (const table of document.querySelectorAll(".pst-scrollable-table-container")) {
    table.tabIndex = 0;
    table.setAttribute("role", "region");
    table.setAttribute("aria-label", "Table");
  }
  // The arrow that unfolds the pages below another has no name.
  for (const arrow of document.querySelectorAll(".bd-sidenav summary")) {
    const page = arrow.closest("li").querySelector("a").textContent.trim();
    arrow.setAttribute("aria-label", `Pages below ${page}`);
  }
  // The bibliography says that it is a list, but its entries are no list items.
  for (const list of document.querySelectorAll(".citation-list")) {
    list.removeAttribute("role");
  }
});
