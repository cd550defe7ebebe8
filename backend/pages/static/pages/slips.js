// A slip is keyed in without the mouse: Enter goes to the next box that this result asks for, the last Enter records.
"use strict";
(() => {
  const form = document.querySelector("[data-slip]");
  if (!form) return;
  const result = form.querySelector("#result");
  const whose = document.querySelector("#whose");
  const asked = () => {
    const digit = result.value.normalize("NFKC");
    for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(digit || "1");
    document.querySelector("#alarm").hidden = digit !== "3";
  };
  const look = async () => {
    const code = form.querySelector("#code").value.trim();
    if (!code) return;
    const data = new FormData();
    data.set("code", code);
    data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    try {
      const found = await (await fetch(form.dataset.look, {method: "POST", body: data})).json();
      whose.textContent = found.wrong || `→ ${found.name}（${found.place}）`;
      whose.classList.toggle("wrong", Boolean(found.wrong));
      // Back to the number, before the rest is keyed in for nothing.
      if (found.wrong) form.querySelector("#code").select();
    } catch {
      whose.textContent = "";
    }
  };
  const stops = () => [...form.querySelectorAll("input:not([type=hidden])")].filter((box) => box.offsetParent);
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.code !== "Enter" && event.code !== "NumpadEnter") return;
    if (event.ctrlKey || event.metaKey || !event.target.matches("input")) return;
    const all = stops();
    const next = all[all.indexOf(event.target) + 1];
    // Ticks are optional: from the first of them Enter records.
    if (!next || event.target.type === "checkbox") return;
    event.preventDefault();
    if (event.target.id === "code") look();
    asked();
    const then = stops()[stops().indexOf(event.target) + 1];
    then.focus();
    if (then.select) then.select();
  });
  result.addEventListener("input", asked);
  asked();
})();
