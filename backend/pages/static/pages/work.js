// The list of cases by keyboard: arrows move, Enter opens, Space ticks, A assigns, L writes a letter, Z puts off,
// / narrows, Escape leaves. Letters count only while the focus is in the list, and not where they are switched off.
"use strict";
(() => {
  const list = document.querySelector("form[data-list]");
  if (!list) return;
  const links = [...list.querySelectorAll("tbody th a")];
  const letters = list.dataset.list !== "arrows";
  const buttons = {KeyA: "assign", KeyL: "letter", KeyZ: "later"};
  const tick = (link) => link.closest("tr").querySelector("[type=checkbox]");
  const here = () => links.find((link) => link.closest("tr").contains(document.activeElement));
  const plain = (event) =>
    !event.isComposing && event.keyCode !== 229 && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
  const press = (name) => {
    const button = list.querySelector(`[data-press="${name}"]`);
    if (!button) return;
    const ticked = links.some((link) => tick(link).checked);
    if (!ticked && here()) tick(here()).checked = true;
    list.requestSubmit(button);
  };
  const narrow = () => {
    const box = document.querySelector("[data-narrow]");
    box.open = true;
    box.querySelector("select").focus();
  };

  list.addEventListener("keydown", (event) => {
    if (!plain(event) || event.target.matches("select, input[type=text], textarea")) return;
    const at = links.indexOf(here());
    const step = {ArrowDown: 1, ArrowUp: -1}[event.code];
    if (step) {
      event.preventDefault();
      links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
    } else if (event.code === "Space" && event.target.matches("a")) {
      event.preventDefault();
      tick(event.target).checked ^= true;
    } else if (event.code === "Escape" && at >= 0) document.activeElement.blur();
    else if (letters && buttons[event.code]) {
      event.preventDefault();
      press(buttons[event.code]);
    } else if (letters && event.code === "Slash") {
      event.preventDefault();
      narrow();
    }
  });
  // While nothing has the focus the first arrow goes into the list.
  document.addEventListener("keydown", (event) => {
    if (!plain(event) || event.code !== "ArrowDown" || document.activeElement !== document.body) return;
    if (!links.length || links[0].offsetParent === null) return;
    event.preventDefault();
    links[0].focus();
  });
})();
