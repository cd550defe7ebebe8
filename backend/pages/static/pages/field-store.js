// What the phone keeps, and under which key. Records are sealed to the office (the phone can add, not read). The list
// of homes is sealed to the phone's own key in the same way; the private half opens only with the PIN. So a page with
// a network renews the list without asking, and a page without one shows it to whoever knows the PIN.
"use strict";
const phone = (() => {
  if (!(window.indexedDB && window.isSecureContext && window.crypto && crypto.subtle)) return null;
  const TRIES = 5;
  const ROUNDS = 600000;
  const SEALING = {name: "RSA-OAEP", hash: "SHA-256"};
  const {subtle} = crypto;

  // --- the base: `outbox` stays until sent, `kept` goes at sign-out, `lock` is the PIN's ---
  let base;
  const opened = () => base || (base = new Promise((done, fail) => {
    const opening = indexedDB.open("tsunagu-field", 2);
    opening.onupgradeneeded = (event) => {
      // Before there was a PIN the list lay under a key without one: it comes anew.
      if (event.oldVersion) opening.transaction.objectStore("kept").clear();
      else {
        opening.result.createObjectStore("outbox", {keyPath: "key"});
        opening.result.createObjectStore("kept");
      }
      opening.result.createObjectStore("lock");
    };
    opening.onsuccess = () => {
      opening.result.onversionchange = () => { opening.result.close(); base = null; };
      done(opening.result);
    };
    opening.onerror = () => fail(opening.error);
  }));
  const ask = async (store, mode, what) => {
    const found = await opened();
    return new Promise((done, fail) => {
      const doing = found.transaction(store, mode);
      const request = what(doing.objectStore(store));
      doing.oncomplete = () => done(request && request.result);
      doing.onerror = doing.onabort = () => fail(doing.error);
    });
  };
  const get = (store, name) => ask(store, "readonly", (rows) => rows.get(name));
  const set = (store, name, value) => ask(store, "readwrite", (rows) => rows.put(value, name));
  const clear = (store) => ask(store, "readwrite", (rows) => rows.clear());

  // --- sealing ---
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const bytes = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const encoded = (value) => new TextEncoder().encode(value);
  const seal = async (value, to) => {
    const whose = await subtle.importKey("spki", bytes(to.key), SEALING, false, ["encrypt"]);
    const key = await subtle.generateKey({name: "AES-GCM", length: 256}, true, ["encrypt"]);
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await subtle.encrypt({name: "AES-GCM", iv: nonce}, key, encoded(JSON.stringify(value)));
    const wrapped = await subtle.encrypt(SEALING, whose, await subtle.exportKey("raw", key));
    return {to: to.id, wrapped: text(wrapped), nonce: text(nonce), text: text(sealed)};
  };
  const unseal = async (sealed, mine) => {
    const raw = await subtle.decrypt(SEALING, mine, bytes(sealed.wrapped));
    const key = await subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
    const plain = await subtle.decrypt({name: "AES-GCM", iv: bytes(sealed.nonce)}, key, bytes(sealed.text));
    return JSON.parse(new TextDecoder().decode(plain));
  };
  const shut = async (key, what) => {
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    return {nonce: text(nonce), text: text(await subtle.encrypt({name: "AES-GCM", iv: nonce}, key, what))};
  };
  const unshut = (key, box) => subtle.decrypt({name: "AES-GCM", iv: bytes(box.nonce)}, key, bytes(box.text));
  // Whose record it is, for whoever has the list of homes; nothing for anybody else.
  const hint = async (about, key) => text(await subtle.digest("SHA-256", encoded(about + key)));

  // --- the PIN: open means that half of a key is in this window and half in the base; closing either ends it ---
  const keyOf = async (pin, lock) => {
    const mixed = await subtle.sign("HMAC", lock.device, encoded(pin));
    const from = await subtle.importKey("raw", mixed, "PBKDF2", false, ["deriveKey"]);
    const how = {name: "PBKDF2", hash: "SHA-256", salt: lock.salt, iterations: lock.rounds};
    return subtle.deriveKey(how, from, {name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
  };
  const leaveOpen = async (half) => {
    const key = await subtle.generateKey({name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
    await set("kept", "open", key);
    sessionStorage.setItem("field.open", JSON.stringify(await shut(key, half)));
  };
  const mine = async () => {
    const box = sessionStorage.getItem("field.open");
    const key = box && await get("kept", "open");
    if (!key) return null;
    const half = await unshut(key, JSON.parse(box)).catch(() => null);
    return half && subtle.importKey("pkcs8", half, SEALING, false, ["decrypt"]);
  };
  const choose = async (pin, who) => {
    const pair = await subtle.generateKey(
      {...SEALING, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1])}, true, ["encrypt", "decrypt"],
    );
    const half = await subtle.exportKey("pkcs8", pair.privateKey);
    const lock = {
      who,
      rounds: ROUNDS,
      salt: crypto.getRandomValues(new Uint8Array(16)),
      device: await subtle.generateKey({name: "HMAC", hash: "SHA-256"}, false, ["sign"]),
      key: text(await subtle.exportKey("spki", pair.publicKey)),
    };
    lock.box = await shut(await keyOf(pin, lock), half);
    await set("lock", "lock", lock);
    await set("lock", "tries", 0);
    await leaveOpen(half);
  };
  // Counted before it is tried: putting the phone off in between saves no try.
  const count = () => ask("lock", "readwrite", (rows) => {
    const before = rows.get("tries");
    before.onsuccess = () => rows.put((before.result || 0) + 1, "tries");
    return before;
  });
  const open = async (pin) => {
    const lock = await get("lock", "lock");
    const tried = lock ? 1 + (await count() || 0) : TRIES;
    const half = lock && tried <= TRIES && await unshut(await keyOf(pin, lock), lock.box).catch(() => null);
    if (half) {
      await set("lock", "tries", 0);
      await leaveOpen(half);
      return {open: true};
    }
    if (tried >= TRIES) await spend();
    return {open: false, left: Math.max(0, TRIES - tried)};
  };
  const close = () => sessionStorage.removeItem("field.open");
  const wipe = async () => { close(); await clear("kept"); };
  // List and PIN go; whoever comes next with a network signs in anew. What waits to be sent stays.
  const spend = async () => { await wipe(); await clear("lock"); await set("lock", "again", true); };
  const spent = async () => {
    const again = await get("lock", "again");
    if (again) await ask("lock", "readwrite", (rows) => rows.delete("again"));
    return Boolean(again);
  };
  const chosen = async (who) => {
    const lock = await get("lock", "lock");
    return Boolean(lock && (!who || lock.who === who));
  };

  // --- the list ---
  const readList = async () => {
    const kept = await get("kept", "list");
    if (!kept) return null;
    if (kept.until < Date.now()) { await wipe(); return null; }
    const key = await mine();
    return key && {...await unseal(kept.sealed, key), until: kept.until};
  };
  const writeList = async (homes, until) => {
    const lock = await get("lock", "lock");
    await set("kept", "list", {until, sealed: await seal({homes}, lock)});
    await set("lock", "tries", 0);
  };
  const listed = async () => {
    const kept = await get("kept", "list");
    return kept && kept.until >= Date.now() ? kept.until : 0;
  };

  return {
    waiting: () => ask("outbox", "readonly", (rows) => rows.getAll()),
    put: (record) => ask("outbox", "readwrite", (rows) => rows.put(record)),
    drop: (key) => ask("outbox", "readwrite", (rows) => rows.delete(key)),
    office: () => get("kept", "office"),
    keepOffice: (office) => set("kept", "office", office),
    seal, hint, choose, chosen, open, close, wipe, spend, spent, readList, writeList, listed,
  };
})();
