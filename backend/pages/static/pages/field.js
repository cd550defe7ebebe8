// The phone in the street. What is recorded is sealed to the office at once and kept in an outbox, sent when there is a
// network; the list of homes lies on the phone under the PIN (field-store.js, field-pin.js).
// Every page works without this file as long as there is a network.
"use strict";
(() => {
  const data = document.body.dataset;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const AHEAD = {tomorrow: 1, day_after: 2, next_week: 7};
  const BATCH = 20;
  const clock = (ms) => new Date(ms).toTimeString().slice(0, 5);
  if (!phone) return;
  const {waiting, put, drop} = phone;

  const office = async () => (data.key ? {key: data.key, id: data.keyId, mark: data.mark} : phone.office());
  const fetchList = async () => {
    const answer = await fetch(data.list, {headers: {Accept: "application/json"}, redirect: "error"});
    if (!answer.ok) return;
    const fresh = await answer.json();
    await phone.keepOffice(await office());
    await phone.writeList(fresh.homes, Date.now() + fresh.seconds * 1000);
  };

  // --- recording ---
  const day = (ahead) => {
    const then = new Date();
    then.setDate(then.getDate() + ahead);
    const two = (n) => String(n).padStart(2, "0");
    return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
  };
  const answersOf = (form, pressed) => {
    const given = new FormData(form);
    if (pressed && pressed.name) given.set(pressed.name, pressed.value);
    const result = given.get("result");
    const answers = {at: new Date().toISOString().replace(/\.\d+Z$/, "Z"), result};
    if (result === "absent") answers.retry_on = day(AHEAD[given.get("retry")] || 1);
    else answers.mode = given.get("mode") || "met";
    if (result === "worried" || result === "alarm") {
      answers.informed_to = given.getAll("informed_to");
      if (!answers.informed_to.length) answers.informed_to = ["in_charge"];
      if (given.getAll("quick").length) answers.quick = given.getAll("quick");
    }
    if (result === "alarm") {
      answers.called = given.get("called") === "true";
      if (answers.called) answers.informed_to.push("rescue");
    }
    for (const name of ["note", "feeling"]) {
      const said = (given.get(name) || "").trim();
      if (said) answers[name] = said;
    }
    return answers;
  };
  const caseOf = (form) => {
    const card = form.closest("[data-case]");
    return card ? card.dataset.case : location.pathname.split("/").filter(Boolean).pop();
  };
  const record = async (form, pressed) => {
    const to = await office();
    const answers = answersOf(form, pressed);
    const about = caseOf(form);
    const key = crypto.randomUUID();
    const now = Date.now();
    const urgent = answers.result === "alarm";
    const sealed = await phone.seal({v: 1, key, mark: to.mark, case: about, answers}, to);
    const after = urgent ? now : now + Number(data.undo) * 1000;
    await put({key, sealed, at: now, after, of: await phone.hint(about, key)});
    sessionStorage.setItem("field.last", JSON.stringify({key, about, at: now, urgent}));
    return urgent;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-record]")) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    record(form, event.submitter).then(async (urgent) => {
      if (urgent) {
        await send();
        await tellStaff(form);
        return;
      }
      if (location.pathname === data.home && !("shell" in data)) await draw();
      else location.assign(data.home);
    }).catch(() => form.submit()).finally(() => { delete form.dataset.busy; });
  });

  // Where the press was, it is said whether the staff know: never before the office has said so.
  const tellStaff = async (form) => {
    const last = JSON.parse(sessionStorage.getItem("field.last"));
    const known = !(await waiting()).some((row) => row.key === last.key);
    const told = one("[data-told]", form.parentElement);
    told.textContent = known ? `✓ ${word("staff_know", clock(Date.now()))}` : word("not_reached");
    told.classList.toggle("warning", !known);
    told.hidden = false;
    form.hidden = known;
    told.focus();
  };

  // --- sending ---
  let sending = false;
  let reached = !("shell" in data) || navigator.onLine !== false;
  let said = "";
  const send = async (now = false) => {
    if (sending) return;
    sending = true;
    try {
      for (;;) {
        const ready = (await waiting()).filter((row) => now || row.after <= Date.now()).slice(0, BATCH);
        if (!ready.length) break;
        const parcels = ready.map(({key, sealed}) => ({key, sealed}));
        const answer = await fetch(data.send, {
          method: "POST", credentials: "omit", body: JSON.stringify({parcels}),
          headers: {"Content-Type": "application/json", "Accept-Language": document.documentElement.lang},
        });
        if (!answer.ok) throw new Error(String(answer.status));
        reached = true;
        const told = (await answer.json()).results;
        let gone = 0;
        for (const {key, state, words} of told) {
          if (state === "again") continue;
          await drop(key);
          gone += 1;
          said = words || word("sent");
          sessionStorage.setItem("field.sent", JSON.stringify({at: Date.now(), words: said}));
        }
        if (!gone) break;
      }
    } catch {
      reached = false;
    } finally {
      sending = false;
      await show();
    }
  };

  // --- what is shown ---
  const show = async () => {
    const rows = await waiting();
    // With a network, what can still be taken back is not late: it only says that it was recorded.
    const late = reached ? rows.filter((row) => row.after <= Date.now()) : rows;
    const box = one("#outbox");
    const words = one("#outbox-words");
    const last = JSON.parse(sessionStorage.getItem("field.last") || "null");
    const held = last && rows.some((row) => row.key === last.key && row.after > Date.now());
    const sent = JSON.parse(sessionStorage.getItem("field.sent") || "null");
    one("#just-now").hidden = !held;
    if (held) one("#just-now-words").textContent = word("recorded", clock(last.at));
    const urgent = last && last.urgent && rows.some((row) => row.key === last.key);
    if (urgent && !reached) words.textContent = word("not_reached");
    else if (late.length) words.textContent = `${word("unsent", late.length)} ${reached ? "" : word("when_back")}`;
    else words.textContent = sent ? `✓ ${clock(sent.at)} ${sent.words}` : "";
    box.hidden = !late.length && !sent;
    box.classList.toggle("late", late.length > 0 && !reached);
    one("#send").hidden = !late.length;
    if (one("#offline")) one("#offline").hidden = late.length > 0;
    const next = Math.min(...rows.map((row) => row.after).filter((after) => after > Date.now()));
    if (Number.isFinite(next)) setTimeout(send, next - Date.now() + 50);
  };
  // Cards of homes whose record still waits on this phone say so.
  const draw = async () => {
    const rows = await waiting();
    for (const card of all("[data-case]")) {
      const hints = await Promise.all(rows.map((row) => phone.hint(card.dataset.case, row.key)));
      const waits = rows.some((row, at) => row.of === hints[at]);
      card.classList.toggle("waits", waits);
      const form = one("form", card);
      if (form) form.hidden = waits;
      let mark = one(".mark", card);
      if (waits && !mark) {
        mark = document.createElement("p");
        mark.className = "mark";
        mark.textContent = `✓ ${word("waiting")}`;
        one("h2", card).after(mark);
      } else if (!waits && mark) mark.remove();
    }
    await show();
  };
  const alarmed = () => {
    const last = JSON.parse(sessionStorage.getItem("field.last") || "null");
    const form = one("[data-part=alarm] form");
    return last && last.urgent && form && caseOf(form) === last.about ? tellStaff(form) : null;
  };
  one("#send").addEventListener("click", () => send(true).then(draw).then(alarmed));
  one("#undo").addEventListener("click", async () => {
    const last = JSON.parse(sessionStorage.getItem("field.last") || "null");
    if (last && !sending) await drop(last.key);
    sessionStorage.removeItem("field.last");
    await draw();
  });
  window.addEventListener("online", () => send().then(draw).then(alarmed));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send().then(draw); });

  // Signing out takes the list away at once; records stay sealed and are sent later.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-sign-out]")) return;
    event.preventDefault();
    const leave = async () => {
      await send(true);
      if ((await waiting()).length && !window.confirm(word("before_leaving"))) return;
      await phone.wipe();
      form.submit();
    };
    leave().catch(() => form.submit());
  });

  // --- without a network: the same pages, filled from the phone's own list ---
  const fill = (within, home) => {
    const put = (selector, value) => { for (const found of all(selector, within)) { found.textContent = value; found.hidden = !value; } };
    put("[data-name]", home.name);
    put(".place", home.place);
    put(".last", home.last);
    put(".approach", home.approach);
  };
  const shell = async () => {
    if (!await phone.readList() && await phone.listed()) await keypad.ask();
    const list = await phone.readList();
    const about = location.pathname.startsWith(data.visit) ? caseOf(document.body) : "";
    const result = new URLSearchParams(location.search).get("result") || "";
    one("#no-list").hidden = Boolean(list);
    const known = list && list.homes.find((home) => home.id === about);
    one("#home").hidden = Boolean(known);
    one("#visit").hidden = !known;
    if (known) {
      fill(one("#visit"), known);
      for (const part of all("[data-part]")) part.hidden = part.dataset.part !== result;
      for (const mark of all("[data-day]")) mark.textContent = day(AHEAD[mark.dataset.day]).slice(5).replace("-", "/");
      return;
    }
    for (const home of (list ? list.homes : []).filter((each) => !each.done)) {
      const card = one("#card").content.cloneNode(true).firstElementChild;
      card.dataset.case = home.id;
      fill(card, home);
      one("[name=mode]", card).value = home.way;
      one(".more a", card).href = `${data.visit}${home.id}/`;
      one("#due").append(card);
    }
  };
  // Only when both the list and the page that shows it are on the phone may somebody count on them.
  const tellKept = async () => {
    await navigator.serviceWorker.ready;
    one("#kept").textContent = word("kept", clock(await phone.listed()));
    one("#kept").hidden = one("#change").hidden = false;
  };
  const renewed = (waits) => {
    const {lang, dataset} = document.documentElement;
    const look = [lang, dataset.theme, dataset.size].join();
    if (localStorage.getItem("field.look") === look) return;
    waits.then((worker) => worker.active && worker.active.postMessage("renew")).catch(() => {});
    localStorage.setItem("field.look", look);
  };
  const keepList = (waits) => fetchList().then(() => waits).then(tellKept).catch(() => {});
  const offer = async (waits) => {
    const choose = async () => {
      if (!await keypad.choose(data.who)) return;
      one("#offer").hidden = true;
      one("#chosen").hidden = false;
      await keepList(waits);
    };
    one("#choose").addEventListener("click", choose);
    one("#change").addEventListener("click", choose);
    one("#later").addEventListener("click", () => {
      sessionStorage.setItem("field.later", "yes");
      one("#offer").hidden = true;
    });
    if (await phone.chosen(data.who)) { await keepList(waits); return; }
    await phone.wipe();
    // One new thing at a time: while the hint for beginners stands at the top, this waits below the homes.
    if (one(".banner.info")) one("#kept").before(one("#offer"));
    one("#offer").hidden = Boolean(sessionStorage.getItem("field.later"));
  };
  const begin = async () => {
    await show();
    if ("shell" in data) { send(); await shell(); }
    else if (data.key && await phone.spent()) { await phone.wipe(); one("[data-sign-out]").submit(); return; }
    else if (data.key && navigator.serviceWorker) {
      const waits = navigator.serviceWorker.register(data.worker, {scope: data.home});
      waits.catch(() => {});
      renewed(waits);
      if (location.pathname === data.home) await offer(waits);
    }
    await draw();
    await send();
    await draw();
  };
  begin();
})();
