{% load static %}{% comment %}
The service worker of the report form. It answers for two addresses, the form and the page of drafts, and only when there
is no network; nothing else of the site is kept or touched. A form that is sent into the void becomes a draft.
{% endcomment %}
importScripts("{% static 'reports/sending.js' %}");

const HOME = new URL(self.registration.scope).pathname;
const KEPT = `meldungen-1-${HOME}`;
const FORM = `${HOME}neu/`;
const DRAFTS = `${HOME}entwuerfe/`;
const SEND = `${DRAFTS}senden/`;
const FRESH = 60 * 60 * 1000;

/** The page of drafts with what it needs to stand: its own stylesheets, scripts and pictures. */
async function keep() {
  const cache = await caches.open(KEPT);
  const before = await cache.match(DRAFTS);
  if (before && Date.now() - Number(before.headers.get("x-kept")) < FRESH) return;
  const page = await fetch(DRAFTS, { credentials: "omit", cache: "no-cache" });
  if (!page.ok) return;
  const html = await page.text();
  const parts = new Set([...html.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|js|svg)(?:\?[^"]*)?)"/g)].map((found) => found[1].replaceAll("&amp;", "&")));
  for (const key of await cache.keys()) await cache.delete(key);
  await Promise.all([...parts].map((part) => cache.add(part).catch(() => undefined)));
  const headers = new Headers(page.headers);
  headers.set("x-kept", String(Date.now()));
  await cache.put(DRAFTS, new Response(html, { status: 200, headers }));
}

/** What was in a form that could not be sent, as a draft; then the page that shows it. */
async function kept(request) {
  const form = await request.formData();
  const text = (name) => String(form.get(name) ?? "");
  const photo = form.get("photo");
  const place = text("place_at").startsWith("p:") && text("place_for") === text("place") ? text("place_at").slice(2) : "";
  const draft = {
    id: crypto.randomUUID(), made: Date.now(), words: text("words"), place: text("place"), point: place, detail: text("detail"),
    category: text("category"), email: text("email"), photo_ticket: text("photo_ticket"),
    ...(photo instanceof File && photo.size ? { photo, photoName: photo.name } : {}),
  };
  draft.state = text("step") === "4" && !reportDrafts.missing(draft).length ? "ready" : "begun";
  await reportDrafts.put(draft);
  await self.registration.sync?.register("meldungen").catch(() => undefined);
  return Response.redirect(DRAFTS, 303);
}

self.addEventListener("install", (event) => { event.waitUntil(keep()); self.skipWaiting(); });
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });
self.addEventListener("sync", (event) => { if (event.tag === "meldungen") event.waitUntil(reportDrafts.sendAll(SEND)); });
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  const page = request.mode === "navigate" && (url.pathname === FORM || url.pathname === DRAFTS);
  if (page && request.method === "POST") {
    const again = request.clone();
    event.respondWith(fetch(request).catch(() => kept(again)));
  } else if (page) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(DRAFTS)) ?? Response.error()));
    event.waitUntil(keep().catch(() => undefined));
  } else if (request.method === "GET" && ["style", "script", "image"].includes(request.destination)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});
