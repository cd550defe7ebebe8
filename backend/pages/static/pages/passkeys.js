// Passkeys: the browser's authenticator fills in the hidden field of a form, which is then sent as any other.
// A form marked data-passkey asks the office first what to ask the authenticator (data-begin).
"use strict";
(() => {
  const forms = [...document.querySelectorAll("form[data-passkey]")];
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  for (const one of document.querySelectorAll("[data-offered]")) one.hidden = false;
  for (const one of document.querySelectorAll("[data-without]")) one.hidden = true;

  let running = null; // a browser carries out one ceremony at a time
  const say = (form, words) => { form.querySelector("[data-say]").textContent = words || ""; };

  const asked = async (form) => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(form.dataset.begin, {method: "POST", body, headers: {Accept: "application/json"}});
    const told = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(), {told: told.told});
    return told;
  };

  const carryOut = async (form, mediation) => {
    running?.abort();
    const mine = running = new AbortController();
    const make = form.dataset.passkey === "create";
    const parse = make ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
    const options = {publicKey: PublicKeyCredential[parse](await asked(form)), signal: mine.signal};
    if (mediation) options.mediation = mediation;
    const found = await navigator.credentials[make ? "create" : "get"](options);
    form.elements._credential.value = JSON.stringify(found);
    form.submit();
  };

  for (const form of forms) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      say(form);
      try {
        await carryOut(form);
      } catch (error) {
        if (error.name === "AbortError") return;
        const words = {NotAllowedError: "saidCancelled", InvalidStateError: "saidKnown"}[error.name];
        say(form, error.told || form.dataset[words || "saidFailed"]);
      }
    });
  }

  // Where the browser can, it offers passkeys in the list under the name. A challenge lasts some minutes, so
  // whoever comes back to the field later is asked anew.
  const name = document.querySelector("[autocomplete~=webauthn]");
  const door = forms.find((form) => form.dataset.passkey === "get");
  const MINUTES = 4 * 60_000;
  let since = -MINUTES;
  const offer = async () => {
    if (performance.now() - since < MINUTES) return;
    since = performance.now();
    try {
      await carryOut(door, "conditional");
    } catch { /* the buttons are still there */ }
  };
  if (name && door) PublicKeyCredential.isConditionalMediationAvailable?.().then((can) => {
    if (!can) return;
    offer();
    name.addEventListener("focus", offer);
  });
})();
