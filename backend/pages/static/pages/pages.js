// What HTML alone cannot do, and nothing a page needs: every page works without this file.
"use strict";
(() => {
  // The error summary takes the focus, so that what is wrong is read first.
  const summary = document.querySelector("[data-focus], .error-summary");
  if (summary) summary.focus();

  // Sent once is enough. The key in the page makes a second press harmless; this only spares the wait.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) return;
    const pressed = event.submitter;
    if (pressed && pressed.name && /_(refresh|add)$/.test(pressed.name)) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  // Back from another page: the form may be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Ctrl+Enter is the page's main action; never while an input method is composing.
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.code === "Escape") closeMenus();
    if (event.code !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const main = document.querySelector("[data-main], .next-action .button");
    if (main) {
      event.preventDefault();
      main.click();
    }
  });

  // Enter confirms a kanji: it must not send the form as well.
  document.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229;
    if (composing && event.code === "Enter" && event.target.matches("input")) event.stopPropagation();
  }, true);

  // In the approvals list one letter chooses the decision; a second press, Ctrl+Enter, records it.
  document.addEventListener("keydown", (event) => {
    const place = event.target.closest && event.target.closest("[data-approval]");
    if (!place || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input[type=text], textarea, select")) return;
    const choice = place.querySelector(`[data-key="${event.code}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    place.querySelector("#note").focus();
  });

  const closeMenus = () => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  };
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // What could not be sent is said, and nothing typed is lost.
  const say = (words) => {
    const place = document.getElementById("say");
    if (place) place.textContent = words;
  };
  const english = document.documentElement.lang === "en";
  document.addEventListener("htmx:sendError", () =>
    say(english ? "Connection lost. Your input is safe." : "接続が切れました。入力は消えません。"));
})();
