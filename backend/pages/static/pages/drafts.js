// What is typed is kept on the server two seconds after a change and when the page is left.
"use strict";
(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const place = form.querySelector("[data-draft-said]");
  const lost = document.querySelector("[data-draft-lost]");
  let waiting = 0, changed = false;
  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return new URLSearchParams(data);
  };
  const keep = async () => {
    if (!changed || form.dataset.sent) return;
    changed = false;
    try {
      const answer = await fetch(form.dataset.draft, {method: "POST", body: body(), keepalive: true});
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      place.textContent = await answer.text();
      lost.hidden = true;
    } catch {
      changed = true;
      lost.hidden = false;
      clearTimeout(waiting);
      waiting = setTimeout(keep, 10000);
    }
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
})();
