// The search box: / comes back to it, the arrow goes into the results. Nothing needs this file.
"use strict";
(() => {
  const typing = (place) => place.matches && place.matches("input, textarea, select");
  const links = () => [...document.querySelectorAll("[data-results] li p:first-child > a:first-child")];
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.querySelector("[data-search]");
    if (!box) return;
    const place = links().indexOf(event.target);
    if (event.key === "/" && !typing(event.target)) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.code === "ArrowDown" && (event.target === box || place >= 0)) {
      const next = links()[place + 1];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    } else if (event.code === "ArrowUp" && place >= 0) {
      event.preventDefault();
      (links()[place - 1] || box).focus();
    }
  });
})();
