// What HTML alone cannot do, and nothing a page needs: every page works without this file.
"use strict";
(() => {
  // Questions follow the answers by themselves here; the button that fetches them is for pages without scripts.
  if (window.htmx) document.documentElement.classList.add("follows");

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

  // Ctrl+K leads to the box that finds somebody, ? to the list of keys: not out of a box one types into, nor
  // away from what was typed.
  let filled = false;
  document.addEventListener("input", (event) => {
    filled ||= Boolean(event.target.closest("main form:not([role=search])"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey) return;
    const find = document.querySelector("#find, [role=search] input[type=text]");
    if (event.code === "KeyK" && (event.ctrlKey || event.metaKey) && find) {
      event.preventDefault();
      find.focus();
      find.select();
    }
    const list = document.documentElement.dataset.keys;
    if (event.key === "?" && list && !filled && !event.ctrlKey && !event.target.matches("input, textarea, select"))
      location.assign(list);
  });

  // Enter confirms a kanji: it must not send the form as well.
  document.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229;
    if (composing && event.code === "Enter" && event.target.matches("input")) event.stopPropagation();
  }, true);

  // With the focus on a request to approve, or where "skip to the content" leads, one letter chooses the
  // decision; a second press, Ctrl+Enter, records it.
  document.addEventListener("keydown", (event) => {
    const on = event.target;
    const place = on.closest && (on.closest("[data-approval]") || (on.id === "main" && on.querySelector("[data-approval]")));
    if (!place || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input[type=text], textarea, select")) return;
    const choice = place.querySelector(`[data-key="${event.code}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    place.querySelector("#note").focus();
  });

  // Of several things a slip may say, the digit chooses one.
  const ways = document.querySelector("[data-ways]");
  const digit = (event) => (/^(Digit|Numpad)[0-9]$/.test(event.code) ? Number(event.code.slice(-1)) : -1);
  if (ways) document.addEventListener("keydown", (event) => {
    const way = ways.querySelectorAll("a")[digit(event) - 1];
    if (way && !event.ctrlKey && !event.altKey && !event.metaKey) way.click();
  });

  // A sheet of paper is keyed in without the mouse: digits choose, Enter goes on, the last Enter records.
  const paper = document.querySelector("form[data-paper]");
  if (paper) {
    const grouped = (control) => /^(radio|checkbox)$/.test(control.type);
    const of = (control) => [...paper.querySelectorAll("input")].filter((other) => other.name === control.name);
    const stops = () => [...paper.querySelectorAll("input:not([type=hidden]), select, textarea")]
      .filter((control) => control.offsetParent && (!grouped(control) || of(control)[0] === control));
    const stopAt = (control) => (grouped(control) ? of(control)[0] : control);
    const enter = (control) => {
      const chosen = grouped(control) ? of(control).find((other) => other.checked) || control : control;
      chosen.focus();
      if (chosen.select) chosen.select();
    };
    // Questions that the answer brings up must be there before Enter goes on to them.
    const settled = (then) => {
      if (!document.querySelector(".htmx-request")) then();
      else document.addEventListener("htmx:afterRequest", () => setTimeout(then, 30), {once: true});
    };
    const move = (control, step) => {
      const all = stops();
      const place = all.indexOf(stopAt(control)) + step;
      if (place < all.length) enter(all[Math.max(place, 0)]);
      else paper.querySelector("[data-main]").click();
    };
    // A closed list shows its digits as well.
    for (const list of paper.querySelectorAll("select"))
      [...list.options].slice(1).forEach((option, place) => (option.text = `${place + 1} ${option.text}`));
    let typed = "", last = 0;
    const choose = (control, number, when) => {
      const options = control.tagName === "SELECT" ? [...control.options].slice(1) : of(control);
      const both = typed + number;
      typed = when - last < 800 && Number(both) <= options.length ? both : String(number);
      last = when;
      const option = options[Number(typed) - 1];
      if (!option) return;
      if (control.tagName === "SELECT") option.selected = true;
      else if (typed.length > 1 && option.type === "checkbox") {
        options[Number(typed[0]) - 1].click();
        option.click();
      } else option.click();
      if (control.tagName === "SELECT") control.dispatchEvent(new Event("change", {bubbles: true}));
      else option.focus();
    };
    paper.addEventListener("keydown", (event) => {
      const control = event.target;
      if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!control.matches("input, select, textarea")) return;
      const number = digit(event);
      if (number >= 0 && (grouped(control) || control.tagName === "SELECT")) {
        event.preventDefault();
        choose(control, number, event.timeStamp);
      } else if (event.code === "Enter" || event.code === "NumpadEnter") {
        if (event.shiftKey && control.tagName === "TEXTAREA") return;
        event.preventDefault();
        if (!grouped(control) && control.tagName !== "SELECT" && control.closest("[hx-post]"))
          control.dispatchEvent(new Event("change", {bubbles: true}));
        settled(() => move(control, event.shiftKey ? -1 : 1));
      }
    });
    if (!summary && stops().length) enter(stops()[0]);
  }

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

  // Five minutes before the session ends the page says so, and one key goes on. What is typed stays.
  const end = document.getElementById("session-end");
  if (end && end.showModal) {
    const [soon, over] = ["[data-soon]", "[data-over]"].map((part) => end.querySelector(part));
    const EARLY = 300;
    let waiting = 0;
    const show = (part) => {
      soon.hidden = part !== soon;
      over.hidden = part !== over;
      end.setAttribute("aria-labelledby", part.querySelector("p").id);
      if (!end.open) end.showModal();
      part.querySelector(".button").focus();
    };
    const wait = (seconds, then) => {
      clearTimeout(waiting);
      waiting = setTimeout(then, Math.max(seconds, 1) * 1000);
    };
    // Another tab may have gone on meanwhile; without a network nothing is known, and nothing is said.
    const tokens = () => document.querySelectorAll("[name=csrfmiddlewaretoken]");
    const left = async (method) => {
      const headers = {"HX-Request": "true", "X-CSRFToken": tokens()[0].value};
      const answer = await fetch(end.dataset.stay, {method, headers});
      if (answer.status >= 500) throw new Error(answer.status);
      const found = answer.ok && !answer.redirected ? await answer.json() : {};
      if (found.who !== end.dataset.who) return 0; // nobody, or somebody else at this terminal
      for (const token of tokens()) token.value = found.token;
      return found.left;
    };
    const look = async (method) => {
      let seconds = 0;
      try {
        seconds = await left(method);
      } catch {
        wait(30, ask);
        return;
      }
      if (seconds > EARLY) {
        end.close();
        wait(seconds - EARLY, ask);
      } else {
        show(seconds ? soon : over);
        if (seconds) wait(seconds, ask);
      }
    };
    const ask = () => look("GET");
    soon.addEventListener("submit", (event) => {
      event.preventDefault();
      look("POST");
    });
    end.addEventListener("cancel", () => soon.hidden || look("POST"));
    over.querySelector("[data-close]").addEventListener("click", () => {
      end.close();
      left("GET").catch(() => {}); // perhaps they signed in again
    });
    wait(Number(end.dataset.seconds) - EARLY, ask);
  }

  // What could not be sent is said, and nothing typed is lost.
  const say = (words) => {
    const place = document.getElementById("say");
    if (place) place.textContent = words;
  };
  const english = document.documentElement.lang === "en";
  document.addEventListener("htmx:sendError", () =>
    say(english ? "Connection lost. Your input is safe." : "接続が切れました。入力は消えません。"));
})();
