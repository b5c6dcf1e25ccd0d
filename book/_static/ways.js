// "Previous" and "next" follow the way that the reader has chosen on the front page.

(() => {
  const KEY = `${new URL("../", document.currentScript.src).pathname}way`;

  function chosen() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // this browser keeps nothing
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const data = document.getElementById("other-ways");
    const area = document.querySelector(".prev-next-area");
    if (!data || !area) return;
    const others = JSON.parse(data.textContent);
    const first = area.innerHTML;

    // A link of the first way, with another aim; nothing where the way has an end.
    function turn(selector, to) {
      const link = area.querySelector(selector);
      if (!to) return link?.remove();
      if (!link) return;
      link.href = to.link;
      link.querySelector(".prev-next-title").innerHTML = to.title;
    }

    function show() {
      const way = others[chosen()];
      area.innerHTML = first;
      if (way) {
        turn(".left-prev", way.prev);
        turn(".right-next", way.next);
      }
      for (const option of document.querySelectorAll(".ways input")) {
        option.checked = option.value === chosen() || (!way && option.defaultChecked);
      }
    }

    for (const option of document.querySelectorAll(".ways input")) {
      option.addEventListener("change", () => {
        try {
          localStorage.setItem(KEY, option.value);
        } catch {
          // then the choice is lost, as the browser wants it
        }
        show();
      });
    }
    show();
    addEventListener("storage", show); // another tab
  });
})();
