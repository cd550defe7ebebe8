// Waits in the phone: without a network it shows the shell and the page of emergency numbers. It keeps no
// personal page; when the office sends somebody away (signed out, term over) the list on the phone goes at once.
"use strict";
const KEPT = "field-__VERSION__";
const PARTS = __PARTS__;
const [SHELL, ALARM] = PARTS.slice(-2);
const PATIENCE = 6000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(PARTS)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const others = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(others());
});

// The pages kept here look as the member had chosen when they came; after another choice they come anew.
self.addEventListener("message", (event) => {
  if (event.data === "renew") event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll([SHELL, ALARM])));
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (PARTS.includes(url.pathname)) event.respondWith(fresh(request));
});

const late = () => new Promise((_done, fail) => setTimeout(() => fail(new Error("late")), PATIENCE));

const page = async (request, url) => {
  try {
    const answer = await Promise.race([fetch(request), late()]);
    if (answer.status >= 502) throw new Error("no office");
    // Within /field/ only whoever may not stay is sent elsewhere.
    if (answer.type === "opaqueredirect" || answer.status === 403) await wipe();
    return answer;
  } catch {
    return (await caches.match(url.pathname === ALARM ? ALARM : SHELL)) || Response.error();
  }
};

const fresh = async (request) => (await caches.match(request)) || fetch(request);

// The list, the mark, and half of the key if it lies open; what waits to be sent is sealed and stays, the PIN too.
const wipe = () => new Promise((done) => {
  const opening = indexedDB.open("tsunagu-field");
  opening.onerror = () => done();
  opening.onupgradeneeded = () => opening.transaction.abort();
  opening.onsuccess = () => {
    const base = opening.result;
    const clearing = base.transaction("kept", "readwrite");
    clearing.objectStore("kept").clear();
    clearing.oncomplete = clearing.onerror = () => { base.close(); done(); };
  };
});
