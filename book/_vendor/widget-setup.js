// Widgets that the manager does not know itself are looked for beside this file, on this site.
requirejs.config({ baseUrl: new URL("amd/", document.currentScript.src).href });

// The manager typesets labels as MathJax 2 did; the pages have MathJax 3, if they have formulas.
document.addEventListener("DOMContentLoaded", () => {
  if (window.MathJax?.typesetPromise) {
    MathJax.Hub = { Queue: ([, , element]) => MathJax.typesetPromise([element]) };
  }
});

// Its sliders do not say what they are for; their label does.
new MutationObserver(() => {
  for (const handle of document.querySelectorAll(".noUi-handle:not([aria-label])")) {
    const label = handle.closest(".jupyter-widgets")?.querySelector(".widget-label");
    handle.setAttribute("aria-label", label?.textContent || "Slider");
  }
}).observe(document, { childList: true, subtree: true });
