// The keypad in front of the page: to choose the PIN of this phone, and to open it where there is no network. The page
// behind it keeps what was typed. Ten minutes in the background close it again.
"use strict";
const word = (name, n = "") => document.querySelector(`#words [data-word="${name}"]`).textContent.replace("{n}", n);
const keypad = phone && (() => {
  const AWAY = 10 * 60 * 1000;
  const DIGITS = 4;
  const EASY = "01234567890 09876543210";

  const front = (mode) => {
    const page = document.querySelector("#page");
    const pad = document.querySelector("#pin-page").content.cloneNode(true).firstElementChild;
    const one = (selector) => pad.querySelector(selector);
    for (const part of pad.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== mode;
    one("#pin").type = mode === "choose" ? "text" : "password";
    page.hidden = true;
    page.before(pad);
    one("#pin").focus({preventScroll: true});
    window.scrollTo(0, 0);
    const away = () => {
      pad.remove();
      page.hidden = false;
      document.querySelector("main").focus({preventScroll: true});
      window.scrollTo(0, 0);
    };
    const tell = (words, wrong = false) => {
      one("#pin-told").textContent = words;
      one("#pin-told").classList.toggle("error-summary", wrong);
    };
    const typed = () => one("#pin").value.normalize("NFKC").replace(/\D/g, "").slice(0, DIGITS);
    const count = () => tell(word("pin_typed", typed().length));
    one("#pin").addEventListener("input", () => { one("#pin").value = typed(); count(); });
    for (const key of pad.querySelectorAll("[data-key]")) {
      key.addEventListener("click", () => {
        const before = typed();
        one("#pin").value = key.dataset.key === "back" ? before.slice(0, -1) : (before + key.dataset.key).slice(0, DIGITS);
        count();
      });
    }
    return {one, pad, away, tell, typed};
  };

  // What a press of the large button does; one at a time, a slow phone takes a second or two.
  const pressed = (shown, doing) => {
    let busy = false;
    shown.pad.addEventListener("submit", async (event) => {
      event.preventDefault();
      const pin = shown.typed();
      if (busy) return;
      if (pin.length < DIGITS) { shown.tell(word("pin_short"), true); return; }
      busy = true;
      shown.tell(word("pin_trying"));
      try { await doing(pin); } catch { shown.tell(word("pin_failed"), true); } finally { busy = false; }
    });
  };

  const choose = (who) => new Promise((done) => {
    const shown = front("choose");
    const leave = (chosen) => { shown.away(); done(chosen); };
    shown.one("[data-stop]").addEventListener("click", () => leave(false));
    pressed(shown, async (pin) => {
      if (/^(\d)\1+$/.test(pin) || EASY.includes(pin)) { shown.tell(word("pin_easy"), true); return; }
      await phone.choose(pin, who);
      leave(true);
    });
  });

  // Done when it is open, or when there is nothing left to open.
  const open = () => new Promise((done) => {
    const shown = front("open");
    const gone = async () => {
      const waits = (await phone.waiting()).length;
      const words = [word("pin_gone"), waits ? word("pin_waits", waits) : "", word("pin_again")].filter(Boolean);
      shown.pad.querySelectorAll("[data-asks]").forEach((part) => part.remove());
      shown.tell(words.join("\n"), true);
      shown.one("[data-on]").hidden = false;
    };
    shown.one("[data-forgot]").addEventListener("click", () => phone.spend().then(gone));
    pressed(shown, async (pin) => {
      const told = await phone.open(pin);
      if (told.open) { shown.away(); done(); return; }
      if (!told.left) { await gone(); return; }
      shown.one("#pin").value = "";
      shown.one("#pin").focus();
      shown.tell(word("pin_wrong", told.left), true);
    });
  });

  // --- away for long: it closes ---
  let touched = false;
  let asking = null;
  const ask = () => asking || (asking = open().finally(() => { asking = null; }));
  const passed = () => {
    const left = Number(sessionStorage.getItem("field.left"));
    sessionStorage.removeItem("field.left");
    const long = left && Date.now() - left > AWAY;
    if (long) phone.close();
    return long;
  };
  passed();
  document.addEventListener("input", () => { touched = true; });
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) { sessionStorage.setItem("field.left", Date.now()); return; }
    if (!passed() || !await phone.chosen()) return;
    // A page from the office comes anew; one in which somebody was writing stays, behind the keypad.
    if (touched || "shell" in document.body.dataset) ask();
    else location.reload();
  });
  return {choose, ask};
})();
