// What is typed is kept on the server two seconds after a change and when the page is left (Ctrl+S: at once).
"use strict";
(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const place = form.querySelector("[data-draft-said]");
  const banners = ["lost", "out", "unkept"].map((name) => document.querySelector(`[data-draft-${name}]`));
  const [lost, out, unkept] = banners;
  const KEEPALIVE = 60000; // browsers refuse to finish more than 64 KiB for a page that is gone
  let waiting = 0, changed = false, over = false, cut = false;

  const show = (one) => banners.forEach((banner) => (banner.hidden = banner !== one));
  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return new URLSearchParams(data);
  };
  // After signing in again the page needs the token of the new session. Somebody else's is not taken.
  const renewed = async () => {
    const answer = await fetch(location.pathname);
    if (!answer.ok || answer.redirected) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
      .querySelector(`form[data-draft-of="${form.dataset.draftOf}"] [name=csrfmiddlewaretoken]`);
    if (!fresh) return false;
    for (const own of document.querySelectorAll("[name=csrfmiddlewaretoken]")) own.value = fresh.value;
    return true;
  };
  const send = () => {
    const text = body().toString();
    return fetch(form.dataset.draft, {
      method: "POST",
      body: new URLSearchParams(text),
      keepalive: text.length < KEEPALIVE,
    });
  };
  const refused = (answer) => answer.redirected || answer.status === 403;
  const keep = async () => {
    clearTimeout(waiting);
    if (!changed || over || form.dataset.sent) return;
    changed = false;
    let trouble = lost;
    try {
      let answer = await send();
      cut = false;
      if (refused(answer) && (await renewed())) answer = await send();
      if (answer.ok && !answer.redirected) {
        place.textContent = await answer.text();
        show(null);
        return;
      }
      trouble = refused(answer) ? out : unkept;
    } catch {
      cut = true;
    }
    changed = true;
    show(trouble);
    clearTimeout(waiting);
    waiting = setTimeout(keep, 10000);
  };
  const later = () => {
    changed = true;
    clearTimeout(waiting);
    waiting = setTimeout(keep, 2000);
  };

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  window.addEventListener("online", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  window.addEventListener("pagehide", keep);
  // Sent into a dead line, the browser would put its own page in the place of this one.
  form.addEventListener("submit", (event) => {
    if (!cut && navigator.onLine) return;
    event.preventDefault();
    show(lost);
    lost.scrollIntoView({block: "center"});
    changed = true;
    keep();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-draft-drop]")) over = true;
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.code !== "KeyS" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    changed = true;
    keep();
  });
})();
